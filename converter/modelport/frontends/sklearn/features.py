"""Infers the features of a contract from the fitted estimator and the sample rows."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from modelport.errors import SampleError, UnsupportedTypeError
from modelport.frontends._matching import matched, respelled, without_response
from modelport.frontends.sklearn._model import find_model, qualified_name
from modelport.frontends.sklearn.boosted import fitted_names
from modelport.frontends.sklearn.kinds import column_kinds, reads_labels, reads_text
from modelport.ir.contract import DType, Feature
from modelport.ir.intake import TEXT, is_missing, named_columns
from modelport.ir.names import tensor_names
from modelport.readers.table import Table, typed_text

__all__ = ["Sample", "read_sample"]

Array = npt.NDArray[np.generic]


@dataclass(frozen=True)
class Sample:
    """The model's columns in the order of fit(), typed, with provisional features.

    ``named`` tells whether fit() saw a DataFrame; ``layout`` how the graph takes the rows; ``categories`` the values
    of the columns that are categories in pandas' sense, in code order.
    ``flat`` tells whether fit() saw a list of texts or labels.
    """

    features: tuple[Feature, ...]
    columns: Mapping[str, Array]
    named: bool
    layout: Literal["columns", "matrix"]
    unused: tuple[str, ...]
    count: int
    wrong: Mapping[str, str]
    categories: Mapping[str, Array] = field(default_factory=dict)
    flat: bool = False

    def check_types(self, used: Collection[str]) -> None:
        """Raises UnsupportedTypeError for every column that predictions depend on and no target has a type for."""
        found = [reason for name, reason in self.wrong.items() if name in used]
        if found:
            raise UnsupportedTypeError(
                "; ".join(found),
                where="--data",
                fix="give numbers, booleans or text; turn dates into numbers before the pipeline",
            )


def read_sample(estimator: Any, rows: object, response: str | None) -> Sample:
    """Matches the caller's rows with what the estimator was fitted on.

    Raises: MissingColumnError, SampleError, each naming all columns concerned.
    """
    flat = reads_text(estimator) or reads_labels(estimator)
    names, width = (None, 1) if flat else _fitted_names(estimator)
    found: dict[str, Array]
    if rows is None:
        found = {name: np.empty(0) for name in names or ((TEXT,) if flat else _numbered(width))}
        given_names = names is not None
    else:
        found, given_names = named_columns(rows)
        if flat and not given_names and tuple(found) == _numbered(1):
            found = {TEXT if reads_text(estimator) else "y": found["x0"]}
    named_rows = given_names and rows is not None
    found = without_response(found, response, names or (), named=named_rows)
    names = respelled(names, tuple(found) if given_names else ()) if names is not None else None
    wanted = matched(names, width, found, named=given_names or flat)
    kinds: list[str | None] = ["text"] if reads_text(estimator) else column_kinds(estimator, names, width)
    text = isinstance(rows, Table)
    columns: dict[str, Array] = {}
    for (name, source), kind in zip(wanted.items(), kinds, strict=True):
        column = found[source]
        if not given_names and column.dtype.kind == "O":
            # An array of several types: each column has its own.
            column = named_columns({name: column})[0][name]
        columns[name] = typed_text(column) if text and kind != "text" else column
    count = len(next(iter(columns.values()))) if columns else 0
    dtypes, wrong = _dtypes(columns, kinds, empty=rows is None)
    tensors = dict(zip(columns, tensor_names(tuple(columns)), strict=True))
    matrix = not given_names and all(dtype in ("float64", "float32") for dtype in dtypes.values())
    same = len(set(dtypes.values())) == 1
    features = tuple(
        Feature(
            name=name,
            dtype=dtypes[name],
            input="X" if matrix and same else tensors[name],
            column=index if matrix and same else 0,
            missing="accept",
            missing_as=_missing_as(columns[name]) if dtypes[name] == "string" and not text else "nan",
        )
        for index, name in enumerate(columns)
    )
    unused = tuple(name for name in found if name not in set(wanted.values()))
    layout: Literal["columns", "matrix"] = "matrix" if matrix and same else "columns"
    categories = {} if flat else _categories(estimator, rows, wanted)
    named = names is not None or bool(categories)
    return Sample(features, columns, named, layout, unused, count, wrong, categories, flat)


# Any: a DataFrame of pandas, or anything else.
def _categories(estimator: Any, rows: Any, wanted: Mapping[str, str]) -> dict[str, Array]:
    """The categories that the estimator keeps, or else those of the sample's own columns."""
    model = find_model(estimator)
    kept = model.categories(estimator) if model is not None else {}
    found = {name: np.asarray(kept[place]) for place, name in enumerate(wanted) if place in kept}
    if hasattr(rows, "dtypes") and hasattr(rows, "columns"):
        for name, source in wanted.items():
            values = getattr(rows[source].dtype, "categories", None) if source in rows.columns else None
            if values is not None and name not in found:
                found[name] = np.asarray(values)
    return found


