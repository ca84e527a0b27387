"""modelport support: what can be converted, generated from the registry."""

import typer

from modelport.cli._flags import Config, Explain, Json
from modelport.cli._settings import explain_and_stop, resolve

__all__ = ["NAME", "command"]

NAME = "support"


def command(json: Json = False, config: Config = None, explain: Explain = False) -> None:
    """Lists every model class with a converter, and the file of the original that defines its behaviour."""
    settings = resolve(NAME, locals(), config)
    if explain:
        explain_and_stop(settings)
    from modelport.frontends.registry import front_ends

    rows = [(front.name, name, source) for front in front_ends() for name, source in front.support()]
    if settings["json"]:
        import msgspec

        keys = ("framework", "class", "source")
        typer.echo(msgspec.json.encode([dict(zip(keys, row, strict=True)) for row in rows]).decode())
        return
    width = max(len(name) for _, name, _ in rows)
    for framework, name, source in rows:
        typer.echo(f"{framework}  {name:<{width}}  {source}")
    typer.echo(
        f"{len(rows)} classes; anything else is refused with its reasons, or goes through skl2onnx and the proof"
    )
