"""Every module's ``__all__`` is exactly its public names: what it defines, and what it passes on by intent."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "converter" / "modelport"
MODULES = sorted(PACKAGE.rglob("*.py"))


def _assigned(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)]


def _imported(node: ast.stmt) -> list[str]:
    if not isinstance(node, ast.Import | ast.ImportFrom):
        return []
    return [alias.asname or alias.name.split(".")[0] for alias in node.names]


def _listed(tree: ast.Module) -> set[str] | None:
    for node in tree.body:
        if isinstance(node, ast.Assign) and "__all__" in _assigned(node):
            return set(ast.literal_eval(node.value))
    return None


def faults(source: str) -> list[str]:
    """What is wrong with the public names of a module, each with both ways to mend it."""
    tree = ast.parse(source)
    defined = {name for node in tree.body for name in _assigned(node) if not name.startswith("_")}
    bound = defined | {name for node in tree.body for name in _imported(node)}
    listed = _listed(tree)
    # Type variables and aliases of numpy types are local shorthand: mypy needs their names, callers do not.
    shorthand = {name for node in tree.body if _is_shorthand(node) for name in _assigned(node)}
    found = [
        f"{name!r} is public but not in __all__: add it there, or call it '_{name}'"
        for name in sorted(defined - (listed or set()) - shorthand)
    ]
    found += [
        f"__all__ names {name!r}, which the module does not have: define it, or take it out"
        for name in sorted((listed or set()) - bound)
    ]
    return found


def _is_shorthand(node: ast.stmt) -> bool:
    """X = TypeVar(…), X = Some[…], X = A | B or X = module.Type: a name for a type."""
    if not isinstance(node, ast.Assign):
        return False
    value = node.value
    if isinstance(value, ast.Attribute):
        return value.attr[0].isupper()
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Name) and value.func.id == "TypeVar"
    return isinstance(value, ast.Subscript) or (isinstance(value, ast.BinOp) and isinstance(value.op, ast.BitOr))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_all_is_the_public_names(path: Path) -> None:
    found = faults(path.read_text(encoding="utf-8"))
    assert not found, "\n" + "\n".join(f"{path.relative_to(PACKAGE)}: {fault}" for fault in found)


def test_the_check_sees_both_faults() -> None:
    assert faults("__all__ = ['gone']\n\ndef here(): ...\n") == [
        "'here' is public but not in __all__: add it there, or call it '_here'",
        "__all__ names 'gone', which the module does not have: define it, or take it out",
    ]
    assert not faults("from a import b\n__all__ = ['b', 'c']\nc: int = 1\n_d = 2\n")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_every_module_says_what_it_does(path: Path) -> None:
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert text, f"{path.relative_to(PACKAGE)}: the first line must say what the module does"
