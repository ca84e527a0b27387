"""How far a target may lie from the source, row by row, from theory: deviation analysis over the graph.

Both sides compute the same formula. Where they use the same correctly rounded operations in the same order, they
agree to the last bit and the deviation is 0. It arises only in operations whose result IEEE 754 does not fix
(sums of several terms, exp, log …) and is then carried on by interval arithmetic:

    sums of k terms     k · eps · Σ|terms|     each side errs by at most k·u·Σ|terms|, u = eps/2 (Higham, Accuracy
                                               and Stability of Numerical Algorithms, 2nd ed., section 3.1)
    exp, log …          (s + t) ULP            s, t: what the source's and the target's library state
    f of a deviating x  the spread of f over [x - d, x + d], plus one rounding on each side

A comparison whose operands lie within their deviation is undefined: its deviation is infinite, and what depends on
it is listed in the report instead of being compared.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import reduce

import numpy as np
import numpy.typing as npt
import onnx

from modelport.errors import UnsupportedModelError
from modelport.evidence.deviation_functions import FUNCTIONS, STEPS
from modelport.evidence.deviation_neighbors import looked_up, scattered, top_indices, top_values
from modelport.ir.claims import Claim
from modelport.ir.forest import Forest

__all__ = ["FAST_EXP", "SPECIAL_ULP", "deviations"]

Array = npt.NDArray[np.float64]
Tensors = Mapping[str, npt.NDArray[np.generic]]

# Source ULP + target ULP. Source: numpy 2 states < 1 ULP for exp and log in float64 on every dispatch path
# (NEP 38 acceptance rule is 4 ULP, glibc's own bound 1). Target: onnxruntime evaluates them with Eigen's packet
# math, which states at most 2 ULP for pexp and plog in double. One more each side for the scalar remainder loops.
# In float32 numpy states 2.52 ULP for exp and 3.83 for log where it uses AVX; onnxruntime's own stay within 1 (every
# 37th float was tried), and 4 holds for exp; no front end takes a logarithm in float32.
SPECIAL_ULP = {"Exp": 4.0, "Log": 4.0}

# Sources whose own function is less exact than a C library's, by a node's metadata "modelport.source".
#
# fast_exp: CatBoost's exponential on x86 is 2^n · 2^(i/2048) · p(t), t = x - (2048 n + i) · ln2/2048. The product with the
# rounded constant ln2/2048 errs by at most one rounding of it and one of the product, |x| eps together; the cubic p,
# its sum and the table by at most 4 eps. Beneath its least argument it gives 0 or the smallest normal number, above
# 709.7827 infinity, as the place of the row in the batch has it. Elsewhere it is the C library's exp.
FAST_EXP, _FAST_EXP_LAST = "fast_exp", 709.7827

_TINY = float(np.finfo(np.float64).tiny)
_EXACT = frozenset(
    "Identity Reshape Concat Gather Unsqueeze Squeeze Transpose Slice Expand Cast Where IsNaN IsInf Not And Or Equal "
    "Less LessOrEqual Greater GreaterOrEqual ArgMax OneHot LabelEncoder TreeEnsemble Add Sub Mul Div Sqrt Neg Abs Min "
    "Max Clip ReduceMax ReduceMin Constant Shape Relu Sign Floor Ceil Round Mod GatherElements TopK CumSum "
    "ScatterElements".split()
)
# What they give, no value of their input decides.
_OF_SHAPE = frozenset(("Shape",))


def deviations(
    model: onnx.ModelProto,
    tensors: Tensors,
    forests: Mapping[str, Forest] | None = None,
    claims: Sequence[Claim] = (),
) -> tuple[dict[str, Array], dict[str, tuple[str, ...]]]:
    """Returns the deviation of every tensor, and the reasons why it may deviate.

    ``tensors`` holds the value of every tensor of the model on the rows in question (``ir.session.run_all``);
    ``forests`` the forest of each TreeEnsemble node by the node's name.
    Raises: UnsupportedModelError listing all operators that no rule covers.
    """
    claimed = {claim.tensor: claim for claim in claims}
    result: dict[str, Array] = {}
    reasons: dict[str, tuple[str, ...]] = {}
    unknown: set[str] = set()
    candidates: dict[str, npt.NDArray[np.bool_]] = {}
    for node in model.graph.node:
        claim = claimed.get(node.output[0])
        inputs = node.input if claim is None else claim.of
        inherited = {reason: None for name in inputs for reason in reasons.get(name, ())}
        moved = [name for name in node.input if name in result]
        own: str | None = None
        deviation: Array | None = None
        with np.errstate(all="ignore"):
            if claim is not None:
                deviation, own = claim.rule(_Node(node, tensors, result, claim.of)), claim.reason
            elif node.op_type in _ALWAYS:
                deviation, own = _ALWAYS[node.op_type](_Node(node, tensors, result))
            elif node.op_type not in _EXACT:
                unknown.add(node.op_type)
            elif moved and node.op_type == "TreeEnsemble":
                forest = (forests or {}).get(node.name)
                if forest is None:
                    unknown.add("TreeEnsemble of a deviating value")
                else:
                    deviation = _trees(_Node(node, tensors, result), forest, tensors, result)
            elif moved and node.op_type not in _OF_SHAPE:
                rule = _MOVED.get(node.op_type)
                if node.op_type == "Gather" and node.input[1] in candidates and _by_number(node, tensors):
                    deviation = looked_up(_Node(node, tensors, result), candidates[node.input[1]])
                elif node.op_type == "ScatterElements" and node.input[1] in candidates:
                    deviation = scattered(_Node(node, tensors, result), candidates[node.input[1]])
                elif rule is None:
                    unknown.add(f"{node.op_type} of a deviating value")
                else:
                    deviation = rule(_Node(node, tensors, result))
            if node.op_type == "TopK":
                ties, open_rows = top_indices(_Node(node, tensors, result))
                if ties.any():
                    result[node.output[1]], candidates[node.output[1]] = ties, open_rows
                    reasons[node.output[1]] = (*inherited, "undefined where the last of the nearest ties")
            if claim is not None and claim.candidates is not None and deviation is not None and deviation.any():
                candidates[node.output[0]] = claim.candidates(_Node(node, tensors, result, claim.of))
        if own is not None:
            inherited[own] = None
        if deviation is not None and deviation.any():
            deviation[np.isnan(deviation)] = np.inf
            result[node.output[0]] = deviation
            reasons[node.output[0]] = tuple(inherited)
    if unknown:
        raise UnsupportedModelError(
            f"no error bound can be given for: {', '.join(sorted(unknown))}",
            where=f"graph {model.graph.name!r}",
            fix="report the estimator; a rule in evidence/deviation.py is missing",
        )
    return result, reasons


def _by_number(node: onnx.NodeProto, tensors: Tensors) -> bool:
    """Whether numbers are looked up along the first axis."""
    axis = next((attribute.i for attribute in node.attribute if attribute.name == "axis"), 0)
    return axis == 0 and tensors[node.input[0]].dtype.kind in "fiub"


class _Node:
    """One node with the values and deviations of its inputs at hand."""

    def __init__(
        self,
        node: onnx.NodeProto,
        tensors: Tensors,
        deviation: Mapping[str, Array],
        of: Sequence[str] | None = None,
    ) -> None:
        self.op_type = node.op_type
        self._inputs = list(node.input) if of is None else list(of)
        self._output = node.output[0]
        self._attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        self.source = next((p.value for p in node.metadata_props if p.key == "modelport.source"), None)
        self._tensors = tensors
        self._deviation = deviation

    def x(self, index: int = 0) -> Array:
        """The value of an input; numbers as float64."""
        value = self._tensors[self._inputs[index]]
        return value.astype(np.float64) if value.dtype.kind in "fiub" else value  # type: ignore[return-value]

    def raw(self, index: int) -> npt.NDArray[np.generic]:
        """The value of an input as it is."""
        return self._tensors[self._inputs[index]]

    def d(self, index: int = 0) -> Array:
        """The deviation of an input, 0 where it has none."""
        name = self._inputs[index]
        return self._deviation.get(name, np.zeros(self._tensors[name].shape))

    def ends(self, index: int = 0) -> tuple[Array, Array]:
        """The least and greatest value of an input; what may be anything may also be infinite, or a number after all."""
        x, d = self.x(index), self.d(index)
        anything = np.isinf(d)
        return np.where(anything, -np.inf, x - d), np.where(anything, np.inf, x + d)

    @property
    def count(self) -> int:
        """How many inputs there are."""
        return len(self._inputs)

    def attribute(self, name: str, default: int) -> int:
        """An integer attribute."""
        return int(self._attributes.get(name, default))

    @property
    def permutation(self) -> tuple[int, ...] | None:
        """The axes of a Transpose, None when it turns them round."""
        axes = self._attributes.get("perm")
        return None if axes is None else tuple(int(axis) for axis in axes)

    @property
    def result(self) -> Array:
        """The value of the output."""
        value = self._tensors[self._output]
        return value.astype(np.float64) if value.dtype.kind in "fiub" else np.zeros(value.shape)

    @property
    def result_kind(self) -> str:
        """NumPy's letter for the kind of the output's type."""
        return self._tensors[self._output].dtype.kind

    @property
    def eps(self) -> float:
        """The machine epsilon of the output's type."""
        dtype = self._tensors[self._output].dtype
        return float(np.finfo(np.float32 if dtype == np.float32 else np.float64).eps) if dtype.kind == "f" else 0.0

    @property
    def largest(self) -> float:
        """The largest finite number of the output's type."""
        dtype = self._tensors[self._output].dtype
        return float(np.finfo(np.float32 if dtype == np.float32 else np.float64).max)

    def rounding(self) -> Array:
        """One rounding on each side: eps·|r|."""
        r = self.result
        if not self.eps:
            # Whole numbers are not rounded.
            return np.zeros(r.shape)
        return np.where(np.isfinite(r), self.eps * np.abs(r) + _TINY * (r != 0), 0.0)

    def spread(self, *candidates: Array) -> Array:
        """The greatest distance of the candidates from the result; equal infinities and NaNs lie 0 apart."""
        r = self.result
        widest = np.zeros(r.shape)
        for candidate in candidates:
            same = (candidate == r) | (np.isnan(candidate) & np.isnan(r))
            widest = np.maximum(widest, np.where(same, 0.0, np.abs(candidate - r)))
        return widest


