"""Of equally near training rows those are taken that scikit-learn's own heap keeps."""

import numpy as np
import onnx_ir as ir
import pytest
from sklearn.neighbors import NearestNeighbors

from modelport.frontends.sklearn._columns import Columns, Origin, Part
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._neighborhood import nearest
from modelport.ir.builder import GraphBuilder
from modelport.ir.session import open_session


@pytest.mark.parametrize("count", [1, 2, 3, 7, 40])
@pytest.mark.parametrize("algorithm", ["kd_tree", "ball_tree", "brute"])
@pytest.mark.parametrize("metric", ["chebyshev", "manhattan", "euclidean"])
def test_ties_are_settled_as_in_the_source(count: int, algorithm: str, metric: str) -> None:
    rng = np.random.default_rng(count)
    rows, fresh = rng.integers(0, 3, (120, 3)).astype(float), rng.integers(-1, 4, (80, 3)).astype(float)
    source = NearestNeighbors(n_neighbors=count, algorithm=algorithm, metric=metric, leaf_size=9).fit(rows)
    scope = Scope(GraphBuilder())
    value = scope.builder.input("x", ir.DataType.DOUBLE, 3)
    origins = tuple(Origin(frozenset({name})) for name in "abc")
    _, away, places = nearest(scope, source, Columns((Part(value, origins),)), count)
    scope.builder.output(away, "away")
    scope.builder.output(places, "places")
    session = open_session(ir.to_proto(scope.builder.build("test")).SerializeToString())
    got_away, got = session.run(["away", "places"], {"x": fresh})
    want_away, want = source.kneighbors(fresh)
    np.testing.assert_array_equal(np.sort(got), np.sort(want))
    np.testing.assert_array_equal(got_away, want_away)
