"""Makes a net of what torch exported: names, repairs, contract; the eager call stays its oracle, here or elsewhere."""

from collections.abc import Mapping

import onnx_ir as ir

from modelport.errors import UnsupportedModelError
from modelport.frontends._exported_net import ExportedNet
from modelport.frontends._net_assembly import Parts, assembled, rename
from modelport.frontends._net_axes import BATCH
from modelport.frontends._nets import name_symbols
from modelport.frontends._spec import ConvertedNet, LoadedModel, Request
from modelport.frontends.torch._repair import repair
from modelport.frontends.torch.half_graph import lower
from modelport.frontends.torch.layers import layers_of

__all__ = ["made"]


def made(
    net: ExportedNet, loaded: LoadedModel, request: Request, where: str, layers: Mapping[str, str] | None = None
) -> ConvertedNet:
    """Returns the net with its contract; ``layers`` where the exporter did not note them beside the nodes.

    Raises: UnsupportedModelError, UnsupportedTypeError, ConfigError.
    """
    graph: ir.Model = net.model
    rename(graph.graph.inputs, list(net.sample))
    rename(graph.graph.outputs, list(net.outputs))
    axes = _open_axes(net)
    if net.axes is not None:
        _check_frozen(net.axes, axes, net, where)
    name_symbols(graph, _symbols(net, axes))
    axes = _open_axes(net)
    limits = {axes[name][axis]: found for (name, axis), found in net.limits.items() if axis in axes[name]}
    layers = layers_of(graph) if layers is None else layers
    repaired = repair(graph)
    lower(graph, net.halves)
    parts = Parts(
        model=graph,
        oracle=net.oracle,
        sample=net.sample,
        outputs=net.outputs,
        axes=axes,
        framework="PyTorch",
        kind=net.kind,
        packages=net.packages,
        limits=limits,
        layers=layers,
        notes=[*net.notes, *(f"repaired after the exporter: {name}" for name in repaired)],
    )
    return assembled(parts, loaded, request, where)


def _open_axes(net: ExportedNet) -> dict[str, dict[int, str]]:
    """{input: {axis: symbol}} as the shapes in the graph have it."""
    return {
        name: {axis: str(d.value) for axis, d in enumerate(value.shape or ()) if not isinstance(d, int)}
        for name, value in zip(net.sample, net.model.graph.inputs, strict=True)
    }


def _symbols(net: ExportedNet, axes: Mapping[str, Mapping[int, str]]) -> dict[str, str]:
    """Names for the symbols of the graph: those that were asked for.

    A .pt2 file keeps none: then the batch, and the input and axis where another is first met.
    """
    found: dict[str, str] = {}
    for place, (name, symbols) in enumerate(axes.items()):
        for axis, symbol in symbols.items():
            if net.axes is None:
                found.setdefault(symbol, BATCH if place == 0 and axis == 0 else f"{name}_{axis}")
            elif axis in net.axes[name]:
                found.setdefault(symbol, net.axes[name][axis])
    return found


def _check_frozen(
    asked: Mapping[str, Mapping[int, str]], axes: Mapping[str, Mapping[int, str]], net: ExportedNet, where: str
) -> None:
    frozen = [
        f"{symbol} (axis {axis} of {name!r}) to {net.sample[name].shape[axis]}"
        for name, symbols in asked.items()
        for axis, symbol in symbols.items()
        if axis not in axes[name]
    ]
    if frozen:
        raise UnsupportedModelError(
            f"the export had to freeze {'; '.join(frozen)}",
            where=where,
            fix="look for a length that the source compares or puts into a shape; or take fixed lengths: --dynamic fixed",
        )
