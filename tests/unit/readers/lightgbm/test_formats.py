"""Formats v2 to v4, as the releases wrote them that had them: their own raw scores are met to the last bit."""

from pathlib import Path

import numpy as np
import onnx_ir as ir
import pytest

from fixtures.models.lightgbm.make import rows
from modelport.ir.builder import GraphBuilder
from modelport.ir.graph_proto import to_proto
from modelport.ir.session import open_session
from modelport.readers.lightgbm.emit import emit
from modelport.readers.lightgbm.links import Link, link_of
from modelport.readers.lightgbm.parse import parse

MODELS = Path(__file__).resolve().parents[4] / "fixtures/models/lightgbm"


@pytest.mark.parametrize("version", ["v2", "v3", "v4"])
def test_an_old_file_gives_what_its_release_gave(version: str) -> None:
    model = parse((MODELS / f"{version}.txt").read_text(), version)
    link = link_of(model.objective)
    assert link == Link("sigmoid", 0.7)
    builder = GraphBuilder()
    builder.output(emit(builder, model, link, builder.input("X", ir.DataType.DOUBLE, 4)).raw, "raw")
    session = open_session(to_proto(builder.build("test")).SerializeToString())
    got = session.run(["raw"], {"X": rows()})[0].ravel()
    np.testing.assert_array_equal(got, np.load(MODELS / f"expected-{version}.npy"))
