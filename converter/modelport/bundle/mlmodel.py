"""Writes MLmodel: MLflow's view of the same bundle, so that it can be logged and served as it is."""

import json

from modelport.ir.contract import Contract

__all__ = ["mlmodel"]

_MLFLOW_TYPE = {"double": "float64", "float": "float32", "string": "str", "int64": "int64", "bool": "bool"}
_LABEL_TYPE = {"float64": "float64", "float32": "float32", "string": "str", "int64": "int64", "bool": "bool"}


def mlmodel(contract: Contract, name: str, version: str, model_id: str, onnx_version: str) -> bytes:
    """Returns the YAML text, in MLflow's layout of flavors and tensor signature; no times, no run ids."""
    inputs = [
        _tensor(tensor.name, _MLFLOW_TYPE[tensor.element], [-1, tensor.width or -1]) for tensor in contract.inputs
    ]
    outputs = [
        _tensor(output.name, _LABEL_TYPE[output.dtype], [-1] if output.width is None else [-1, output.width])
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


def _tensor(name: str, dtype: str, shape: list[int]) -> dict[str, object]:
    return {"type": "tensor", "tensor-spec": {"dtype": dtype, "shape": shape}, "name": name}


def _quoted(tensors: list[dict[str, object]]) -> str:
    """JSON in a single-quoted YAML string, as MLflow writes it; a single quote is doubled."""
    return "'" + json.dumps(tensors).replace("'", "''") + "'"
