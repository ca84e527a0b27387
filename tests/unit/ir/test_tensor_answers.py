"""Where every output is empty nothing is computed; where one may not be, the net is run."""

import numpy as np
import pytest

from modelport.ir.contract import Bound, Contract, DType, Input, Output
from modelport.ir.tensor_answers import empty_answer

EXACT = Bound(kind="exact", reason="")


def _contract(*shapes: tuple[int | str, ...], dtype: DType = "float32") -> Contract:
    outputs = tuple(
        Output(name=f"y{i}", role="number", dtype=dtype, bound=EXACT, shape=shape) for i, shape in enumerate(shapes)
    )
    inputs = (Input(name="x", element="float", shape=("batch", "length", 3)),)
    return Contract(task="net", layout="tensors", inputs=inputs, features=(), outputs=outputs)


def _x(batch: int, length: int) -> dict[str, np.ndarray]:
    return {"x": np.zeros((batch, length, 3), dtype=np.float32)}


def test_all_outputs_are_empty() -> None:
    found = empty_answer(_contract(("batch", 4), ("length", "batch"), dtype="int64"), _x(0, 5))
    assert found is not None
    assert {name: (value.shape, value.dtype.name) for name, value in found.items()} == {
        "y0": ((0, 4), "int64"),
        "y1": ((5, 0), "int64"),
    }


@pytest.mark.parametrize("shapes", [(("batch", 4), ("length",)), (("batch", "2*length"),), ((4,),)])
def test_an_output_that_may_hold_something(shapes: tuple[tuple[int | str, ...], ...]) -> None:
    assert empty_answer(_contract(*shapes), _x(0, 5)) is None


def test_a_batch_of_something() -> None:
    assert empty_answer(_contract(("batch", 4)), _x(2, 5)) is None
