"""nn.TransformerEncoder leaves padding out when it is called eagerly, and not when it is traced: ours gives 0 where it does."""

from typing import Any

import numpy as np
import pytest

from modelport.frontends.torch.export import export, quiet
from modelport.ir.graph_proto import to_bytes
from modelport.ir.session import open_session, run

# True where there is padding.
MASKS = {
    "at the end": [[0, 0, 1, 1, 1], [0, 0, 0, 0, 1], [0, 0, 0, 0, 0]],
    "none": [[0] * 5] * 3,
    "a row of nothing else": [[0, 0, 0, 1, 1], [1] * 5, [0] * 5],
    "one row in its midst": [[0, 1, 0, 0, 0], [0, 0, 0, 1, 1], [0] * 5],
    "in front": [[1, 1, 0, 0, 0], [0, 0, 0, 0, 0], [0, 0, 0, 0, 0]],
}


def _net(heads: int = 2, layers: int = 1, check: bool = True, **options: Any) -> Any:
    import torch

    class Net(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            layer = torch.nn.TransformerEncoderLayer(12, heads, 16, batch_first=True)
            self.encoder = torch.nn.TransformerEncoder(layer, layers, mask_check=check, **options)

        def forward(self, x: Any, hidden: Any) -> Any:
            return self.encoder(x, src_key_padding_mask=hidden)

    torch.manual_seed(0)
    with quiet():  # an odd number of heads keeps the padding, and torch says so
        return Net().eval()


class _Both:
    """Asks a module and its graph."""

    def __init__(self, module: Any, masks: type[Any] = np.bool_) -> None:
        import torch

        self._module, self._masks = module, masks
        self.x = np.random.default_rng(0).normal(size=(3, 5, 12)).astype(np.float32)
        mask = np.zeros((3, 5), dtype=masks)
        model = export(module, {"x": torch.tensor(self.x), "hidden": torch.tensor(mask)}, None, "a test").model
        self._name = str(model.graph.outputs[0].name)
        self._session = open_session(to_bytes(model))

    def __call__(self, mask: Any, number: float = 1.0) -> tuple[Any, Any]:
        """``number`` stands at padded places."""
        import torch

        hidden = np.array(mask, dtype=np.bool_)
        x = np.where(hidden[..., None], np.float32(number) * self.x, self.x)
        given = -0.5 * hidden.astype(self._masks) if self._masks is not np.bool_ else hidden
        with quiet(), torch.no_grad():
            theirs = self._module(torch.tensor(x), torch.tensor(given)).numpy()
        return run(self._session, {"x": x, "hidden": given}, [self._name])[self._name], theirs


@pytest.fixture(scope="module")
def plain() -> _Both:
    return _Both(_net(layers=2))


@pytest.mark.parametrize("name", MASKS)
def test_padding(plain: _Both, name: str) -> None:
    mine, theirs = plain(MASKS[name])
    assert mine == pytest.approx(theirs, abs=1e-5)


def test_padding_is_0_and_what_stood_there_is_not_read(plain: _Both) -> None:
    mine, theirs = plain(MASKS["at the end"], number=np.nan)
    assert not theirs[0, 2:].any()
    assert mine == pytest.approx(theirs, abs=1e-5)


def test_a_normalisation_behind_and_masks_of_numbers() -> None:
    import torch

    norm = torch.nn.LayerNorm(12)
    torch.nn.init.normal_(norm.bias)
    both = _Both(_net(norm=norm), np.float32)
    for mask in MASKS.values():
        mine, theirs = both(mask)
        assert mine == pytest.approx(theirs, abs=1e-5)


def test_a_mask_that_is_not_looked_at_hides_the_end() -> None:
    both = _Both(_net(check=False))
    mine, theirs = both(MASKS["in front"])
    assert not theirs[0, 3:].any()
    assert mine == pytest.approx(theirs, abs=1e-5)


@pytest.mark.parametrize("options", [{"enable_nested_tensor": False}, {"heads": 3}])
def test_encoders_that_compute_their_padding(options: Any) -> None:
    mine, theirs = _Both(_net(**options))(MASKS["at the end"])
    assert theirs[0, 2:].all()
    assert mine == pytest.approx(theirs, abs=1e-5)
