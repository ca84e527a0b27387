"""Runs torch's exporter: torch.export and the translation to ONNX, with named axes; one route, and no other behind it."""

from __future__ import annotations

import contextlib
import io
import logging
import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from modelport.errors import UnsupportedModelError
from modelport.frontends.torch._operator import known_shapes, translations
from modelport.frontends.torch.padded_encoder import padded_encoders
from modelport.frontends.torch.reasons import draws, freezing_place, opened, packed
from modelport.frontends.torch.unasked import unasked
from modelport.frontends.torch.untranslated import ended_at, nearest, refused, untranslated
from modelport.ir.opsets import OPSETS

if TYPE_CHECKING:  # torch's exporter brings it, or an older package that has it inside
    import onnx_ir as ir

__all__ = ["Exported", "export", "quiet"]

# The first release whose exporter is told the names of axes, and ends where torch.export does.
_NAMES_AXES = (2, 9)
# What torch says around its reason, for those who debug torch itself.
_NOISE = re.compile(r"\x1b\[[0-9;]*m")
_BY_VALUES = "GuardOnDataDependentSymNode"
_FROZE = "it had to freeze "
# What it says of an axis that it was asked to leave open, and could not.
_FROZEN = re.compile(r"inferred a static shape of (\d+) for dimension inputs((?:\['?\w+'?\])+)\.shape\[(\d+)\]")
_SPECIALIZED = re.compile(
    r"You marked \w((?:\['?\w+'?\])+)\.size\(\)\[(\d+)\] as dynamic but your code specialized it to be a constant \((\d+)\)"
)


@dataclass(frozen=True)
class Exported:
    """The graph, and the program of torch.export that it was made from."""

    model: ir.Model
    # Any: torch.export.ExportedProgram.
    program: Any


# Any: a module or an ExportedProgram, its arguments and their dynamic axes.
def export(
    module: Any,
    arguments: Mapping[str, Any] | tuple[Any, ...] | None,
    dynamic: dict[str, Any] | tuple[Any, ...] | None,
    where: str,
) -> Exported:
    """Exports a module with its arguments by name or by place, or an ExportedProgram, which holds its own.

    Raises: UnsupportedModelError with torch's reason and the place in the source.
    """
    import torch

    try:
        # As the original is asked: torch takes other kernels where gradients are wanted, and then falls over their strides.
        with quiet(), torch.no_grad(), known_shapes(), unasked(), padded_encoders():
            if isinstance(arguments, Mapping) and _old():
                module, arguments = _program(module, arguments, dynamic), None
            if arguments is None:
                program = torch.onnx.export(
                    module,
                    dynamo=True,
                    opset_version=OPSETS[""],
                    custom_translation_table=translations(),
                    verbose=False,
                )
            else:
                program = torch.onnx.export(
                    module,
                    arguments if isinstance(arguments, tuple) else (),
                    kwargs={} if isinstance(arguments, tuple) else dict(arguments),
                    dynamic_shapes=dynamic,
                    dynamo=True,
                    opset_version=OPSETS[""],
                    custom_translation_table=translations(),
                    verbose=False,
                )
    except Exception as err:  # the exporter raises its own errors and those of every stage below it
        operators = untranslated(err)
        frozen = _frozen_first(module, arguments, dynamic) if operators and arguments is not None else None
        if frozen is not None:
            err = frozen
        elif operators:
            raise UnsupportedModelError(
                f"{len(operators)} operator(s) have no translation to ONNX: {'; '.join(operators)}",
                where=where,
                fix="; ".join(nearest(operators))
                or "write these layers with other operators, or ask for them in an issue",
            ) from err
        refusal = refused(err)
        if refusal is not None:
            raise UnsupportedModelError(refusal[0], where=where, fix=refusal[1]) from err
        if type(_root(err)).__name__ == _BY_VALUES and draws(module, arguments):
            raise UnsupportedModelError(
                f"the module draws random numbers, and decides by them: {_reason(err)}",
                where=where,
                fix="leave random transforms, which are for training, and sampling out of the module",
            ) from err
        reason = _reason(err)
        if reason.startswith(_FROZE) and "[" not in reason:
            place = _frozen_at(module, arguments, dynamic)
            reason += f" [{place}]" if place else ""
        ended = None if reason.startswith(_FROZE) else ended_at(err)
        if ended is not None:
            raise UnsupportedModelError(
                f"torch cannot translate {ended} to ONNX: {reason}",
                where=where,
                fix="write this layer with other operators, or ask for it in an issue",
            ) from err
        raise UnsupportedModelError(f"torch cannot export the model: {reason}", where=where, fix=_fix(err)) from err
    assert program is not None
    return Exported(program.model, program.exported_program)


