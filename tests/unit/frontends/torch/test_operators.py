"""Operators that the exporter lacks: ours give what torch gives, zeros of both signs, NaN and ties too; the rest is refused at once."""

from typing import Any

import numpy as np
import pytest

from modelport.errors import UnsupportedModelError
from modelport.frontends.torch.export import export
from modelport.ir.graph_proto import to_bytes
from modelport.ir.session import open_session

ODD = [0.0, -0.0, 1.0, -1.0, np.nan, np.inf, -np.inf, 3e30]


# Where 1 - erf(x) has no digits left, and where its logarithm is minus infinity.
WIDE = [-40.0, -9.0, -3.0, -1.0, -0.0, 1e-30, 0.4, 1.0, 3.0, 4.5, 9.0, 12.0, 1e4, 3e38, np.inf, -np.inf, np.nan]


@pytest.fixture(scope="module")
def answers() -> dict[str, tuple[Any, Any]]:
    """What the graph and torch give for each operator, of one export."""
    import torch

    torch.manual_seed(0)
    where = torch.tensor([[0, 0, 5, 0], [8, 1, 1, 2], [3, 3, 3, 3]])
    rrelu = torch.nn.RReLU(0.1, 0.5).eval()

    fn, planes = torch.nn.functional, (torch.arange(210.0) * 37 % 11).reshape(2, 3, 7, 5)

    class Every(torch.nn.Module):
        def forward(self, x: Any, y: Any, ties: Any, wide: Any) -> dict[str, Any]:
            sorted_, places = torch.sort(ties, dim=1, stable=True)
            down, places_down = torch.sort(ties, dim=-1, stable=True, descending=True)
            return {
                "fmax": torch.fmax(x, y),
                "fmin": torch.fmin(x, y),
                "hypot": torch.hypot(x, y),
                "copysign": torch.copysign(x, y),
                "signbit": torch.signbit(y),
                "rrelu": rrelu(x),
                "sorted": sorted_,
                "places": places,
                "down": down,
                "places_down": places_down,
                "median": torch.median(ties.abs(), dim=1).values,
                "median_of_nan": torch.median(x, dim=1, keepdim=True).values,
                "median_of_two_in_the_middle": torch.median(wide[:16].reshape(4, 4), dim=0).values,
                "median_of_all": torch.median(ties.abs()),
                "kth": torch.kthvalue(ties, 3, dim=1).values,
                "kept": torch.kthvalue(ties, 3, dim=1, keepdim=True).values,
                "selected": torch.masked_select(ties, ties > 0),
                "spread": torch.masked_select(ties, ties[:1] > 0),
                "erfc": torch.erfc(wide),
                "erfcx": torch.special.erfcx(wide),
                "log_ndtr": torch.special.log_ndtr(-abs(wide)),
                "tenth": wide.double() * 0.1,
                "mean": ties.scatter_reduce(1, where, 3 * ties, "mean"),
                "mean_alone": ties.scatter_reduce(-1, where, 3 * ties, "mean", include_self=False),
                "mean_whole": ties.long().scatter_reduce(0, where.T % 4, 3 * ties.long(), "mean"),
                "mean_single": wide[4].scatter_reduce(0, where[0, 0], wide[6], "mean"),
                "product": torch.cumprod(ties, 1),
                "product_down": torch.cumprod(ties.long(), 0),
                "product_wide": torch.cumprod(wide, -1, dtype=torch.float64),
                "left": torch.searchsorted(torch.sort(ties, dim=1).values, y[:4]),
                "right": torch.searchsorted(torch.tensor([-2.0, 0.0, 1.0, 1.0]), y, right=True, out_int32=True),
                "one": torch.searchsorted(torch.tensor([-2.0, 0.0, 1.0, 1.0]), 1.0),
                "unsorted": torch.searchsorted(ties, y[:4], side="right", sorter=torch.argsort(ties, dim=1)),
                "true": torch._is_all_true(ties > -9),
                "pooled": fn.adaptive_max_pool2d(planes, (3, 5)),
                "pooled_at": fn.adaptive_max_pool2d(planes, (3, 1), return_indices=True)[1],
                "pooled_whole": fn.adaptive_max_pool2d(planes, 1, return_indices=True)[1],
                "pooled_line": fn.adaptive_max_pool1d(planes[0], 4),
                "pooled_volume": fn.adaptive_max_pool3d(planes, (1, 3, 2)),
                "pooled_volume_at": fn.adaptive_max_pool3d(planes, (2, 3, 2), return_indices=True)[1],
                "amax": ties.scatter_reduce(1, where, 3 * ties, "amax"),
            }

    x, y = (torch.tensor(a, dtype=torch.float32) for a in np.meshgrid(ODD, ODD))
    ties = torch.round(2 * torch.randn(4, 9)) / 2
    given = {"x": x, "y": y, "ties": ties, "wide": torch.tensor(WIDE)}
    exported = export(Every(), given, None, "a test")
    found = open_session(to_bytes(exported.model)).run(None, {name: value.numpy() for name, value in given.items()})
    return {name: (mine, theirs.numpy()) for mine, (name, theirs) in zip(found, Every()(**given).items(), strict=True)}