Rule = Callable[[_Node], Array]


def _matmul(n: _Node) -> tuple[Array, str]:
    a, b, da, db = n.x(0), n.x(1), n.d(0), n.d(1)
    # Adding 0 rounds nothing: of a row of a vocabulary few products are anything else.
    terms = ((a != 0) | (da > 0)).astype(np.float64) @ ((b != 0) | (db > 0)).astype(np.float64)
    total = np.abs(a) @ np.abs(b)
    sums = np.where(terms > 1, terms, 0.0) * n.eps * total
    carried = da @ np.abs(b) + np.abs(a) @ db + da @ db
    finite = np.isfinite(a).all(axis=-1, keepdims=True) & np.isfinite(b).all(axis=-2, keepdims=True)
    moved = (da > 0).any(axis=-1, keepdims=True) | (db > 0).any(axis=-2, keepdims=True)
    deviation = np.where(total <= n.largest, sums + carried, _overflowing(n, np.asarray(finite | moved)))
    # Whatever stands beside a NaN that does not deviate, the sum is NaN on both sides.
    deviation = np.where((np.isnan(a) & (da == 0)).any(axis=-1, keepdims=True), 0.0, deviation)
    # One row a product: a batch of rows of terms, each as long as the longest.
    most = "k" if b.ndim > 2 else str(a.shape[-1])
    return deviation, f"{most} eps Σ|x·w| of a dot product of {most} terms"