def _frozen_first(module: Any, arguments: Any, dynamic: Any) -> Exception | None:
    """torch traces in two ways. Where the first froze a length, that is the reason, and not what the second cannot translate."""
    import torch

    args, kwargs = (arguments, {}) if isinstance(arguments, tuple) else ((), dict(arguments))
    try:
        with quiet(), torch.no_grad(), known_shapes(), unasked(), padded_encoders():
            torch.export.export(module, args, kwargs=kwargs, dynamic_shapes=opened(dynamic), strict=False)
    except Exception as err:  # noqa: BLE001  # whatever else it is, the operators tell more
        return err if _reason(err).startswith(_FROZE) else None
    return None


def _frozen_at(module: Any, arguments: Any, dynamic: Any) -> str:
    """Where the first length was fixed, '' where a second look does not tell."""
    import torch

    args, kwargs = (arguments, {}) if isinstance(arguments, tuple) else ((), dict(arguments or {}))
    with quiet(), torch.no_grad(), known_shapes(), unasked(), padded_encoders():
        return freezing_place(module, args, kwargs, dynamic)


def _old() -> bool:
    import torch

    return tuple(int(part) for part in torch.__version__.split(".")[:2]) < _NAMES_AXES


def _program(module: Any, arguments: Mapping[str, Any], dynamic: object) -> Any:
    """The first stage alone: before 2.9 the exporter took no names for axes, and traced what torch.export refuses."""
    import torch

    return torch.export.export(module, (), kwargs=dict(arguments), dynamic_shapes=opened(dynamic), strict=False)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Within, progress, notices and source listings of the exporter are not ours to show."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with (
            warnings.catch_warnings(),
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
        ):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


def _root(err: BaseException) -> BaseException:
    while err.__cause__ is not None:
        err = err.__cause__
    return err


def _reason(err: Exception) -> str:
    """The first line of the innermost reason, and the line of the user's source that torch points to."""
    root = _root(err)
    text = _NOISE.sub("", str(root)).strip()
    frozen = [f"axis {axis} of {_path(path)} to {length}" for length, path, axis in _FROZEN.findall(text)]
    frozen += [
        f"axis {axis} of {_path(path)} to {length}" for path, axis, length in dict.fromkeys(_SPECIALIZED.findall(text))
    ]
    if frozen:
        return f"{_FROZE}{'; '.join(frozen)}{_place(text)}"
    if packed(err):
        return "packed sequences (pack_padded_sequence) have no form in ONNX"
    return (text.split("\n")[0] or type(root).__name__) + _place(text)


def _path(text: str) -> str:
    """inputs['mask'][0] as 'mask_0'."""
    return repr("_".join(re.findall(r"\w+", text)))


def _place(text: str) -> str:
    place = re.search(r'File "([^"]+)", line (\d+), in (\w+)\s*\n\s*(.+)', text)
    if place is None:
        return ""
    file, line, function, code = place.groups()
    return f" [{file.rsplit('/', 1)[-1]}:{line} in {function}: {code.strip()}]"


def _fix(err: Exception) -> str:
    kind = type(_root(err)).__name__
    if kind == _BY_VALUES:
        return "a Python branch or length depends on values: write it with torch.where or torch.cond"
    if packed(err):
        return "give the layer padded sequences, and take what follows a sequence's end out by its length"
    if _reason(err).startswith(_FROZE):
        return (
            "give the same symbol to every axis that must be as long, of other inputs too; or leave these axes out of "
            "--dynamic, or give all fixed lengths with --dynamic fixed; or change the source: a loop over a length in Python "
            "stays in torch.jit.script, and in nn.LSTM and its like"
        )
    if _old():
        return (
            "give a Python with torch 2.9 or later, or convert without --python; or let the packages of this one be of one time: "
            "torch 2.6 and 2.7 export with onnxscript 0.2"
        )
    return "make torch.export.export succeed on it, save the result with torch.export.save and convert the .pt2 file"
