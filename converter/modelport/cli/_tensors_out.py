"""modelport predict for a net: the tensors of one call in, those of its answer out, both as .npz."""

import secrets
from pathlib import Path

import numpy as np
import typer

from modelport.errors import OutputError, PathError
from modelport.ir.texts import held_texts
from modelport.readers.tensors import is_tensors, read_tensors
from modelport.runtime.predictor import Predictor

__all__ = ["predict_tensors"]


def predict_tensors(predictor: Predictor, source: Path, target: Path, *, json: bool) -> None:
    """Writes the outputs by name.

    Raises: PathError, OutputError, MissingColumnError, TensorError; then no file is left.
    """
    if not is_tensors(source):
        raise PathError(
            f"{source.name} is no .npz: a net takes tensors",
            where="ROWS",
            fix="write it with numpy.savez(path, name=array)",
        )
    if target.suffix.lower() != ".npz":
        raise OutputError(f"{target} is no .npz by its suffix", where="-o", fix="let it end in .npz")
    answers = predictor.predict(read_tensors(source))
    hidden = target.absolute().parent / f".{target.stem}.{secrets.token_hex(4)}.npz"
    try:
        held = {name: held_texts(value) if value.dtype.kind == "O" else value for name, value in answers.items()}
        np.savez(hidden, **held)  # type: ignore[arg-type]  # names are data, not the parameters of savez
        hidden.replace(target)
    except ValueError as err:
        raise OutputError(
            f"{target} cannot be written: {err}, which a .npz does not hold",
            where="-o",
            fix="predict in Python, with modelport.load(bundle).predict(tensors)",
        ) from err
    except OSError as err:
        raise OutputError(
            f"{target} cannot be written: {err.strerror or err}",
            where="-o",
            fix="choose an output in a writable folder",
        ) from err
    finally:
        hidden.unlink(missing_ok=True)
    shapes = {name: list(value.shape) for name, value in answers.items()}
    if json:
        import msgspec

        typer.echo(msgspec.json.encode({"outputs": shapes, "output": str(target)}).decode())
        return
    typer.echo(f"{', '.join(f'{name} {shape}' for name, shape in shapes.items())} to {target}")
