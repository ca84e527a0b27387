"""Constants of a graph: every text keeps its characters, and only equal ones are stored once."""

import numpy as np
import onnx_ir as ir

from modelport.ir.builder import GraphBuilder


def _texts(value: ir.Value) -> list[bytes]:
    assert value.const_value is not None
    return list(ir.serde.serialize_tensor(value.const_value).string_data)


def test_texts_keep_a_nul_at_the_end() -> None:
    b = GraphBuilder()
    assert _texts(b.constant(["end\0", "\0", ""])) == [b"end\0", b"\0", b""]


def test_texts_that_differ_by_a_nul_are_two_constants() -> None:
    b = GraphBuilder()
    first, second = b.constant(["a\0", "b"]), b.constant(["a", "\0b"])
    assert first is not second
    assert (_texts(first), _texts(second)) == ([b"a\0", b"b"], [b"a", b"\0b"])
    assert b.constant(["a\0", "b"]) is first


def test_numbers_of_different_types_are_two_constants() -> None:
    b = GraphBuilder()
    assert b.constant([0.0]) is not b.constant(np.array([0.0], dtype=np.float32))
    assert b.constant([0.0]) is not b.constant([-0.0])
    assert b.constant([1.0]) is b.constant(np.array([1.0]))
