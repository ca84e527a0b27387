"""Emits what a CatBoost forest reads: numbers rounded to float32, answers about categories, target statistics."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.ir.builder import GraphBuilder
from modelport.readers.boosted import joined
from modelport.readers.catboost.dictionary import Dictionary, known_rows
from modelport.readers.catboost.model import CTR, FLOAT, ONE_HOT, CatBoostModel, Projection

__all__ = ["Places", "emit_columns", "split_places"]

Ints = npt.NDArray[np.int64]

_INT, _FLOAT, _DOUBLE = ir.DataType.INT64, ir.DataType.FLOAT, ir.DataType.DOUBLE


@dataclass
class Places:
    """Where the forest's matrix holds what: ``columns`` of the model, ``questions`` (feature, hash), ``statistics``."""

    columns: dict[int, int] = field(default_factory=dict)
    questions: dict[tuple[int, int], int] = field(default_factory=dict)
    statistics: dict[int, int] = field(default_factory=dict)
    width: int = 0


def emit_columns(
    b: GraphBuilder, model: CatBoostModel, values: Sequence[ir.Value], dictionaries: Sequence[Dictionary]
) -> tuple[ir.Value, Places]:
    """Returns the matrix [N, F] float64 that the forest reads; every entry is a float32.

    Numerics: exact. Numbers are rounded once; a category is looked up and gives its code, the code gives 1 or 0 for each
    question and the float32 statistic that the source would compute.
    """
    emission = _Columns(b, model, values, dictionaries)
    parts = [*emission.numbers(), *emission.questions(), *emission.statistics()]
    rows = parts[0] if len(parts) == 1 else b.op("Concat", *parts, axis=1)
    rows.shape = ir.Shape(["N", emission.places.width])
    return rows, emission.places


