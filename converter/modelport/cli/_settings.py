"""Where the value of a flag comes from: the command line, modelport.toml, or the default, in this order."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from modelport.errors import ConfigError, did_you_mean

__all__ = ["FILE_NAME", "KEYS", "Setting", "Settings", "explain_and_stop", "names", "pairs", "resolve"]

FILE_NAME = "modelport.toml"

# Every flag that may stand in modelport.toml, by command. Values: the type, and the default.
KEYS: dict[str, dict[str, tuple[type, Any]]] = {
    "convert": {
        "model": (str, None),
        "data": (str, None),
        "response": (str, None),
        "name": (str, None),
        "version": (str, "1.0.0"),
        "targets": (list, ["java", "cpp"]),
        "prove": (bool, False),
        "outputs": (list, None),
        "java_package": (str, None),
        "java_group": (str, None),
        "cpp_namespace": (str, None),
        "ship_sample": (bool, False),
        "redact": (list, []),
        "trust": (list, []),
        "python": (str, None),
        "expected": (str, None),
        "argument": (list, []),
        "levels": (list, []),
        "dynamic": (list, []),
        "module": (str, None),
        "signature": (str, None),
        "external_weights": (bool, False),
        "quantized": (str, "keep"),
        "output": (str, None),
        "json": (bool, False),
    },
    "record": {
        "model": (str, None),
        "data": (str, None),
        "response": (str, None),
        "outputs": (list, None),
        "argument": (list, []),
        "levels": (list, []),
        "output": (str, None),
        "json": (bool, False),
    },
    "verify": {
        "bundle": (str, None),
        "targets": (list, ["python-ort", "java-ort", "cpp-ort"]),
        "junit": (str, None),
        "html": (str, None),
        "json": (bool, False),
    },
    "generate": {
        "bundle": (str, None),
        "targets": (list, ["java", "cpp"]),
        "java_package": (str, None),
        "java_group": (str, None),
        "cpp_namespace": (str, None),
        "output": (str, None),
        "json": (bool, False),
    },
    "build": {
        "bundle": (str, None),
        "targets": (list, ["java", "cpp"]),
        "output": (str, None),
        "json": (bool, False),
    },
    "predict": {
        "bundle": (str, None),
        "rows": (str, None),
        "output": (str, None),
        "strict": (bool, False),
        "json": (bool, False),
    },
    "inspect": {"bundle": (str, None), "json": (bool, False)},
    "diff": {"old": (str, None), "new": (str, None), "json": (bool, False)},
    "support": {"json": (bool, False)},
}
# Keys that may stand at the top of the file for every command that has them.
_SHARED = sorted({key for keys in KEYS.values() for key in keys})


@dataclass(frozen=True)
class Setting:
    """One value and where it came from."""

    value: Any
    source: str


class Settings:
    """The values of one command by key."""

    def __init__(self, command: str, values: Mapping[str, Setting]) -> None:
        self._command = command
        self._values = values

    def __getitem__(self, key: str) -> Any:
        return self._values[key].value

    def need(self, key: str, flag: str) -> Any:
        """Returns a value that must be there. Raises: ConfigError."""
        value = self[key]
        if value is None:
            raise ConfigError(
                f"{flag} is missing",
                where=f"modelport {self._command}",
                fix=f"give {flag}, or {key} in {FILE_NAME}",
            )
        return value

    def explain(self) -> str:
        """One line a key: its value and its source."""
        width = max(len(key) for key in self._values)
        return "\n".join(f"{key:<{width}}  {_shown(s.value)}  ({s.source})" for key, s in self._values.items())


def resolve(command: str, given: Mapping[str, Any], config: Path | None) -> Settings:
    """Merges flags, file and defaults.

    Raises: ConfigError for an unknown key, a value of a wrong type, or a file that cannot be read.
    """
    path = config or Path(FILE_NAME)
    shared: dict[str, Any] = {}
    own: dict[str, Any] = {}
    if config is not None or path.exists():
        shared, own = _read(path, command)
    values: dict[str, Setting] = {}
    for key, (kind, default) in KEYS[command].items():
        flag = given.get(key)
        if flag is not None and flag is not False and flag != []:
            values[key] = Setting(names(flag) if kind is list else flag, "flag")
        elif key in own:
            values[key] = Setting(_checked(own[key], kind, key, path), f"{path.name} [{command}]")
        elif key in shared:
            values[key] = Setting(_checked(shared[key], kind, key, path), path.name)
        else:
            values[key] = Setting(default, "default")
    return Settings(command, values)


def names(value: str | Sequence[str]) -> list[str]:
    """A list from a comma-separated text or from a flag given several times; 'none' is the empty list."""
    parts = [value] if isinstance(value, str) else list(value)
    found = [name.strip() for part in parts for name in part.split(",")]
    return [name for name in found if name and name != "none"]


def pairs(values: Sequence[str], flag: str) -> dict[str, str]:
    """{name: value} of texts such as 'name=value'. Raises: ConfigError."""
    found: dict[str, str] = {}
    for value in values:
        name, equals, rest = (part.strip() for part in value.partition("="))
        if not (name and equals and rest):
            raise ConfigError(f"{value!r} names no value", where=flag, fix=f"write {flag} NAME=VALUE")
        if name in found:
            raise ConfigError(f"{name} is given twice", where=flag, fix="give it once")
        found[name] = rest
    return found


def _read(path: Path, command: str) -> tuple[dict[str, Any], dict[str, Any]]:
    if not path.is_file():
        raise ConfigError(f"there is no file {path}", where="--config", fix="give the path of a TOML file")
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as err:
        raise ConfigError(f"{path.name} cannot be read: {err}", where=str(path), fix="correct the file") from err
    shared: dict[str, Any] = {}
    own: dict[str, Any] = {}
    for key, value in data.items():
        if isinstance(value, dict):
            if key not in KEYS:
                raise _unknown(f"[{key}]", list(KEYS), path)
            table = {inner.replace("-", "_"): v for inner, v in value.items()}
            for inner in table:
                if inner not in KEYS[key]:
                    raise _unknown(f"{inner!r} in [{key}]", list(KEYS[key]), path)
            if key == command:
                own = table
            continue
        plain = key.replace("-", "_")
        if plain not in _SHARED:
            raise _unknown(repr(key), _SHARED, path)
        shared[plain] = value
    return shared, own


def _unknown(what: str, known: list[str], path: Path) -> ConfigError:
    plain = what.split("'")[1] if "'" in what else what.strip("[]")
    return ConfigError(f"unknown key {what}", where=str(path), fix=did_you_mean(plain, known))


def _checked(value: Any, kind: type, key: str, path: Path) -> Any:
    if kind is list and isinstance(value, str | list):
        parts = [value] if isinstance(value, str) else value
        if all(isinstance(part, str) for part in parts):
            return names(parts)
    elif isinstance(value, kind):
        return value
    raise ConfigError(
        f"{key} = {value!r} is no {'list of names' if kind is list else kind.__name__}",
        where=str(path),
        fix="correct the value",
    )


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(value) or "none"
    return "-" if value is None else str(value)


def explain_and_stop(settings: Settings) -> None:
    """Prints every value with its source and ends the program."""
    typer.echo(settings.explain())
    raise typer.Exit
