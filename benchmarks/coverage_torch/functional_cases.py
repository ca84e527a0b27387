"""Functions of torch: arithmetic, indices, sums, choices, linear algebra, and the structures that forward may return."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.coverage_torch.case import Array, Case, calling, floats, wholes

__all__ = ["functional_cases"]

_X = floats(3, 8)
_Y = floats(3, 8)[::-1].copy() + 0.25
_P = np.abs(_X) % 1
_I = wholes(3, 8, low=-9, high=10)
_J = np.where(_I % 7 == 0, 3, _I % 7 - 3)
_J[_J == 0] = 2
_B = _X > 0
_IMAGE = floats(2, 3, 6, 7)
_CUBE = floats(2, 3, 5)
_SQUARE = floats(2, 4, 4) + 3 * np.eye(4, dtype=np.float32)


def _case(name: str, function: Callable[..., Any], *sample: Array, dynamic: tuple[str, ...] = ()) -> Case:
    return Case(name, "function", lambda: calling(function, len(sample)), sample, dynamic)


def _elementwise() -> list[Case]:
    import torch
    import torch.nn.functional as fn

    one = (
        "abs neg sign sgn floor ceil round trunc frac exp exp2 expm1 log log2 log10 log1p sqrt "
        "rsqrt reciprocal square sin cos tan asin "
        "acos atan sinh cosh tanh asinh acosh atanh erf erfc erfinv lgamma digamma i0 sigmoid logit "
        "nan_to_num isnan isinf isfinite "
        "signbit deg2rad rad2deg sinc positive isposinf isneginf relu softmax_ logsumexp_ angle"
    ).split()
    cases = []
    for name in one:
        function = getattr(torch, name, None)
        if function is not None:
            cases.append(_case(name, function, _X))
    for name in (
        "entr",
        "erfcx",
        "expit",
        "i0e",
        "i1",
        "i1e",
        "log_ndtr",
        "ndtr",
        "ndtri",
        "xlog1py",
        "bessel_j0",
        "gammaln",
        "psi",
    ):
        function = getattr(torch.special, name)
        cases.append(_case(f"special.{name}", function, *((_X, _P) if name == "xlog1py" else (_X,))))
    cases += [
        _case(f"{n} of float64", getattr(torch, n), _X.astype(np.float64))
        for n in ("erf", "sin", "log1p", "expm1", "tanh", "round", "exp2", "cos", "atan", "sinh")
    ]
    cases += [
        _case(f"{n} of int64", getattr(torch, n), _I)
        for n in ("abs", "neg", "sign", "square", "exp", "sqrt", "sigmoid", "floor", "trunc", "reciprocal")
    ]
    two = (
        "add sub mul div maximum minimum fmax fmin pow atan2 hypot logaddexp logaddexp2 copysign "
        "fmod remainder floor_divide eq ne lt gt le ge xlogy nextafter ldexp"
    ).split()
    cases += [_case(f"{n} of floats", getattr(torch, n), _X, _Y) for n in two]
    whole = (
        "add sub mul div maximum minimum fmod remainder floor_divide bitwise_and bitwise_or "
        "bitwise_xor bitwise_left_shift bitwise_right_shift gcd lcm eq lt true_divide"
    ).split()
    cases += [_case(f"{n} of wholes", getattr(torch, n), _I, np.abs(_J) if "shift" in n else _J) for n in whole]
    cases += [
        _case(f"{n} of int32", getattr(torch, n), _I.astype(np.int32), _J.astype(np.int32))
        for n in ("fmod", "remainder", "floor_divide", "mul", "div")
    ]
    logic = "logical_and logical_or logical_xor bitwise_and bitwise_or bitwise_xor eq mul add maximum".split()
    cases += [_case(f"{n} of truths", getattr(torch, n), _B, ~_B[::-1].copy()) for n in logic]
    cases += [
        _case("logical_not of floats", torch.logical_not, _X),
        _case("bitwise_not", torch.bitwise_not, _I),
        _case("bitwise_not of truths", torch.bitwise_not, _B),
        _case("div trunc", lambda x, y: torch.div(x, y, rounding_mode="trunc"), _X, _Y),
        _case("div floor", lambda x, y: torch.div(x, y, rounding_mode="floor"), _X, _Y),
        _case("div floor of wholes", lambda x, y: torch.div(x, y, rounding_mode="floor"), _I, _J),
        _case("div trunc of wholes", lambda x, y: torch.div(x, y, rounding_mode="trunc"), _I, _J),
        _case("// of wholes", lambda x, y: (x // y, x % y), _I, _J),
        _case("% of number", lambda x: x % 3, _I),
        _case("// of number", lambda x: x // -3, _I),
        _case("% of float number", lambda x: x % -1.5, _X),
        _case("fmod of float number", lambda x: torch.fmod(x, 1.5), _X),
        _case("round decimals", lambda x: torch.round(x, decimals=2), _X),
        _case("round decimals negative", lambda x: torch.round(x * 100, decimals=-1), _X),
        _case("pow 2", lambda x: x**2, _X),
        _case("pow 0.5", lambda x: x**0.5, _X),
        _case("pow -1", lambda x: x**-1, _X),
        _case("pow of wholes", lambda x: x**3, _I),
        _case("number ** x", lambda x: 2**x, _X),
        _case("clamp", lambda x: x.clamp(-0.5, 0.7), _X),
        _case("clamp min above max", lambda x: x.clamp(0.7, -0.5), _X),
        _case("clamp of wholes", lambda x: x.clamp(-2, 3), _I),
        _case("clamp tensors", lambda x, y: torch.clamp(x, min=y, max=y + 1), _X, _Y),
        _case("clamp only max", lambda x: x.clamp(max=0.1), _X),
        _case("nan_to_num values", lambda x: torch.nan_to_num(torch.log(x), nan=7.0, posinf=1.0, neginf=-3.0), _X),
        _case("polygamma", lambda x: torch.polygamma(1, x), _P),
        _case("mvlgamma", lambda x: torch.special.multigammaln(x + 3, 2), _P),
        _case("lerp", lambda x, y: torch.lerp(x, y, 0.3), _X, _Y),
        _case("lerp tensor", torch.lerp, _X, _Y, _P),
        _case("addcmul", lambda x, y, z: torch.addcmul(x, y, z, value=0.5), _X, _Y, _P),
        _case("addcdiv", lambda x, y, z: torch.addcdiv(x, y, z + 1, value=0.5), _X, _Y, _P),
        _case("where", torch.where, _B, _X, _Y),
        _case("where number", lambda x: torch.where(x > 0, x, -1.0), _X),
        _case("masked_fill", lambda x, y: x.masked_fill(y, -np.inf), _X, _B),
        _case("heaviside", torch.heaviside, _X, _Y),
        _case("isclose", lambda x, y: torch.isclose(x, y, atol=0.5), _X, _Y),
        _case("type promotion", lambda x, y: x + y, _X, _I),
        _case("promotion of truth", lambda x, y: x * y, _X, _B),
        _case("whole times float number", lambda x: x * 0.5, _I),
        _case("int32 plus int64", lambda x, y: x + y, _I.astype(np.int32), _J),
        _case("uint8 sum", lambda x: x + x, wholes(3, 8, high=200).astype(np.uint8)),
        _case(
            "uint8 minus",
            lambda x, y: x - y,
            wholes(3, 8, high=200).astype(np.uint8),
            wholes(3, 8, high=250).astype(np.uint8),
        ),
        _case("uint8 to float", lambda x: x.float() / 255, wholes(3, 8, high=256).astype(np.uint8)),
        _case("uint8 times", lambda x: x * 3, wholes(3, 8, high=200).astype(np.uint8)),
        _case("int8 times", lambda x: x * x, wholes(3, 8, low=-100, high=100).astype(np.int8)),
        _case("int8 abs", lambda x: x.abs(), wholes(3, 8, low=-128, high=100).astype(np.int8)),
        _case("int16 minus", lambda x: -x - 3, wholes(3, 8, low=-100, high=100).astype(np.int16)),
        _case("int32 overflow", lambda x: x * 100000, wholes(3, 8, low=-100000, high=100000).astype(np.int32)),
        _case("int64 to int32", lambda x: (x * 1000).to(torch.int32), wholes(3, 8, low=-(2**33), high=2**33)),
        _case("int64 to int8", lambda x: x.to(torch.int8), wholes(3, 8, low=-300, high=300)),
        _case("int64 to uint8", lambda x: x.to(torch.uint8), wholes(3, 8, low=-300, high=300)),
        _case("int64 to float", lambda x: x.to(torch.float32), wholes(3, 8, low=-(2**60), high=2**60)),
        _case("float to int", lambda x: (x * 3).to(torch.int64), _X),
        _case("float to int32", lambda x: (x * 3).int(), _X),
        _case("float to bool", lambda x: x.bool(), np.round(_X)),
        _case("float to uint8", lambda x: (x * 100).to(torch.uint8), _P),
        _case("float to half and back", lambda x: x.half().float(), _X),
        _case("float to bfloat16 and back", lambda x: x.bfloat16().float(), _X),
        _case("float16 input", lambda x: torch.softmax(x, -1), _X.astype(np.float16)),
        _case("float16 sum", lambda x: x.sum(-1), _X.astype(np.float16)),
        _case("float64 input", lambda x: torch.softmax(x, -1).float(), _X.astype(np.float64)),
        _case("bool sum", lambda x: x.sum(-1), _B),
        _case("bool any all", lambda x: (x.any(-1), x.all(-1)), _B),
        _case("any of floats", lambda x: (x.any(-1), x.all(-1)), np.round(_X)),
        _case("softplus beta", lambda x: fn.softplus(x, beta=0.3, threshold=1), _X),
        _case("gumbel free threshold", lambda x: fn.threshold(x, 0.1, 20), _X),
        _case("celu", lambda x: fn.celu(x, 2.0), _X),
        _case("normalize", lambda x: fn.normalize(x, dim=1), _X),
        _case("normalize p1", lambda x: fn.normalize(x, p=1, dim=0), _CUBE),
        _case("complex", lambda x: torch.view_as_real(torch.complex(x, x) * torch.complex(x, -x)), _X),
        _case("polar", lambda x: torch.view_as_real(torch.polar(x.abs(), x)), _X),
    ]
    return cases


def _reductions() -> list[Case]:
    import torch

    both = (
        "sum mean amax amin prod argmax argmin logsumexp softmax log_softmax cumsum cumprod "
        "logcumsumexp var std median mode"
    ).split()
    cases = []
    for name in both:
        cases.append(
            _case(
                f"{name} dim 1",
                lambda x, f=name: tuple(r) if isinstance(r := getattr(torch, f)(x, dim=1), tuple) else r,
                _CUBE,
            )
        )
        cases.append(
            _case(
                f"{name} dim -1 open",
                lambda x, f=name: tuple(r) if isinstance(r := getattr(torch, f)(x, dim=-1), tuple) else r,
                _CUBE,
                dynamic=("x:2=length",),
            )
        )
    cases += [
        _case(f"{name} of wholes", lambda x, f=name: getattr(torch, f)(x, dim=1), _I)
        for name in ("sum", "amax", "prod", "argmax", "cumsum", "cumprod", "argmin")
    ]
    cases += [
        _case(f"{name} of int32", lambda x, f=name: getattr(torch, f)(x, dim=1), _I.astype(np.int32))
        for name in ("sum", "amax", "prod", "argmax", "cumsum")
    ]
    cases += [
        _case("argmax ties", lambda x: torch.argmax(torch.round(x), dim=1), _X),
        _case("argmax of truths", lambda x: torch.argmax(x.int(), dim=1), _B),
        _case("argmax flat", torch.argmax, _X),
        _case("argmax keepdim", lambda x: x.argmax(-1, keepdim=True), _CUBE),
        _case("max with indices", lambda x: tuple(torch.max(x, dim=1)), _X),
        _case("max with ties", lambda x: tuple(torch.max(torch.round(x), dim=1)), _X),
        _case("min with ties", lambda x: tuple(torch.min(torch.round(x), dim=1)), _X),
        _case("max flat", lambda x: x.max(), _X),
        _case("aminmax", lambda x: tuple(torch.aminmax(x, dim=1)), _X),
        _case("mean flat", lambda x: x.mean(), _X),
        _case("sum to float64", lambda x: x.sum(-1, dtype=torch.float64), _X),
        _case("mean of two axes", lambda x: x.mean((1, 2), keepdim=True), _CUBE),
        _case("var unbiased off", lambda x: x.var(1, unbiased=False), _X),
        _case("var correction 2", lambda x: torch.var(x, dim=(1, 2), correction=2), _CUBE),
        _case("std_mean", lambda x: torch.std_mean(x, dim=1), _X),
        _case("std of one", lambda x: x[:, :1].std(1), _X),
        _case("norm", lambda x: torch.norm(x, dim=1), _X),
        _case("norm fro", torch.linalg.matrix_norm, _CUBE),
        *(
            _case(f"vector_norm {p}", lambda x, p=p: torch.linalg.vector_norm(x, p, dim=1), _X)
            for p in (0, 1, 2, 3, 0.5, np.inf, -np.inf)
        ),
        _case("median", lambda x: x.median(), floats(3, 7)),
        _case("nanmedian", lambda x: torch.nanmedian(x, dim=1).values, _X),
        _case("nansum", lambda x: torch.nansum(torch.log(x), dim=1), _X),
        _case("nanmean", lambda x: torch.nanmean(torch.log(x), dim=1), _X),
        _case("quantile", lambda x: torch.quantile(x, 0.3, dim=1), _X),
        _case("quantile several", lambda x: torch.quantile(x, torch.tensor([0.1, 0.9]), dim=1), _X),
        _case("quantile nearest", lambda x: torch.quantile(x, 0.3, dim=1, interpolation="nearest"), _X),
        _case("kthvalue", lambda x: tuple(torch.kthvalue(x, 3, dim=1)), _X),
        _case("topk", lambda x: tuple(torch.topk(x, 3)), _X),
        _case("topk smallest", lambda x: tuple(torch.topk(x, 3, largest=False)), _X),
        _case("topk of wholes", lambda x: torch.topk(x, 3).values, _I),
        _case("topk of int32", lambda x: torch.topk(x, 3).values, _I.astype(np.int32)),
        _case("sort", lambda x: tuple(torch.sort(x, dim=1)), _X),
        _case("sort descending", lambda x: tuple(torch.sort(x, dim=1, descending=True)), _X),
        _case("sort stable ties", lambda x: tuple(torch.sort(torch.round(x), dim=1, stable=True)), _X),
        _case(
            "sort stable descending ties",
            lambda x: tuple(torch.sort(torch.round(x), dim=1, stable=True, descending=True)),
            _X,
        ),
        _case("argsort", lambda x: torch.argsort(x, dim=0), _CUBE),
        _case("sort of wholes", lambda x: torch.sort(x, dim=1).values, _I),
        _case("sort open", lambda x: torch.sort(x, dim=1).values, _X, dynamic=("x:1=length",)),
        _case("msort", torch.msort, _X),
        _case("cummax", lambda x: tuple(torch.cummax(x, 1)), _X),
        _case("cummin", lambda x: tuple(torch.cummin(x, 1)), _X),
        _case("cumsum of truths", lambda x: torch.cumsum(x, 1), _B),
        _case("cumsum dim 0", lambda x: torch.cumsum(x, 0), _X),
        _case("logsumexp of minus infinity", lambda x: torch.logsumexp(torch.where(x > 9, x, -torch.inf), 1), _X),
        _case("logsumexp two axes", lambda x: torch.logsumexp(x, (1, 2)), _CUBE),
        _case("softmax all masked", lambda x: torch.softmax(torch.where(x > 9, x, -torch.inf), 1), _X),
        _case("softmax dim 0", lambda x: torch.softmax(x, 0), _X),
        _case("softmax to float64", lambda x: torch.softmax(x, 1, dtype=torch.float64), _X),
        _case("softmax of wholes", lambda x: torch.softmax(x, 1, dtype=torch.float32), _I),
        _case("count_nonzero", lambda x: torch.count_nonzero(torch.round(x), dim=1), _X),
        _case("diff", lambda x: torch.diff(x, dim=1), _X),
        _case("diff 2", lambda x: torch.diff(x, n=2, dim=1), _X),
        _case("trapezoid", lambda x: torch.trapezoid(x, dim=1), _X),
        _case("histc", lambda x: torch.histc(x, 5, -2, 2), _X),
        _case("bincount", lambda x: torch.bincount(x.flatten(), minlength=10), wholes(3, 8)),
        _case("cov", torch.cov, _X, dynamic=("fixed",)),
        _case("corrcoef", torch.corrcoef, _X, dynamic=("fixed",)),
        _case("dist", torch.dist, _X, _Y),
        _case("cdist", torch.cdist, _CUBE, floats(2, 4, 5)),
        _case("cdist 1", lambda x, y: torch.cdist(x, y, p=1.0), _CUBE, floats(2, 4, 5)),
        _case("pdist", torch.pdist, _X, dynamic=("fixed",)),
        _case("renorm", lambda x: torch.renorm(x, 2, 0, 1.0), _X),
    ]
    return cases


def _indices() -> list[Case]:
    import torch
    import torch.nn.functional as fn

    ids = wholes(3, 4, high=8)
    row = wholes(3, high=8)
    return [
        _case("gather", lambda x, y: torch.gather(x, 1, y), _X, ids),
        _case("gather sparse_grad", lambda x, y: x.gather(-1, y), _X, ids),
        _case("take_along_dim", lambda x, y: torch.take_along_dim(x, y, 1), _X, ids),
        _case("take", torch.take, _X, ids),
        _case("index_select", lambda x, y: x.index_select(1, y), _X, wholes(4, high=8)),
        _case("x[i]", lambda x, y: x[:, y], _X, wholes(4, high=8)),
        _case("x[i, j]", lambda x, y: x[torch.arange(x.shape[0]), y], _X, row),
        _case("x[..., i]", lambda x, y: x[..., y, :], _CUBE, wholes(2, 2, high=3)),
        _case("x[i, :, j]", lambda x, y: x[torch.arange(x.shape[0]), :, y], floats(3, 2, 8), row),
        _case("x[negative]", lambda x, y: x[:, y - 8], _X, wholes(4, high=8)),
        _case(
            "last of each row",
            lambda x, y: x[torch.arange(x.shape[0]), y.sum(1) - 1],
            floats(3, 8, 2),
            np.ones((3, 8), dtype=np.int64),
        ),
        _case("scatter", lambda x, y, z: x.scatter(1, y, z), _X, ids, floats(3, 4)),
        _case("scatter number", lambda x, y: x.scatter(1, y, 5.0), _X, ids),
        _case("scatter_add", lambda x, y, z: x.scatter_add(1, y, z), _X, ids, floats(3, 4)),
        *(
            _case(
                f"scatter_reduce {r} {s}",
                lambda x, y, z, r=r, s=s: x.scatter_reduce(1, y, z, r, include_self=s),
                _X,
                ids,
                floats(3, 4),
            )
            for r in ("sum", "prod", "amax", "amin", "mean")
            for s in (True, False)
        ),
        _case(
            "index_add", lambda x, y, z: x.index_add(1, y, z), _X, wholes(4, high=8), floats(3, 4), dynamic=("fixed",)
        ),
        _case("index_copy", lambda x, z: x.index_copy(1, torch.tensor([1, 5]), z), _X, floats(3, 2)),
        _case("index_fill", lambda x: x.index_fill(1, torch.tensor([1, 5]), 2.0), _X),
        _case("index_put", lambda x, y: x.index_put((torch.arange(x.shape[0]), y), torch.tensor(9.0)), _X, row),
        _case(
            "index_put accumulate",
            lambda x, y: x.index_put((torch.arange(x.shape[0]), y), torch.tensor(9.0), accumulate=True),
            _X,
            row,
        ),
        _case("assign slice", lambda x: _assigned(x, lambda c: c.__setitem__((slice(None), slice(1, 3)), 0.0)), _X),
        _case("assign masked", lambda x: _assigned(x, lambda c: c.__setitem__(c > 0, 5.0)), _X),
        _case("assign column", lambda x: _assigned(x, lambda c: c.__setitem__((slice(None), 2), c[:, 3])), _X),
        _case("masked_select", lambda x: torch.masked_select(x, x > 0), _X),
        _case("x[mask]", lambda x: x[x > 0], _X),
        _case("masked_scatter", lambda x, y: x.masked_scatter(x > 0, y), _X, _Y),
        _case("nonzero", lambda x: torch.nonzero(x > 0), _X),
        _case("nonzero as tuple", lambda x: torch.nonzero(x > 0, as_tuple=True), _X),
        _case("argwhere", lambda x: torch.argwhere(x > 0), _X),
        _case("unique", torch.unique, wholes(3, 8)),
        _case("unique counts", lambda x: torch.unique(x, return_inverse=True, return_counts=True), wholes(3, 8)),
        _case("unique_consecutive", lambda x: torch.unique_consecutive(x.flatten()), wholes(3, 8)),
        _case("searchsorted", lambda x, y: torch.searchsorted(torch.sort(x, dim=1).values, y), _X, floats(3, 4)),
        _case(
            "searchsorted right", lambda x: torch.searchsorted(torch.tensor([-1.0, 0.0, 0.5, 1.0]), x, right=True), _X
        ),
        _case("bucketize", lambda x: torch.bucketize(x, torch.tensor([-1.0, 0.0, 0.5, 1.0])), _X),
        _case("bucketize right", lambda x: torch.bucketize(x, torch.tensor([-1.0, 0.0, 0.5, 1.0]), right=True), _X),
        _case("isin", lambda x: torch.isin(x, torch.tensor([1, 3, 5])), wholes(3, 8)),
        _case("one_hot", lambda x: fn.one_hot(x, 10), wholes(3, 5)),
        _case("one_hot float", lambda x: fn.one_hot(x, 10).float(), wholes(3, 5)),
        _case("embedding", fn.embedding, wholes(3, 5), floats(10, 4)),
        _case("tril", torch.tril, _SQUARE),
        _case("triu 1", lambda x: torch.triu(x, 1), _CUBE),
        _case("tril -1 of truths", lambda x: torch.tril(x, -1), _B),
        _case(
            "causal mask",
            lambda x: torch.triu(torch.ones(x.shape[1], x.shape[1], dtype=torch.bool), 1),
            _X,
            dynamic=("x:1=length",),
        ),
        _case(
            "causal full",
            lambda x: torch.full((x.shape[1], x.shape[1]), float("-inf")).triu(1) + x[:, None],
            _X,
            dynamic=("x:1=length",),
        ),
        _case("tril_indices", lambda x: x[:, *torch.tril_indices(4, 4)], _SQUARE),
        _case("diag_embed", torch.diag_embed, _X),
        _case("diag_embed 1", lambda x: torch.diag_embed(x, offset=1, dim1=0, dim2=2), _X),
        _case("diagonal", lambda x: torch.diagonal(x, dim1=1, dim2=2), _SQUARE),
        _case("diagonal 1", lambda x: torch.diagonal(x, 1, 1, 2), _CUBE),
        _case("diag", lambda x: torch.diag(x[0]), _X),
        _case("trace", lambda x: torch.trace(x[0]), _SQUARE),
        _case(
            "range of lengths",
            lambda x: torch.arange(x.shape[1])[None] < x[:, :1],
            wholes(3, 8),
            dynamic=("x:1=length",),
        ),
        _case("linspace", lambda x: x * torch.linspace(-1, 1, 8), _X),
        _case("linspace open", lambda x: x * torch.linspace(-1, 1, x.shape[1]), _X, dynamic=("x:1=length",)),
        _case("meshgrid", lambda x, y: torch.meshgrid(x, y, indexing="ij"), floats(4), floats(5), dynamic=("fixed",)),
        _case("cartesian_prod", torch.cartesian_prod, floats(4), floats(5), dynamic=("fixed",)),
        _case("combinations", torch.combinations, floats(4), dynamic=("fixed",)),
        _case("vander", lambda x: torch.vander(x, 3), floats(4)),
        _case("block_diag", lambda x: torch.block_diag(x, x), _X, dynamic=("fixed",)),
        _case("repeat_interleave", lambda x: x.repeat_interleave(2, dim=1), _X),
        _case("repeat_interleave tensor", lambda x: x.repeat_interleave(torch.tensor([1, 2, 0]), dim=1), _CUBE),
        _case("repeat_interleave dim 0", lambda x: x.repeat_interleave(3, dim=0), _X),
    ]


# Any: tensors of torch.
def _assigned(x: Any, change: Callable[[Any], None]) -> Any:
    copy = x.clone()
    change(copy)
    return copy


def _shapes() -> list[Case]:
    import torch
    import torch.nn.functional as fn

    return [
        _case("roll", lambda x: torch.roll(x, 2, 1), _X),
        _case("roll flat", lambda x: torch.roll(x, 2), _X),
        _case("roll two", lambda x: torch.roll(x, (1, -2), (1, 2)), _CUBE),
        _case("roll far", lambda x: torch.roll(x, 11, 1), _X),
        _case("roll open", lambda x: torch.roll(x, -1, 1), _X, dynamic=("x:1=length",)),
        _case("roll batch", lambda x: torch.roll(x, 1, 0), _X),
        _case("flip", lambda x: torch.flip(x, (1,)), _X),
        _case("flip two", lambda x: torch.flip(x, (0, 2)), _CUBE),
        _case("fliplr rot90", lambda x: torch.rot90(x, 1, (1, 2)), _CUBE),
        _case("chunk uneven", lambda x: torch.chunk(x, 3, 1), _X),
        _case("split uneven", lambda x: torch.split(x, 3, 1), _X),
        _case("split sizes", lambda x: torch.split(x, [1, 5, 2], 1), _X),
        _case("tensor_split", lambda x: torch.tensor_split(x, 3, 1), _X),
        _case("tensor_split places", lambda x: torch.tensor_split(x, (2, 3), 1), _X),
        _case("unbind", lambda x: torch.unbind(x, 1), _CUBE),
        _case("stack", lambda x, y: torch.stack([x, y], 1), _X, _Y),
        _case("cat of kinds", lambda x, y: torch.cat([x, y], 1), _X, _I),
        _case("cat with nothing", lambda x: torch.cat([x, x[:, :0]], 1), _X),
        _case("hstack", lambda x, y: torch.hstack([x, y]), _X, _Y),
        _case("as_strided", lambda x: torch.as_strided(x, (3, 4), (8, 2)), _X, dynamic=("fixed",)),
        _case("unfold", lambda x: x.unfold(1, 3, 2), _X),
        _case("unfold dim 2", lambda x: x.unfold(-1, 2, 1), _CUBE),
        _case("permute", lambda x: x.permute(2, 0, 1), _CUBE),
        _case("movedim", lambda x: x.movedim(1, 2), _CUBE),
        _case("T", lambda x: x.T, _X),
        _case("swapaxes", lambda x: x.swapaxes(0, 2), _CUBE),
        _case("view of type", lambda x: x.view(torch.int32), _X),
        _case("reshape -1", lambda x: x.reshape(-1, 3), _CUBE),
        _case("flatten all", lambda x: x.flatten(), _CUBE),
        _case("expand", lambda x: x[:, None].expand(-1, 4, -1), _X),
        _case("tile", lambda x: x.tile(1, 2), _X),
        _case("repeat", lambda x: x.repeat(2, 1, 3), _X),
        _case("slice steps", lambda x: x[:, 1::3], _X),
        _case("slice negative", lambda x: x[:, -3:-1], _X),
        _case("slice open", lambda x: x[:, :-1] * x[:, 1:], _X, dynamic=("x:1=length",)),
        _case("half of length", lambda x: x[:, : x.shape[1] // 2], _X, dynamic=("x:1=length",)),
        _case("squeeze", lambda x: x[:, None].squeeze(1), _X),
        _case("squeeze all", lambda x: x[:, None].squeeze(), _X),
        _case("narrow", lambda x: x.narrow(1, 2, 3), _X),
        _case("select", lambda x: x.select(1, -2), _X),
        _case("unsqueeze", lambda x: x.unsqueeze(-1), _X),
        _case("ravel", lambda x: torch.ravel(x.T), _X),
        *(
            _case(f"pad {m}", lambda x, m=m: fn.pad(x, (2, 1, 1, 0), m), _IMAGE)
            for m in ("constant", "reflect", "replicate", "circular")
        ),
        _case("pad value", lambda x: fn.pad(x, (1, 2), value=-3.5), _X),
        _case("pad negative", lambda x: fn.pad(x, (-1, 2), value=-3.5), _X),
        _case("pad batch", lambda x: fn.pad(x, (0, 0, 1, 1)), _X),
        _case("pad of wholes", lambda x: fn.pad(x, (1, 2), value=3), _I),
        _case("pad of truths", lambda x: fn.pad(x, (1, 2), value=True), _B),
        _case("pad to length", lambda x: fn.pad(x, (0, 20 - x.shape[1])), _X, dynamic=("x:1=length",)),
        *(
            _case(
                f"grid_sample {m} {p} {a}",
                lambda x, y, m=m, p=p, a=a: fn.grid_sample(x, y, m, p, a),
                _IMAGE,
                floats(2, 4, 5, 2) * 0.8,
            )
            for m in ("bilinear", "nearest", "bicubic")
            for p in ("zeros", "border", "reflection")
            for a in (True, False)
        ),
        _case(
            "grid_sample volume",
            lambda x, y: fn.grid_sample(x, y, align_corners=False),
            floats(2, 3, 4, 5, 6),
            floats(2, 3, 3, 3, 3) * 0.5,
        ),
        *(
            _case(
                f"affine_grid {a}",
                lambda x, a=a: fn.affine_grid(x, (x.shape[0], 3, 4, 5), align_corners=a),
                floats(2, 2, 3),
            )
            for a in (True, False)
        ),
        *(
            _case(
                f"interpolate antialias {m} {a}",
                lambda x, m=m, a=a: fn.interpolate(x, (3, 4), mode=m, antialias=True, align_corners=a),
                _IMAGE,
            )
            for m in ("bilinear", "bicubic")
            for a in (True, False)
        ),
        _case("interpolate area", lambda x: fn.interpolate(x, (3, 4), mode="area"), _IMAGE),
        _case(
            "interpolate to another",
            lambda x, y: fn.interpolate(x, y.shape[-2:], mode="bilinear"),
            _IMAGE,
            floats(2, 1, 10, 11),
        ),
        _case("pixel_shuffle", lambda x: fn.pixel_shuffle(x, 2), floats(2, 8, 3, 4)),
        _case("fold of unfold", lambda x: fn.fold(fn.unfold(x, 2, stride=2), (6, 6), 2, stride=2), floats(2, 3, 6, 6)),
        _case(
            "stft",
            lambda x: torch.view_as_real(torch.stft(x, 8, 4, window=torch.hann_window(8), return_complex=True)),
            floats(2, 40),
        ),
        _case(
            "stft magnitude",
            lambda x: torch.stft(x, 8, 4, window=torch.hann_window(8), return_complex=True).abs(),
            floats(2, 40),
        ),
        _case("rfft", lambda x: torch.view_as_real(torch.fft.rfft(x)), _X),
        _case("fft magnitude", lambda x: torch.fft.fft(x).abs(), _X),
        _case("fft2 real", lambda x: torch.fft.fft2(x).real, _CUBE),
        _case("irfft", lambda x: torch.fft.irfft(torch.fft.rfft(x) * 0.5, n=8), _X),
        _case("fftshift", lambda x: torch.fft.fftshift(x, dim=1), _X),
    ]


def _products() -> list[Case]:
    import torch
    import torch.nn.functional as fn

    q, k = floats(2, 4, 5, 8), floats(2, 4, 6, 8)
    few = floats(2, 2, 6, 8)
    mask = floats(2, 1, 5, 6)
    attend = fn.scaled_dot_product_attention
    spd = np.asarray(_SQUARE @ _SQUARE.transpose(0, 2, 1), dtype=np.float32)
    return [
        _case("einsum bij,bjk", lambda x, y: torch.einsum("bij,bjk->bik", x, y), _CUBE, floats(2, 5, 4)),
        _case("einsum diagonal", lambda x: torch.einsum("bii->bi", x), _SQUARE),
        _case("einsum outer", lambda x, y: torch.einsum("bi,bj->bij", x, y), _X, _Y),
        _case("einsum dots", lambda x, y: torch.einsum("...i,...i->...", x, y), _X, _Y),
        _case("einsum trace", lambda x: torch.einsum("bii->b", x), _SQUARE),
        _case("einsum three", lambda x, y, z: torch.einsum("bi,bj,bk->bijk", x, y, z), _X, _Y, _P),
        _case("einsum sum", lambda x: torch.einsum("bij->i", x), _CUBE),
        _case("matmul vector", lambda x: x @ torch.arange(8.0), _X),
        _case("matmul broadcast", lambda x, y: x[:, None] @ y, _CUBE, floats(2, 4, 5, 3)),
        _case("matmul of wholes", lambda x: x @ x.T, _I, dynamic=("fixed",)),
        _case("bmm", torch.bmm, _CUBE, floats(2, 5, 4)),
        _case(
            "baddbmm",
            lambda x, y, z: torch.baddbmm(x, y, z, beta=0.5, alpha=2),
            floats(2, 3, 4),
            _CUBE,
            floats(2, 5, 4),
        ),
        _case("addmm", lambda x, y: torch.addmm(x, y, torch.ones(8, 8), beta=0.3, alpha=2.0), _X, _Y),
        _case("outer", lambda x: torch.outer(x[0], x[1]), _X, dynamic=("fixed",)),
        _case("inner", torch.inner, _X, _Y, dynamic=("fixed",)),
        _case("kron", torch.kron, _X, floats(2, 2), dynamic=("fixed",)),
        _case("tensordot", lambda x, y: torch.tensordot(x, y, dims=([2], [0])), _CUBE, floats(5, 4)),
        _case("cross", torch.linalg.cross, floats(4, 3), floats(4, 3) + 1),
        _case("bilinear", fn.bilinear, _X, _Y, floats(4, 8, 8), dynamic=("fixed",)),
        _case("dot of rows", lambda x, y: (x * y).sum(-1), _X, _Y),
        _case("linalg.inv", torch.linalg.inv, _SQUARE),
        _case("linalg.det", torch.linalg.det, _SQUARE),
        _case("linalg.slogdet", lambda x: tuple(torch.linalg.slogdet(x)), _SQUARE),
        _case("linalg.solve", torch.linalg.solve, _SQUARE, floats(2, 4, 3)),
        _case("linalg.svd", torch.linalg.svdvals, _SQUARE),
        _case("linalg.qr", lambda x: tuple(torch.linalg.qr(x)), _SQUARE),
        _case("linalg.eigh", torch.linalg.eigvalsh, spd),
        _case("linalg.cholesky", lambda x: torch.linalg.cholesky(x @ x.mT + torch.eye(4)), _SQUARE),
        _case("linalg.pinv", torch.linalg.pinv, _SQUARE),
        _case("matrix_exp", torch.matrix_exp, _SQUARE * 0.1),
        _case("matrix_power", lambda x: torch.linalg.matrix_power(x, 3), _SQUARE),
        _case(
            "solve_triangular", lambda x, y: torch.linalg.solve_triangular(x, y, upper=True), _SQUARE, floats(2, 4, 3)
        ),
        _case("conv2d of inputs", fn.conv2d, _IMAGE, floats(4, 3, 2, 2), dynamic=("fixed",)),
        _case("conv_transpose of inputs", fn.conv_transpose2d, _IMAGE, floats(3, 4, 2, 2), dynamic=("fixed",)),
        _case("layer_norm function", lambda x: fn.layer_norm(x, (8,)), _X),
        _case("batch_norm function", lambda x: fn.batch_norm(x, torch.zeros(8), torch.ones(8)), _X),
        _case("sdpa", attend, q, k, k.copy()),
        _case("sdpa open", attend, q, k, k.copy(), dynamic=("x:2=q", "y:2=k", "z:2=k")),
        _case("sdpa causal", lambda x, y: attend(x, y, y, is_causal=True), q, k),
        _case("sdpa causal open", lambda x, y: attend(x, y, y, is_causal=True), q, k, dynamic=("x:2=q", "y:2=k")),
        _case("sdpa scale", lambda x, y: attend(x, y, y, scale=0.3), q, k),
        _case("sdpa scale causal", lambda x, y: attend(x, y, y, scale=-0.3, is_causal=True), q, k),
        _case("sdpa float mask", lambda x, y, z: attend(x, y, y, attn_mask=z), q, k, mask),
        _case("sdpa truth mask", lambda x, y, z: attend(x, y, y, attn_mask=z), q, k, mask > 0),
        _case(
            "sdpa nothing seen",
            lambda x, y, z: attend(x, y, y, attn_mask=z),
            q,
            k,
            np.zeros((2, 1, 5, 6), dtype=np.bool_),
        ),
        _case(
            "sdpa infinite mask",
            lambda x, y, z: attend(x, y, y, attn_mask=torch.where(z > 0, 0.0, -torch.inf)),
            q,
            k,
            mask,
        ),
        _case("sdpa gqa", lambda x, y: attend(x, y, y, enable_gqa=True), q, few),
        _case("sdpa gqa causal", lambda x, y: attend(x, y, y, enable_gqa=True, is_causal=True), q, few),
        _case(
            "sdpa gqa mask", lambda x, y, z: attend(x, y, y, attn_mask=z, enable_gqa=True, scale=0.5), q, few, mask > 0
        ),
        _case("sdpa three axes", lambda x, y: attend(x, y, y), floats(2, 5, 8), floats(2, 6, 8)),
        _case("sdpa other value width", attend, q, k, floats(2, 4, 6, 3)),
        _case("sdpa float64", lambda x, y: attend(x, y, y, is_causal=True), q.astype(np.float64), k.astype(np.float64)),
    ]


@dataclass
class _Answer:
    """What a forward may return: fields."""

    first: Any
    second: Any


def _structures() -> list[Case]:
    import torch

    def registered(x: Any) -> Any:
        return _Answer(x + 1, x.sum(-1))

    def repeated(x: Any) -> Any:
        y = x * 2
        return y, y

    return [
        _case("returns its input", lambda x: x, _X),
        _case("returns its input too", lambda x: (x, x + 1), _X),
        _case("returns its input in a dict", lambda x: {"same": x, "x": x * 2}, _X),
        _case("returns one tensor twice", repeated, _X),
        _case("returns a view", lambda x: (x + 1, (x + 1)[:, :2]), _X),
        _case("returns a constant", lambda x: (x + 1, torch.ones(3)), _X),
        _case("returns only a constant", lambda x: torch.ones(3), _X),
        _case("returns its length", lambda x: torch.tensor(x.shape[1]) + x, _X, dynamic=("x:1=length",)),
        _case("returns None too", lambda x: (x + 1, None), _X),
        _case("returns lists in dicts", lambda x: {"a": [x, {"b": x + 1}], "c": (x - 1,)}, _X),
        _case("returns a dataclass", registered, _X),
        _case("ignores an input", lambda x, y: x + 1, _X, _Y),
        _case("ignores all", lambda x: torch.zeros(x.shape[0], 2), _X),
        _case("scalar input", lambda x, y: x * y, _X, np.array(2.5, dtype=np.float32)),
        _case("scalar whole input", lambda x, y: x * y, _X, np.array(2)),
        _case("scalar output", lambda x: x.sum(), _X),
        _case("empty output", lambda x: x[:, :0], _X),
        _case("truth output", lambda x: x > 0, _X),
        _case("int32 output", lambda x: (x * 3).int(), _X),
        _case("uint8 output", lambda x: (x > 0).to(torch.uint8), _X),
        _case("float64 output", lambda x: x.double() / 3, _X),
        _case("writes to its input", lambda x: x.add_(1) * 2, _X),
        _case("detach and clone", lambda x: x.detach().clone().contiguous(), _X),
        _case("zeros_like and full_like", lambda x: torch.zeros_like(x) + torch.full_like(x, 2.0) * x, _X),
        _case("new_zeros", lambda x: torch.cat([x, x.new_zeros(x.shape[0], 2)], 1), _X),
        _case("eye of length", lambda x: torch.eye(x.shape[1]) + x[:, None], _X, dynamic=("x:1=length",)),
        _case("chance", lambda x: x + torch.rand_like(x), _X),
        _case("bernoulli", lambda x: torch.bernoulli(torch.sigmoid(x)), _X),
        _case("item in python", lambda x: x * x.sum().item(), _X),
        _case("branch on values", lambda x: x + 1 if x.sum() > 0 else x - 1, _X),
        _case("branch on length", lambda x: x + 1 if x.shape[1] > 5 else x - 1, _X, dynamic=("x:1=length",)),
        _case("loop on length", lambda x: sum(x[:, i] for i in range(x.shape[1])), _X, dynamic=("x:1=length",)),
        _case("list of sizes", lambda x: x.view(x.size(0), 2, -1).transpose(1, 2).reshape(x.size(0), -1), _X),
    ]


def functional_cases() -> list[Case]:
    """Returns the cases."""
    return [
        case for group in (_elementwise, _reductions, _indices, _shapes, _products, _structures) for case in group()
    ]
