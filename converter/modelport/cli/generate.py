"""modelport generate: the same model as source projects for another team's names."""

from pathlib import Path
from typing import Annotated

import typer

from modelport.bundle.reader import open_bundle
from modelport.bundle.writer import write_tree
from modelport.cli._flags import Config, CppNamespace, Explain, JavaGroup, JavaPackage, Json, Output
from modelport.cli._settings import explain_and_stop, resolve
from modelport.options import Options

__all__ = ["NAME", "command"]

NAME = "generate"


def command(
    bundle: Annotated[str | None, typer.Argument(help="Folder or zip written by 'modelport convert'.")] = None,
    targets: Annotated[str | None, typer.Option(help="Languages: java,cpp.")] = None,
    java_package: JavaPackage = None,
    java_group: JavaGroup = None,
    cpp_namespace: CppNamespace = None,
    output: Output = None,
    json: Json = False,
    config: Config = None,
    explain: Explain = False,
) -> None:
    """Writes Java and C++ projects of a bundle under other names; the model_id stays the same."""
    settings = resolve(NAME, locals(), config)
    if explain:
        explain_and_stop(settings)
    from modelport.pipeline import naming
    from modelport.targets.registry import find_targets

    opened = open_bundle(settings.need("bundle", "BUNDLE"))
    folder = Path(settings.need("output", "-o DIR"))
    old = opened.manifest.options
    names = naming(
        opened.name,
        Options(
            version=opened.manifest.version,
            java_package=settings["java_package"] or old.java_package,
            java_group=settings["java_group"] or old.java_group,
            cpp_namespace=settings["cpp_namespace"] or old.cpp_namespace,
        ),
    )
    files: dict[str, bytes] = {}
    for target in find_targets(tuple(settings["targets"]), nets=opened.contract.layout == "tensors"):
        files |= {f"{target.name}/{inner}": data for inner, data in target.render(opened, names).items()}
    write_tree(files, folder)
    if settings["json"]:
        import msgspec

        typer.echo(msgspec.json.encode({"folder": str(folder), "files": sorted(files)}).decode())
    else:
        typer.echo(f"{len(files)} files in {folder}")