def _overflowing(n: _Node, open_: npt.NDArray[np.bool_]) -> Array:
    """A sum beyond the type: of infinite terms it is infinite or NaN on both sides, of finite ones in some orders only.

    ``open_``: where the terms are finite, or deviate.
    """
    return np.where(open_ | np.isfinite(n.result), np.inf, 0.0)


def _reduce_sum(n: _Node) -> tuple[Array, str]:
    axes = tuple(int(axis) for axis in n.raw(1).ravel()) if n.count > 1 else None
    keep = bool(n.attribute("keepdims", 1))
    x = n.x()
    # Adding 0 rounds nothing, and the sum of two terms has one order only.
    terms = np.asarray(((x != 0) | (n.d() > 0)).sum(axis=axes, keepdims=keep))
    total = np.abs(x).sum(axis=axes, keepdims=keep)
    sums = np.where(terms > 2, terms, 0) * n.eps * total
    carried = n.d().sum(axis=axes, keepdims=keep)
    deviation = sums + carried + (n.rounding() if carried.any() else 0.0)
    finite = np.asarray(np.isfinite(x).all(axis=axes, keepdims=keep)) & (terms > 2)
    beyond = np.where(finite | (carried > 0), np.inf, 0.0)
    return np.where(total <= n.largest, deviation, beyond), "k eps Σ|x| of a sum of k terms other than 0"


