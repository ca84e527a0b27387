"""Objects of C50 and Cubist made of texts, rows for them, and what a converter's graph says of these rows."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import onnx_ir as ir

from modelport.frontends.r._model import models
from modelport.frontends.r._scope import Scope
from modelport.frontends.r._variables import Hints
from modelport.frontends.r.serialize import NULL, RList, RObject, RStrings, RVector
from modelport.ir.builder import GraphBuilder
from modelport.ir.contract import MISSING_STRING
from modelport.ir.graph_proto import to_proto
from modelport.ir.session import open_session, run

__all__ = ["Row", "answers", "classed", "named", "numbers", "parsnip_fit", "text", "texts", "trained"]

Row = Mapping[str, "float | str | None"]


def text(value: str) -> RStrings:
    return RStrings([value])


def texts(*values: str) -> RStrings:
    return RStrings(list(values))


def numbers(*values: float, **named_ones: float) -> RVector:
    given = [*values, *named_ones.values()]
    attributes = {"names": texts(*named_ones)} if named_ones else {}
    return RVector("double", np.array(given, dtype=np.float64), attributes)


def named(**values: RObject) -> RList:
    return RList([v if v is not None else NULL for v in values.values()], attributes={"names": texts(*values)})


def classed(name: str, model: RList, *more: str) -> RList:
    """The list as an object of a class, or of several."""
    return replace(model, attributes=dict(model.attributes) | {"class": texts(name, *more)}, _by_name=None)


def trained(method: str, final: RObject, columns: Mapping[str, Sequence[str]], *, regression: bool) -> RList:
    """A train object of caret; a column without levels is a number."""
    data: dict[str, RObject] = {}
    for name, levels in columns.items():
        factor = {"levels": texts(*levels), "class": text("factor")}
        data[name] = RVector("integer", np.array([1], dtype=np.int32), factor) if levels else numbers(1.0)
    own = {"modelType": text("Regression" if regression else "Classification"), "finalModel": final}
    return named(method=text(method), trainingData=named(**data, **{".outcome": numbers(1.0)}), **own)


def parsnip_fit(
    kind: str, engine: str, fit: RObject, *, regression: bool, lvl: RObject = NULL, **args: RObject
) -> RList:
    """A model_fit of parsnip around what the engine fitted to columns."""
    mode = text("regression" if regression else "classification")
    spec = classed(kind, named(args=named(**args), mode=mode, engine=text(engine)))
    return named(lvl=lvl, spec=spec, fit=fit, preproc=named(y_var=text("y")))


def answers(kind: str, model: RObject, rows: Sequence[Row]) -> dict[str, Any]:
    """What the graph says: index, scores, probability, value, whichever there are."""
    found = models()[kind]
    assert found.refuse(model) == []
    variables = found.variables(model, Hints())
    builder = GraphBuilder()
    types = {v.name: ir.DataType.STRING if v.is_text else ir.DataType.DOUBLE for v in variables}
    inputs = {name: builder.input(name, dtype, 1) for name, dtype in types.items()}
    prediction = found.convert(Scope(builder, {v.name: v for v in variables}, inputs), model)
    given = {name: getattr(prediction, name) for name in ("index", "scores", "probability", "value")}
    names = [name for name, value in given.items() if value is not None]
    for name in names:
        builder.output(given[name], name)
    session = open_session(to_proto(builder.build("m")).SerializeToString())
    feeds: dict[str, Any] = {}
    for name, dtype in types.items():
        column = [row[name] for row in rows]
        if dtype == ir.DataType.STRING:
            feeds[name] = np.array([[MISSING_STRING if v is None else v] for v in column], dtype=object)
        else:
            feeds[name] = np.array([[np.nan if v is None else v] for v in column], dtype=np.float64)
    return run(session, feeds, names)
