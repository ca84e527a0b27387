"""modelport support: what is converted and by how many rows that is proven, and what is refused and why."""

import typer

from modelport.cli._flags import Config, Explain, Json
from modelport.cli._settings import explain_and_stop, resolve

__all__ = ["NAME", "command"]

NAME = "support"


def command(json: Json = False, config: Config = None, explain: Explain = False) -> None:
    """Lists every model class with its status: proven, with the rows of the proof, or refused, with the reason."""
    settings = resolve(NAME, locals(), config)
    if explain:
        explain_and_stop(settings)
    rows = _rows()
    if settings["json"]:
        import msgspec

        typer.echo(msgspec.json.encode(rows).decode())
        return
    width = max(len(str(row["class"])) for row in rows)
    for row in rows:
        told = (
            f"{row['vectors']:,} vectors, {row['source']}"
            if row["status"] == "proven"
            else str(row.get("reason", row.get("source")))
        )
        typer.echo(f"{row['class']:<{width}}  {row['status']:<8}  {told}")
    count = sum(row["status"] == "proven" for row in rows)
    refused = sum(row["status"] == "refused" for row in rows)
    typer.echo(
        f"{count} classes proven, {len(rows) - count - refused} unproven, {refused} refused; "
        "options that are not exact are refused by name"
    )


def _rows() -> list[dict[str, object]]:
    from modelport.frontends.proven import Proven, proven
    from modelport.frontends.registry import front_ends, supported

    counted = proven()
    rows: list[dict[str, object]] = []
    for framework, name, source in supported():
        known = counted.get(name, Proven(0, 0))
        rows.append(
            {
                "framework": framework,
                "class": name,
                "status": "proven" if known.vectors else "unproven",
                "recipes": known.recipes,
                "vectors": known.vectors,
                "source": source,
            }
        )
    rows += [
        {"framework": front.name, "class": name, "status": "refused", "reason": reason}
        for front in front_ends()
        for name, reason in front.refused()
    ]
    return rows