def _fitted_names(estimator: Any) -> tuple[tuple[str, ...] | None, int]:
    names = fitted_names(estimator)
    if names is None and (first := _first_reader(estimator)) is not None:
        return _fitted_names(first)
    if names is None and type(estimator).__module__.split(".")[0] == "catboost":
        # CatBoost numbers the columns of an array.
        known = [str(name) for name in estimator.feature_names_]
        if known == [str(place) for place in range(len(known))]:
            return None, len(known)
        names = known
    if names is not None:
        return tuple(str(name) for name in names), len(names)
    width = getattr(estimator, "n_features_in_", None)
    if width is None and hasattr(estimator, "X_thresholds_"):
        width = 1  # isotonic regression takes one column and says so nowhere
    if width is None:
        raise SampleError(
            f"{type(estimator).__name__} does not tell how many columns it was fitted on",
            where="model",
            fix="wrap it in a Pipeline whose first step is a scikit-learn transformer",
        )
    return None, int(width)


def _first_reader(estimator: Any) -> Any:
    """The estimator inside that tells about the columns where the one around it does not; None where it does itself."""
    if hasattr(estimator, "n_features_in_") or qualified_name(estimator) == "sklearn.compose.ColumnTransformer":
        return None
    if hasattr(estimator, "steps"):
        steps = [step for _, step in estimator.steps if step is not None and not isinstance(step, str)]
        return steps[0] if steps else None
    model = find_model(estimator)
    whole = [reader for reader, places in model.readers(estimator) if places is None] if model is not None else []
    return whole[0] if whole else None


def _numbered(width: int) -> tuple[str, ...]:
    return tuple(f"x{i}" for i in range(width))


def _dtypes(
    columns: Mapping[str, Array], kinds: list[str | None], *, empty: bool
) -> tuple[dict[str, DType], dict[str, str]]:
    """Returns the type of each column, and why a column has none; such a one may still turn out to be unused."""
    result: dict[str, DType] = {}
    wrong: dict[str, str] = {}
    for (name, column), kind in zip(columns.items(), kinds, strict=True):
        dtype = column.dtype
        present = [v for v in column if not is_missing(v)] if dtype.kind == "O" else []
        if empty:
            result[name] = "string" if kind == "text" else "int64" if kind == "integer" else "float64"
        elif dtype.kind == "b":
            result[name] = "bool"
        elif dtype.kind == "f":
            result[name] = "float32" if dtype.itemsize <= 4 else "float64"
        elif dtype.kind in "iu":
            # Whole numbers in a sample may be chance; only an encoder fitted on integers makes the type int64.
            result[name] = "int64" if kind == "integer" else "float64"
        elif dtype.kind == "U" or (present and all(isinstance(v, str) for v in present)):
            if kind == "number":
                wrong[name] = (
                    f"{name!r}: the model takes numbers, the sample holds text such as {_not_a_number(present)!r}"
                )
            result[name] = "string"
        elif not present and dtype.kind == "O":
            result[name] = "string" if kind == "text" else "float64"
        else:
            kinds_seen = sorted({type(v).__name__ for v in present})
            if kinds_seen in (["bool"], ["bool_"]):
                wrong[name] = f"{name!r}: holds truth values and gaps; give fit() and this sample 1, 0 and NaN instead"
            elif len(kinds_seen) > 1:
                wrong[name] = f"{name!r}: holds values of several types ({', '.join(kinds_seen)}); give one type"
            else:
                shown = kinds_seen[0] if kinds_seen else str(dtype)
                wrong[name] = f"{name!r}: holds {shown}, which no target has a type for"
            result[name] = "float64"
    return result, wrong


def _not_a_number(texts: Sequence[str]) -> str:
    """The first text that is none, for it is the one to be corrected; the first of all where every one is."""
    for text in texts:
        try:
            float(text)
        except ValueError:
            return text
    return texts[0]


def _missing_as(column: Array) -> Literal["nan", "none"]:
    missing = [v for v in column if is_missing(v)] if column.dtype.kind == "O" else []
    return "none" if missing and all(v is None for v in missing) else "nan"