def _special(function: Callable[[Array], Array]) -> Callable[[_Node], tuple[Array, str]]:
    def rule(n: _Node) -> tuple[Array, str]:
        ulp = SPECIAL_ULP[n.op_type]
        low, high = n.ends()
        r = n.result
        own = np.where(np.isfinite(r), ulp * n.eps * np.abs(r) + _TINY, 0.0)
        # Every library gives exactly 1 for e**0.
        one = (n.x() == 0) & (n.d() == 0) & (r == 1)
        exact = (r == 0) | np.isinf(r) | np.isnan(r) | one
        spread = n.spread(function(low), function(high)) if n.d().any() else 0.0
        if n.source == FAST_EXP:
            x = np.abs(n.x())
            own = np.where(np.isfinite(r), (ulp + 4 + x) * n.eps * np.abs(r) + _TINY, 0.0)
            own = np.where(np.isfinite(r) & (n.x() > _FAST_EXP_LAST), np.inf, own)
            return own + spread, f"(|x| + {ulp + 4:g}) ULP of the source's fast exp"
        return np.where(exact, 0.0, own) + spread, f"{ulp:g} ULP of {n.op_type.lower()}"

    return rule


def _add(n: _Node) -> Array:
    (al, ah), (bl, bh) = n.ends(0), n.ends(1)
    if n.op_type == "Sub":
        bl, bh = bh, bl
        return _where_moved(n, n.spread(al - bl, ah - bh) + n.rounding())
    return _where_moved(n, n.spread(al + bl, ah + bh) + n.rounding())


def _mul(n: _Node) -> Array:
    corners = [a * b for a in n.ends(0) for b in n.ends(1)]
    return _where_moved(n, n.spread(*corners) + n.rounding())


def _div(n: _Node) -> Array:
    low, high = n.ends(1)
    corners = [a / b for a in n.ends(0) for b in (low, high)]
    spread = n.spread(*corners) + n.rounding()
    return _where_moved(n, np.where((low <= 0) & (high >= 0) & (n.d(1) > 0), np.inf, spread))


def _sqrt(n: _Node) -> Array:
    low, high = n.ends()
    return _where_moved(n, n.spread(np.sqrt(np.maximum(low, 0)), np.sqrt(np.maximum(high, 0))) + n.rounding())


def _where_moved(n: _Node, deviation: Array) -> Array:
    """Keeps 0 where no input of an elementwise operation deviates."""
    moved = np.zeros(n.result.shape, dtype=np.bool_)
    for index in range(n.count):
        moved |= np.broadcast_to(n.d(index) > 0, moved.shape)
    return np.where(moved, deviation, 0.0)


def _extreme(n: _Node) -> Array:
    """The spread between the extreme of the least values and that of the greatest."""
    function = np.maximum if n.op_type == "Max" else np.minimum
    ends = [n.ends(index) for index in range(n.count)]
    return n.spread(reduce(function, [low for low, _ in ends]), reduce(function, [high for _, high in ends]))