@pytest.mark.parametrize(
    "name",
    "fmax fmin hypot copysign signbit rrelu sorted places down places_down median median_of_nan median_of_two_in_the_middle median_of_all kth kept selected spread erfc erfcx log_ndtr tenth mean mean_alone mean_whole mean_single product product_down product_wide left right one unsorted true pooled pooled_at pooled_whole pooled_line pooled_volume pooled_volume_at amax".split(),
)
def test_it_gives_what_torch_gives(answers: dict[str, tuple[Any, Any]], name: str) -> None:
    mine, theirs = answers[name]
    assert mine.shape == theirs.shape
    assert mine.dtype == theirs.dtype
    if mine.dtype.kind != "f":
        assert (mine == theirs).all()
        return
    np.testing.assert_allclose(mine, theirs, rtol=1e-15 if mine.dtype == np.float64 else 3e-7)
    assert (np.signbit(mine) == np.signbit(theirs))[~np.isnan(theirs)].all() or name in ("fmax", "fmin")


def test_every_operator_that_is_left_is_named_with_its_layer() -> None:
    import torch

    class Inner(torch.nn.Module):
        def forward(self, x: Any) -> Any:
            return torch.erfinv(x) + torch.lgamma(x)

    class Net(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.head = Inner()

        def forward(self, x: Any) -> Any:
            return self.head(torch.cdist(x, x))

    with pytest.raises(UnsupportedModelError) as caught:
        export(Net(), {"x": torch.rand(2, 3, 4)}, None, "a test")
    assert "3 operator(s)" in caught.value.what
    for part in ("_cdist_forward", "aten.erfinv in head", "aten.lgamma in head"):
        assert part in caught.value.what
    assert "vector_norm" in caught.value.fix


def test_operators_without_a_translation_of_complex_numbers_are_named() -> None:
    import torch

    class Turned(torch.nn.Module):
        def forward(self, x: Any) -> Any:
            spectrum = torch.fft.rfft(x)
            return torch.einsum("bi,bi->b", spectrum, spectrum.unsqueeze(1)[:, 0]).real

    with pytest.raises(UnsupportedModelError) as caught:
        export(torch.nn.Sequential(Turned()), {"input": torch.rand(2, 8)}, None, "a test")
    assert "3 operator(s)" in caught.value.what
    assert "aten.einsum of complex numbers in 0" in caught.value.what
    assert "view_as_real" in caught.value.fix


def test_a_translation_that_ends_is_told_with_its_layer() -> None:
    import torch

    class Grouped(torch.nn.Module):
        def forward(self, x: Any, weights: Any) -> Any:
            return torch.nn.functional.conv1d(x.reshape(1, -1, x.shape[-1]), weights, groups=x.shape[0])

    given, batch = {"x": torch.rand(2, 3, 7), "weights": torch.rand(2, 3, 3)}, {0: "batch"}
    with pytest.raises(UnsupportedModelError, match=r"cannot translate aten\.conv\w+ to ONNX") as caught:
        export(Grouped(), given, {"x": batch, "weights": batch}, "a test")
    assert "other operators" in caught.value.fix


def test_what_a_translation_refuses_is_told_with_its_layer() -> None:
    import torch

    small = torch.nn.Module()
    small.forward = lambda x: torch.nn.functional.interpolate(  # type: ignore[method-assign]
        x, size=(4, 3), mode="bilinear", antialias=True, align_corners=True
    )
    with pytest.raises(
        UnsupportedModelError, match=r"upsample_bilinear2d_aa with align_corners=True .* in 0"
    ) as caught:
        export(torch.nn.Sequential(small), {"input": torch.rand(1, 1, 9, 8)}, None, "a test")
    assert "align_corners=False" in caught.value.fix


def test_a_branch_by_chance_is_none_by_values() -> None:
    import torch
    from torchvision.transforms import v2

    with pytest.raises(UnsupportedModelError, match="draws random numbers") as caught:
        export(v2.RandomHorizontalFlip(), (torch.rand(1, 3, 4, 4),), None, "a test")
    assert "random transforms" in caught.value.fix


def test_parts_of_a_free_length() -> None:
    import torch

    net = torch.nn.Sequential(torch.nn.AdaptiveMaxPool2d((1, 3), return_indices=True))
    given, symbols = {"input": torch.rand(2, 3, 8, 7)}, {0: "batch", 2: "height"}
    session, longer = (
        open_session(to_bytes(export(net, given, {"input": symbols}, "a test").model)),
        torch.rand(1, 3, 11, 7),
    )
    for mine, theirs in zip(session.run(None, {"input": longer.numpy()}), net(longer), strict=True):
        assert (mine == theirs.numpy()).all()
    with pytest.raises(UnsupportedModelError, match=r"axes of a free length \(3\) .* in 0") as caught:
        export(net, given, {"input": {**symbols, 3: "width"}}, "a test")
    assert "--dynamic" in caught.value.fix
