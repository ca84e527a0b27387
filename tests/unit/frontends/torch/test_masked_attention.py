"""The exporter's graph gives the mean of all values to a row that attends to nothing; ours gives 0, as torch does."""

from typing import Any

import numpy as np
import pytest

from modelport.frontends.torch.export import export
from modelport.frontends.torch.repairs.masked_attention import REPAIR
from modelport.ir.graph_proto import to_bytes
from modelport.ir.session import open_session, run


@pytest.fixture(scope="module")
def attention() -> Any:
    import torch

    class Attention(torch.nn.Module):
        def forward(self, x: Any, seen: Any) -> Any:
            return torch.nn.functional.scaled_dot_product_attention(x, x, x, attn_mask=seen)

    return Attention()


def test_rows_that_see_nothing(attention: Any) -> None:
    import torch

    x = np.random.default_rng(0).normal(size=(2, 1, 5, 4)).astype(np.float32)
    seen = np.tril(np.ones((2, 1, 5, 5), dtype=np.bool_))
    seen[0, 0, :, :2] = False
    exported = export(attention, {"x": torch.tensor(x), "seen": torch.tensor(seen)}, None, "a test")
    name = exported.model.graph.outputs[0].name
    expected = attention(torch.tensor(x), torch.tensor(seen)).numpy()
    assert not expected[0, 0, 0].any()

    def answer() -> Any:
        return run(open_session(to_bytes(exported.model)), {"x": x, "seen": seen}, [name])[name]

    # The fault is there: when it goes, so may the repair.
    assert np.abs(answer() - expected).max() > 0.1
    assert REPAIR.apply(exported.model) == 1
    assert answer() == pytest.approx(expected, abs=1e-6)
    assert REPAIR.apply(exported.model) == 0