def _clip(n: _Node) -> Array:
    (low, high), borders = n.ends(), [n.x(index) for index in range(1, n.count)]
    return n.spread(*(np.minimum(np.maximum(end, borders[0]), borders[1]) for end in (low, high)))


def _reduce_extreme(n: _Node) -> Array:
    axes = tuple(int(axis) for axis in n.raw(1).ravel()) if n.count > 1 else None
    function = np.max if n.op_type == "ReduceMax" else np.min
    keep = bool(n.attribute("keepdims", 1))
    return n.spread(*(np.asarray(function(end, axis=axes, keepdims=keep)) for end in n.ends()))


def _compare(n: _Node) -> Array:
    """Undefined where the operands lie within their deviations."""
    a, b = n.x(0), n.x(1)
    near = np.abs(a - b) <= n.d(0) + n.d(1)
    return np.where(near & ((n.d(0) + n.d(1)) > 0), np.inf, 0.0)


def _argmax(n: _Node) -> Array:
    axis = n.attribute("axis", 0)
    x, d = n.x(), n.d()
    best = np.take_along_axis(x, np.expand_dims(np.argmax(x, axis), axis), axis)
    at_best = np.take_along_axis(d, np.expand_dims(np.argmax(x, axis), axis), axis)
    near = (x + d >= best - at_best).sum(axis=axis, keepdims=True) > 1
    moved = d.max(axis=axis, keepdims=True) > 0
    return np.where(near & moved, np.inf, 0.0).reshape(n.result.shape)


def _where(n: _Node) -> Array:
    condition = n.raw(0).astype(np.bool_)
    a, b = n.x(1), n.x(2)
    if a.dtype.kind not in "fiub":
        return np.broadcast_to(n.d(0), n.result.shape).copy()
    chosen = np.where(condition, n.d(1), n.d(2))
    either = np.abs(a - b) + np.maximum(n.d(1), n.d(2))
    return np.where(np.broadcast_to(n.d(0) > 0, chosen.shape), either, chosen)


def _trees(n: _Node, forest: Forest, tensors: Tensors, found: Mapping[str, Array]) -> Array:
    """The range of sums that splits within reach of the deviation can give.

    Read from the forest's own tensor: the node may have further columns, looked up for splits on sets.
    """
    rows = tensors[forest.tensor].astype(np.float64)
    reach = found.get(forest.tensor, np.zeros(rows.shape))
    touched = reach.any(axis=1)
    deviation = np.zeros(n.result.shape)
    if touched.any():
        low, high = forest.reachable(rows[touched], reach[touched])
        spread = high - low
        deviation[touched] = np.where(spread > 0, spread + len(forest.roots) * n.eps * np.abs(high), 0.0)
    return deviation


def _concat(n: _Node) -> Array:
    return np.concatenate([n.d(i) for i in range(n.count)], axis=n.attribute("axis", 0))


def _gather(n: _Node) -> Array:
    axis = n.attribute("axis", 0)
    carried = np.take(n.d(0), n.raw(1).astype(np.int64), axis=axis)
    if not n.d(1).any():
        return carried
    table, inner = n.x(0), n.d(1).shape
    index = n.d(1).reshape((1,) * axis + inner + (1,) * (table.ndim - axis - 1))
    if table.dtype.kind not in "fiub":
        # What is looked up by an undefined index is undefined itself.
        return np.where(np.broadcast_to(index > 0, n.result.shape), np.inf, carried)
    # A number that is looked up is one of those in the table.
    shape = table.shape[:axis] + (1,) * len(inner) + table.shape[axis + 1 :]
    low, high = (table - n.d(0)).min(axis=axis).reshape(shape), (table + n.d(0)).max(axis=axis).reshape(shape)
    return np.where(np.broadcast_to(index > 0, n.result.shape), np.maximum(high - n.result, n.result - low), carried)


def _gather_elements(n: _Node) -> Array:
    axis = n.attribute("axis", 0)
    index = n.raw(1).astype(np.int64)
    carried: Array = np.take_along_axis(n.d(0), index, axis)
    return np.where(n.d(1) > 0, np.inf, carried)


