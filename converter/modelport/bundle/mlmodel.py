"""Writes MLmodel: MLflow's view of the same bundle, so that it can be logged and served as it is."""

import json
from collections.abc import Sequence

from msgspec import UNSET

from modelport.ir.contract import Contract, Dimension, Input, Output

__all__ = ["mlmodel"]

_MLFLOW_TYPE = {"double": "float64", "float": "float32", "string": "str"}


def mlmodel(contract: Contract, name: str, version: str, model_id: str, onnx_version: str) -> bytes:
    """Returns the YAML text, in MLflow's layout of flavors and tensor signature; no times, no run ids."""
    inputs = [
        _tensor(tensor.name, _MLFLOW_TYPE.get(tensor.element, tensor.element), _input_shape(tensor))
        for tensor in contract.inputs
    ]
    outputs = [
        _tensor(output.name, _MLFLOW_TYPE.get(output.dtype, output.dtype), _output_shape(output))
        for output in contract.outputs
    ]
    lines = [
        "flavors:",
        "  onnx:",
        "    data: model.onnx",
        f"    onnx_version: {onnx_version}",
        "    providers:",
        "    - CPUExecutionProvider",
        "  python_function:",
        "    data: model.onnx",
        "    loader_module: mlflow.onnx",
        "metadata:",
        f"  modelport_model_id: {model_id}",
        f"  modelport_name: {json.dumps(name)}",
        f"  modelport_version: {json.dumps(version)}",
        "signature:",
        f"  inputs: {_quoted(inputs)}",
        f"  outputs: {_quoted(outputs)}",
        "  params: null",
    ]
    return ("\n".join(lines) + "\n").encode()


def _input_shape(tensor: Input) -> list[int]:
    return [-1, tensor.width or -1] if tensor.shape is UNSET else _free(tensor.shape)


def _output_shape(output: Output) -> list[int]:
    if output.shape is not UNSET:
        return _free(output.shape)
    return [-1] if output.width is None else [-1, output.width]


def _free(shape: Sequence[Dimension]) -> list[int]:
    """The lengths, -1 for those that callers choose."""
    return [length if isinstance(length, int) else -1 for length in shape]


def _tensor(name: str, dtype: str, shape: list[int]) -> dict[str, object]:
    return {"type": "tensor", "tensor-spec": {"dtype": dtype, "shape": shape}, "name": name}


def _quoted(tensors: list[dict[str, object]]) -> str:
    """JSON in a single-quoted YAML string, as MLflow writes it; a single quote is doubled."""
    return "'" + json.dumps(tensors).replace("'", "''") + "'"
