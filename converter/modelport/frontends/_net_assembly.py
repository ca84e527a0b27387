"""What an exporter made and what the original is asked, as one ConvertedNet: names, outputs, contract, provenance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import onnx_ir as ir

from modelport.errors import UnsupportedTypeError
from modelport.evidence.cases import Tensors
from modelport.evidence.tensor_oracle import TensorOracle
from modelport.frontends._kernels import give_kernels
from modelport.frontends._net_axes import BATCH
from modelport.frontends._net_names import check_outputs
from modelport.frontends._nets import net_axes, net_inputs, net_outputs, outside_standard, strip_origins
from modelport.frontends._spec import ConvertedNet, LoadedModel, Request
from modelport.frontends._unwritten import unwritten
from modelport.ir.contract import Contract
from modelport.ir.program import Program
from modelport.ir.provenance import Provenance

__all__ = ["Parts", "assembled", "rename"]


@dataclass(frozen=True)
class Parts:
    """What a front end knows of a net.

    ``model`` has inputs and outputs named as ``sample`` and ``outputs`` are, in that order (``rename`` gives them). ``axes`` is
    {input: {axis: symbol}}, ``limits`` the least and greatest length of symbols where the source says them. ``packages``
    are the versions that matter, the framework's own first. ``notes`` are about this conversion, ``stated`` is what every
    caller must know of the tensors.
    """

    model: ir.Model
    oracle: TensorOracle
    sample: Tensors
    outputs: Sequence[str]
    axes: Mapping[str, Mapping[int, str]]
    framework: str
    kind: str
    packages: Mapping[str, str]
    limits: Mapping[str, tuple[int, int | None]] = field(default_factory=dict)
    layers: Mapping[str, str] = field(default_factory=dict)
    notes: Sequence[str] = ()
    stated: Sequence[str] = ()


def assembled(parts: Parts, loaded: LoadedModel, request: Request, where: str) -> ConvertedNet:
    """Returns the net with its contract.

    Raises: UnsupportedModelError naming every operator that is no ONNX, or has no kernel for its element types; ConfigError for
    outputs that are not there.
    """
    model = parts.model
    outside = outside_standard(model, parts.layers)
    if outside:
        raise unwritten(outside, "are no ONNX", where)
    give_kernels(model, parts.layers, where)
    chosen = _chosen(model, parts.outputs, request.outputs)
    strip_origins(model)
    contract = Contract(
        task="net",
        layout="tensors",
        inputs=net_inputs(model, parts.sample),
        features=(),
        axes=net_axes(model, parts.limits),
        outputs=net_outputs(model),
        notes=tuple(parts.stated),
    )
    provenance = Provenance(
        framework=parts.framework,
        framework_version=next(iter(parts.packages.values()), ""),
        model_class=parts.kind,
        file_sha256=loaded.file_sha256,
        packages=dict(parts.packages),
        lineage={},
        notes=(*loaded.notes, *parts.notes),
    )
    oracle = _Chosen(parts.oracle, chosen)
    return ConvertedNet(Program(model, contract, provenance), oracle, parts.sample, _batch(parts.axes), parts.layers)


def rename(values: Sequence[ir.Value], names: Sequence[str]) -> None:
    """Gives graph inputs or outputs their names; others that had them step aside. Raises: UnsupportedTypeError."""
    if len(values) != len(names):
        raise UnsupportedTypeError(
            f"the graph has {len(values)} tensors where the model has {len(names)}",
            where="inputs and outputs",
            fix="let the model take and return tensors that are all different",
        )
    for place, value in enumerate(values):
        value.name = f"modelport_{place}_{names[place]}"
    for value, name in zip(values, names, strict=True):
        value.name = name


class _Chosen:
    """The outputs that were asked for."""

    def __init__(self, oracle: TensorOracle, names: Sequence[str]) -> None:
        self._oracle = oracle
        self._names = names

    def ask(self, inputs: Tensors) -> Tensors:
        answers = self._oracle.ask(inputs)
        return {name: answers[name] for name in self._names}

    def trace(self, inputs: Tensors) -> Tensors:
        return self._oracle.trace(inputs)


def _chosen(model: ir.Model, names: Sequence[str], asked: tuple[str, ...] | None) -> list[str]:
    check_outputs(names, asked)
    kept = [name for name in names if asked is None or name in asked]
    outputs = [value for value in model.graph.outputs if value.name in kept]
    model.graph.outputs[:] = outputs
    return kept


def _batch(axes: Mapping[str, Mapping[int, str]]) -> str | None:
    """The symbol of the axis along which calls are independent: the batch, or else the first axis that has one."""
    if any(BATCH in named.values() for named in axes.values()):
        return BATCH
    return next((named[0] for named in axes.values() if 0 in named), None)