def _cumulated(n: _Node) -> Array:
    """Sums from left to right on both sides: what each term deviates, and one rounding a term."""
    axis = int(n.raw(1).ravel()[0])
    return np.asarray(
        np.cumsum(n.d(), axis=axis) + 2 * n.x().shape[axis] * n.eps * np.cumsum(np.abs(n.x()) + n.d(), axis=axis)
    )


def _scatter(n: _Node) -> Array:
    """Adds along axis 1: each deviation goes where its value goes. Of the values of one place all but one are 0."""
    return scattered(n, None)


def _transpose(n: _Node) -> Array:
    return np.transpose(n.d(), n.permutation)


def _reshape(n: _Node) -> Array:
    return n.d().reshape(n.result.shape)


def _expand(n: _Node) -> Array:
    return np.broadcast_to(n.d(), n.result.shape).copy()


def _cast(n: _Node) -> Array:
    if n.raw(0).dtype.kind == "b":
        # Whichever of true and false it is, the numbers lie 1 apart.
        return np.where(n.d() > 0, np.inf if n.result_kind == "b" else 1.0, 0.0)
    low, high = n.ends()
    if n.result_kind == "b":
        return np.where((low <= 0) & (high >= 0) & (low < high), np.inf, 0.0)
    if n.result_kind in "iu":
        # A number that may be another whole number is undefined as an index or a count.
        return np.where(np.trunc(low) == np.trunc(high), 0.0, np.inf)
    rounded = n.raw(0).dtype != np.float64 or n.eps <= float(np.finfo(np.float64).eps)
    return np.asarray(n.d()) if rounded else n.spread(low, high) + n.rounding()


def _looked_up(n: _Node) -> Array:
    """What an undefined value is looked up as is undefined."""
    return np.where(n.d() > 0, np.inf, 0.0).reshape(n.result.shape)


def _is_nan(n: _Node) -> Array:
    """A number within a finite distance of a number is one too."""
    return np.where(np.isfinite(n.d()), 0.0, np.inf)


def _is_inf(n: _Node) -> Array:
    low, high = n.ends()
    # An infinity that may lie any distance off may be a number.
    same = np.isfinite(n.d()) & ((np.isinf(low) | np.isinf(high)) == np.isinf(n.x()))
    return np.where(same, 0.0, np.inf)


def _same(n: _Node) -> Array:
    return np.asarray(n.d())


def _logic(n: _Node) -> Array:
    return np.maximum(n.d(0), n.d(1)) + np.zeros(n.result.shape)


_ALWAYS: dict[str, Callable[[_Node], tuple[Array, str]]] = {
    "MatMul": _matmul,
    "ReduceSum": _reduce_sum,
    "Exp": _special(np.exp),
    "Log": _special(np.log),
    **FUNCTIONS,
}

_MOVED: dict[str, Rule] = {
    **dict.fromkeys(("Identity", "Neg", "Abs", "Not", "Relu"), _same),
    **dict.fromkeys(("Reshape", "Unsqueeze", "Squeeze"), _reshape),
    **dict.fromkeys(("Add", "Sub"), _add),
    **dict.fromkeys(("Less", "LessOrEqual", "Greater", "GreaterOrEqual", "Equal"), _compare),
    **dict.fromkeys(("Max", "Min"), _extreme),
    **dict.fromkeys(("ReduceMax", "ReduceMin"), _reduce_extreme),
    **dict.fromkeys(("And", "Or"), _logic),
    "Clip": _clip,
    "Mul": _mul,
    "Div": _div,
    "Sqrt": _sqrt,
    "ArgMax": _argmax,
    "LabelEncoder": _looked_up,
    "Where": _where,
    "Concat": _concat,
    "Gather": _gather,
    "ScatterElements": _scatter,
    "Expand": _expand,
    "Transpose": _transpose,
    "IsNaN": _is_nan,
    "IsInf": _is_inf,
    "GatherElements": _gather_elements,
    "CumSum": _cumulated,
    "TopK": top_values,
    "Cast": _cast,
    **STEPS,
}
