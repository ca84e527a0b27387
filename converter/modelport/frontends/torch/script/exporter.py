"""The first way: torch's exporter of TorchScript, which keeps loops and branches as they stand in the script."""

import contextlib
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import onnx_ir as ir
from onnx import shape_inference

from modelport.errors import UnsupportedModelError
from modelport.frontends.torch.export import quiet
from modelport.frontends.torch.script.nodes import nodes_within
from modelport.frontends.torch.script.symbolics import registered
from modelport.frontends.torch.script.wrapped import INNER
from modelport.ir.graph_proto import small_proto
from modelport.ir.opsets import IR_VERSION

__all__ = ["export_script", "script_layers"]

# The highest that it writes.
_OPSET = 20
_NOT_SUPPORTED = re.compile(r"operator '([\w:]+)' to ONNX|unrecognized namespace ([\w:]+)")


# Any: a script of torch and its tensors.
def export_script(
    outer: Any,
    inputs: Sequence[tuple[str, Any]],
    outputs: Sequence[str],
    axes: Mapping[str, Mapping[int, str]],
    where: str,
) -> ir.Model:
    """Returns the graph of a wrapped script.

    Raises: UnsupportedModelError naming every operator that the exporter does not know.
    """
    import torch

    tensors = tuple(value for _, value in inputs)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        try:
            with quiet(), _no_graphs_printed(), registered(_OPSET), torch.no_grad():
                torch.onnx.export(
                    outer,
                    tensors,
                    str(path),
                    dynamo=False,
                    opset_version=_OPSET,
                    input_names=[name for name, _ in inputs],
                    output_names=list(outputs),
                    dynamic_axes={name: dict(named) for name, named in axes.items() if named},
                )
        except Exception as err:  # the exporter raises its own errors, torch's and those of its C++ parts
            raise UnsupportedModelError(
                f"torch cannot export the script: {_reason(err, outer)}",
                where=where,
                fix="write this part with other operators, or save the module itself with torch.export.save",
            ) from err
        model = ir.load(path)
        ir.external_data.load_to_model(model)
    model.ir_version = IR_VERSION
    _settle_shapes(model, {symbol for named in axes.values() for symbol in named.values()})
    return model


def script_layers(model: ir.Model) -> dict[str, str]:
    """Returns {tensor: 'encoder'}: the layer that forward called while the tensor was made."""
    found: dict[str, str] = {}
    for node in model.graph.all_nodes():
        # '/inner/encoder/encoder.layers/encoder.layers.0/MatMul_1'
        scopes = (node.name or "").split("/")[1:-1]
        if scopes[:1] == [INNER] and len(scopes) > 1:
            found |= {value.name: scopes[1] for value in node.outputs if value.name}
    return found


@contextlib.contextmanager
def _no_graphs_printed() -> Iterator[None]:
    """Where it fails the exporter prints whole graphs, from C++."""
    import torch

    # The exporter itself turns its switch on again, whatever it found.
    log, switch = torch._C._jit_onnx_log, torch._C._jit_set_onnx_log_enabled
    before = torch._C._jit_is_onnx_log_enabled()
    switch(False)
    torch._C._jit_onnx_log = torch._C._jit_set_onnx_log_enabled = lambda *_: None
    try:
        yield
    finally:
        torch._C._jit_onnx_log, torch._C._jit_set_onnx_log_enabled = log, switch
        switch(before)


def _settle_shapes(model: ir.Model, symbols: set[str]) -> None:
    """The exporter calls lengths of outputs that it does not know by names of its own; what follows from the inputs is inferred."""
    for value in model.graph.outputs:
        if value.shape is not None:
            value.shape = ir.Shape([d if isinstance(d, int) or str(d.value) in symbols else None for d in value.shape])
    # In a copy: onnx_ir's own pass makes tensors of sequences.
    inferred = shape_inference.infer_shapes(small_proto(model), data_prop=True)
    for value, info in zip(model.graph.outputs, inferred.graph.output, strict=True):
        dimensions = info.type.tensor_type.shape.dim
        if value.shape is not None and len(dimensions) == len(value.shape):
            found = [d.dim_value if d.HasField("dim_value") else d.dim_param for d in dimensions]
            value.shape = ir.Shape([d if isinstance(d, int) or d in symbols else None for d in found])


def _reason(err: Exception, outer: Any) -> str:
    """What the exporter says; it names the first operator that it does not know, and here all of extensions are."""
    from torch.onnx._internal.torchscript_exporter import registration

    said = str(err).strip().split("\n")[0].split("  [Caused by")[0] or type(err).__name__
    named = _NOT_SUPPORTED.search(said)
    if named is None:
        return said
    known = registration.registry.is_registered_op
    kinds = {node.kind() for node in nodes_within(outer.forward.inlined_graph)}
    foreign = {kind for kind in kinds if not kind.startswith(("aten::", "prim::")) and not known(kind, _OPSET)}
    unknown = sorted(foreign | {named[1] or named[2]})
    return f"{len(unknown)} operator(s) have no translation: {', '.join(unknown)}"