class _Columns:
    """State of one emission: the places of what was emitted."""

    def __init__(
        self, b: GraphBuilder, model: CatBoostModel, values: Sequence[ir.Value], dictionaries: Sequence[Dictionary]
    ) -> None:
        self.places = Places()
        self._b, self._model, self._values, self._dictionaries = b, model, values, dictionaries
        self._numbers: ir.Value | None = None
        self._codes: dict[int, ir.Value] = {}

    def numbers(self) -> list[ir.Value]:
        """The float features, all columns where the rows are one matrix of numbers."""
        model, b = self._model, self._b
        if len(self._values) == 1 and not len(model.cat_columns):
            used = list(range(len(model.names)))
            matrix = self._values[0]
        else:
            used = [int(column) for column in model.float_columns]
            if not used:
                return []
            matrix = joined(b, [self._values[column] for column in used], _FLOAT)
        self.places.columns = {column: at for at, column in enumerate(used)}
        self.places.width = len(used)
        self._numbers = b.cast(b.cast(matrix, _FLOAT), _DOUBLE)
        return [self._numbers]

    def questions(self) -> list[ir.Value]:
        """For each category that a split asks for a column of 1 where it stands and 0 elsewhere."""
        splits = self._model.splits
        asked = splits.kind == ONE_HOT
        pairs = np.unique(np.stack([splits.feature[asked].astype(np.int64), splits.value[asked]], axis=1), axis=0)
        found: list[ir.Value] = []
        for feature in np.unique(pairs[:, 0]).tolist():
            hashes = pairs[pairs[:, 0] == feature, 1]
            table = self._answers(feature, hashes).astype(np.float64)
            found.append(self._b.op("Gather", self._b.constant(table), self._code(feature), axis=0))
            self.places.questions |= {(feature, int(h)): self.places.width + k for k, h in enumerate(hashes)}
            self.places.width += len(hashes)
        return found

    def statistics(self) -> list[ir.Value]:
        """Every statistic that a split asks for, those of one combination by one lookup."""
        splits, b = self._model.splits, self._b
        used: dict[Projection, list[int]] = {}
        for number in np.unique(splits.feature[splits.kind == CTR]).tolist():
            used.setdefault(self._model.ctrs[number].projection, []).append(number)
        found: list[ir.Value] = []
        for projection, numbers in used.items():
            codes, every = self._combined(projection)
            tables = []
            for number in numbers:
                ctr = self._model.ctrs[number]
                own, rows = known_rows(projection, ctr.keys, self._dictionaries)
                table = np.full(len(every) + 1, ctr.unseen, dtype=np.float32)
                table[np.searchsorted(every, own)] = ctr.values[rows]
                tables.append(table.astype(np.float64))
                self.places.statistics[number] = self.places.width
                self.places.width += 1
            found.append(b.op("Gather", b.constant(np.stack(tables, axis=1)), codes, axis=0))
        return found

    def _combined(self, projection: Projection) -> tuple[ir.Value, Ints]:
        """int64 [N]: the place of each row's combination among the known ones, their number for any other; and these."""
        b = self._b
        numbers = [ctr.keys for ctr in self._model.ctrs if ctr.projection == projection]
        found = [known_rows(projection, keys, self._dictionaries)[0] for keys in numbers]
        every = np.unique(np.concatenate(found))
        whole: ir.Value | None = None
        for part, radix in self._parts(projection):
            scaled = None if whole is None else b.op("Mul", whole, b.constant(np.asarray(radix, dtype=np.int64)))
            whole = part if scaled is None else b.op("Add", scaled, part)
        assert whole is not None
        return self._looked_up(whole, every), every

    def _looked_up(self, value: ir.Value, keys: Ints) -> ir.Value:
        """int64 -> int64: the place of a whole number among the keys, their count where it is none of them."""
        if not len(keys):
            return self._b.op("Mul", value, self._b.constant(np.asarray(0, dtype=np.int64)))
        return self._b.op(
            "LabelEncoder",
            value,
            domain="ai.onnx.ml",
            dtype=_INT,
            keys_int64s=keys.tolist(),
            values_int64s=list(range(len(keys))),
            default_int64=len(keys),
        )

    def _parts(self, projection: Projection) -> list[tuple[ir.Value, int]]:
        parts = [(self._code(place), len(self._dictionaries[place].texts) + 1) for place in projection.cats]
        parts += [(self._above(place, border), 2) for place, border in projection.floats]
        for place, value in projection.one_hots:
            table = self._answers(place, np.array([value]))[:, 0].astype(np.int64)
            parts.append((self._b.op("Gather", self._b.constant(table), self._code(place), axis=0), 2))
        return parts

    def _above(self, place: int, border: float) -> ir.Value:
        """int64 [N]: 1 where a float feature exceeds a border."""
        b = self._b
        assert self._numbers is not None
        at = self.places.columns[int(self._model.float_columns[place])]
        column = b.op("Gather", self._numbers, b.constant(np.asarray(at, dtype=np.int64)), axis=1)
        above = b.op("Greater", column, b.constant(np.asarray(border)), dtype=ir.DataType.BOOL)
        if self._model.nan_right[place]:
            above = b.op("Or", above, b.op("IsNaN", column, dtype=ir.DataType.BOOL))
        return b.cast(above, _INT)

    def _answers(self, feature: int, hashes: Ints) -> npt.NDArray[np.bool_]:
        """bool [n + 1, H]: whether each code has each hash; the last code stands for values that are not known."""
        own = self._dictionaries[feature].hashes
        return np.concatenate([own[:, None] == hashes[None, :], np.zeros((1, len(hashes)), dtype=np.bool_)])

    def _code(self, feature: int) -> ir.Value:
        """int64 [N]: the place of a row's category in the dictionary, the number after the last one for any other."""
        if feature not in self._codes:
            self._codes[feature] = self._coded(feature)
        return self._codes[feature]

    def _coded(self, feature: int) -> ir.Value:
        b = self._b
        dictionary = self._dictionaries[feature]
        value = self._values[int(self._model.cat_columns[feature])]
        flat = b.op("Squeeze", value, b.constant(np.array([1], dtype=np.int64)))
        if flat.dtype != ir.DataType.STRING:
            numbers = dictionary.numbers
            order = np.argsort(numbers)
            place = self._looked_up(b.cast(flat, _INT), numbers[order])
            return b.op("Gather", b.constant(np.append(order, len(numbers))), place, axis=0)
        if not dictionary.texts:
            zero = b.constant(np.asarray(0, dtype=np.int64))
            return b.op("Mul", b.cast(b.op("Equal", flat, b.constant([""]), dtype=ir.DataType.BOOL), _INT), zero)
        return b.op(
            "LabelEncoder",
            flat,
            domain="ai.onnx.ml",
            dtype=_INT,
            keys_strings=list(dictionary.texts),
            values_int64s=list(range(len(dictionary.texts))),
            default_int64=len(dictionary.texts),
        )


def split_places(model: CatBoostModel, places: Places) -> npt.NDArray[np.int32]:
    """int32[S]: the column of the forest's matrix behind each split."""
    splits = model.splits
    found = np.empty(len(splits), dtype=np.int32)
    for number, (kind, feature) in enumerate(zip(splits.kind.tolist(), splits.feature.tolist(), strict=True)):
        if kind == FLOAT:
            found[number] = places.columns[int(model.float_columns[feature])]
        elif kind == ONE_HOT:
            found[number] = places.questions[feature, int(splits.value[number])]
        else:
            found[number] = places.statistics[feature]
    return found
