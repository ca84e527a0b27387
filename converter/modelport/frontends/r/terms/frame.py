"""A model's terms object: its variables as expressions, what kind each is, and the names that stand for constants."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from modelport.errors import ModelFileError
from modelport.frontends.r._variables import Hints, Variable
from modelport.frontends.r.serialize import (
    NULL,
    REnvironment,
    RList,
    RObject,
    RPairs,
    RVector,
    as_array,
    matrix,
    names,
    texts,
)
from modelport.frontends.r.terms.calls import deparse, settled, table_names, variables_in, without_tables
from modelport.frontends.r.terms.column_types import ColumnTypes
from modelport.frontends.r.terms.compiler import constant_of
from modelport.frontends.r.terms.values import Constant

__all__ = ["Frame", "frame_of"]


@dataclass(frozen=True)
class Frame:
    """``terms``: the terms object; ``xlevels``: the levels of its factors by the variable's text; ``contrasts`` likewise.

    ``extra`` are further expressions that are evaluated in the rows, such as the offset of a call. ``data`` are the columns
    of the fit where the model keeps them: they tell the type of a column that stands inside an expression only.
    """

    terms: RObject
    xlevels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    contrasts: Mapping[str, RObject] = field(default_factory=dict)
    extra: tuple[RObject, ...] = ()
    data: Mapping[str, RObject] = field(default_factory=dict)

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The text of each variable, the response's too, as ``dataClasses``, ``xlevels`` and ``factors`` have it."""
        factors = self.terms.attributes.get("factors")
        if isinstance(factors, RVector) and "dim" in factors.attributes:
            return tuple(matrix(factors).rows)
        kinds = self.terms.attributes.get("dataClasses")
        given = names(kinds) if kinds is not None else []
        own = [deparse(node) for node in self._listed("variables")]
        return tuple(given) if len(given) == len(own) else tuple(own)

    def _listed(self, name: str) -> list[RObject]:
        """The expressions in a call list(…)."""
        given = self.terms.attributes.get(name)
        if not isinstance(given, RPairs):
            given = self.terms.attributes.get("variables")
        if not isinstance(given, RPairs):
            raise ModelFileError(
                "the terms of the model list no variables", where="terms", fix="save the model whole, with its terms"
            )
        return list(given.values[1:])

    @cached_property
    def response(self) -> int | None:
        """The place of the response among the variables."""
        given = self.terms.attributes.get("response")
        place = int(as_array(given)[0]) if given is not None and len(as_array(given)) else 0
        return place - 1 if place > 0 else None

    @cached_property
    def expressions(self) -> dict[str, RObject]:
        """Each variable but the response: its text, and the expression with the constants of the fit."""
        found = self._listed("predvars")
        plain = self._listed("variables")
        if len(found) != len(plain):
            found = plain
        pairs = zip(self.labels, found, strict=False)
        return {label: node for place, (label, node) in enumerate(pairs) if place != self.response}

    @cached_property
    def offsets(self) -> list[RObject]:
        """The expressions of offset() in the formula."""
        given = self.terms.attributes.get("offset")
        if given is None:
            return []
        plain = self._listed("variables")
        return [plain[int(place) - 1] for place in as_array(given)]

    @cached_property
    def offset_labels(self) -> set[str]:
        """The texts of the variables that are offsets."""
        given = self.terms.attributes.get("offset")
        places = [] if given is None else [int(place) - 1 for place in as_array(given)]
        return {self.labels[place] for place in places if place < len(self.labels)}

    @cached_property
    def kinds(self) -> dict[str, str]:
        """dataClasses: numeric, factor, ordered, character, logical, nmatrix.K, other."""
        given = self.terms.attributes.get("dataClasses")
        return {} if given is None else dict(zip(names(given), texts(given), strict=True))

    @cached_property
    def intercept(self) -> bool:
        """Whether there is one."""
        given = self.terms.attributes.get("intercept")
        return given is None or bool(as_array(given)[0])

    @cached_property
    def factors(self) -> tuple[npt.NDArray[np.int64], tuple[str, ...], tuple[str, ...]]:
        """int [variables, terms]: 0 absent, 1 by contrasts, 2 one column for each level; and the texts of both."""
        given = self.terms.attributes.get("factors")
        if not isinstance(given, RVector) or "dim" not in given.attributes:
            return np.zeros((0, 0), dtype=np.int64), (), ()
        found = matrix(given)
        return found.values.astype(np.int64), tuple(found.rows), tuple(found.columns)

    @cached_property
    def constants(self) -> dict[str, Constant]:
        """Names of numbers or texts that the formula's own environment holds; of several only where nothing but a table of
        values can be meant, such as the breaks of cut()."""
        found: dict[str, Constant] = {}
        place: RObject = self.terms.attributes.get(".Environment", NULL)
        while isinstance(place, REnvironment) and place.kind == "plain":
            for name, value in place.frame.items():
                constant = constant_of(settled(value))
                if constant is not None and (len(constant.values) == 1 or name in self._tables):
                    found.setdefault(name, constant)
            place = place.parent
        return found

    @cached_property
    def _tables(self) -> set[str]:
        """Names that stand nowhere but where a function takes a table of values."""
        nodes = [*self.expressions.values(), *self.extra]
        tables = {name for node in nodes for name in table_names(node)}
        return tables - {name for node in nodes for name in variables_in(without_tables(node))}

    def variables(self, hints: Hints, *, matrices: bool = False) -> list[Variable]:
        """The columns that rows must have, in the order of the formula; with ``matrices`` each column of one that is a term.

        Raises: UnsupportedModelError.
        """
        return ColumnTypes(
            expressions=self.expressions,
            extra=self.extra,
            kinds=self.kinds,
            xlevels=self.xlevels,
            data=self.data,
            constants=frozenset(self.constants),
            hints=hints,
            matrices=matrices,
        ).variables()


def frame_of(model: RObject, *, extra: tuple[RObject, ...] = ()) -> Frame:
    """The terms, xlevels and contrasts of a model that keeps them under these names. Raises: ModelFileError."""
    terms = model.get("terms")
    if terms is None or not isinstance(terms, RPairs):
        raise ModelFileError(
            "the model keeps no terms", where="element $terms", fix="save the model whole, as the function gave it"
        )
    kept = {name: value for part in ("model", "data") for name, value in _by_name(model.get(part)).items()}
    return Frame(terms, _levels(model.get("xlevels")), _by_name(model.get("contrasts")), extra, kept)


def _levels(given: RObject | None) -> dict[str, tuple[str, ...]]:
    if not isinstance(given, RList):
        return {}
    return {
        name: tuple(texts(value)) for name, value in zip(names(given), given.values, strict=True) if value is not NULL
    }


def _by_name(given: RObject | None) -> dict[str, RObject]:
    if not isinstance(given, RList) or len(names(given)) != len(given.values):
        return {}
    return dict(zip(names(given), given.values, strict=True))
