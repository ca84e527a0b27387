"""Writes and reads forest.bin: the tables of every forest, little-endian, format version 1.

8 bytes  'MPFOREST'      u32 version     u32 number of forests
each forest:
  text   name            u32 bytes, then UTF-8
  u8     input type      0 float32, 1 float64 (rows are rounded to it before they are compared as float64)
  u8     base first      1 when the base is the first summand, 0 when the last
  u8     value type      0 float32, 1 float64: leaves, base and sums
  u8     comparison      0 <=, 1 <
  u32    n_targets       K
  tables, each: u8 type (0 bool as u8, 1 i32, 2 i64, 3 f64), u64 count, values:
    roots i64[T], feature i32[M] (-1 at leaves), threshold f64[M], true_child i32[M], false_child i32[M],
    missing_true bool[M], values f64[M·K or M], base f64[K], target i32[T] (empty: leaves are vectors of K),
    set i32[M] (-1: the node has none; empty: no node has), set_starts i64[S+1], set_members i64
"""

import struct
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from modelport.ir.forest import Forest, Sets

__all__ = ["FORESTS_VERSION", "decode_forests", "encode_forests"]

FORESTS_VERSION = 1
_MAGIC = b"MPFOREST"
_TYPES = ("|u1", "<i4", "<i8", "<f8")
_CODES = {"|u1": 0, "<i4": 1, "<i8": 2, "<f8": 3}


def encode_forests(forests: Sequence[Forest]) -> bytes:
    """Serializes forests; same forests, same bytes."""
    parts = [_MAGIC, struct.pack("<II", FORESTS_VERSION, len(forests))]
    for forest in forests:
        name = forest.name.encode()
        parts += [struct.pack("<I", len(name)), name]
        parts.append(
            struct.pack(
                "<BBBBI",
                int(forest.input_type == "float64"),
                int(forest.base_first),
                int(forest.value_type == "float64"),
                int(forest.comparison == "<"),
                forest.n_targets,
            )
        )
        none = np.empty(0, dtype=np.int64)
        sets = forest.sets or Sets(none.astype(np.int32), none, none)
        target = forest.target if forest.target is not None else np.empty(0, dtype=np.int32)
        tables: list[tuple[npt.NDArray[np.generic], str]] = [
            (forest.roots, "<i8"),
            (forest.feature, "<i4"),
            (forest.threshold, "<f8"),
            (forest.true_child, "<i4"),
            (forest.false_child, "<i4"),
            (forest.missing_true, "|u1"),
            (forest.values.ravel(), "<f8"),
            (forest.base, "<f8"),
            (target, "<i4"),
            (sets.index, "<i4"),
            (sets.starts, "<i8"),
            (sets.members, "<i8"),
        ]
        for table, dtype in tables:
            parts += [struct.pack("<BQ", _CODES[dtype], table.size), table.astype(dtype).tobytes()]
    return b"".join(parts)


def decode_forests(data: bytes) -> list[Forest]:
    """Reads forests back; the graph tensor that each reads is not stored. Raises: ValueError on other bytes."""
    if data[:8] != _MAGIC:
        raise ValueError("no forest.bin")
    version, count = struct.unpack_from("<II", data, 8)
    if version != FORESTS_VERSION:
        raise ValueError(f"forest.bin has version {version}, known is {FORESTS_VERSION}")
    position = 16
    forests: list[Forest] = []
    for _ in range(count):
        (length,) = struct.unpack_from("<I", data, position)
        name = data[position + 4 : position + 4 + length].decode()
        position += 4 + length
        wide, base_first, wide_sums, strict, n_targets = struct.unpack_from("<BBBBI", data, position)
        position += 8
        tables: list[npt.NDArray[np.generic]] = []
        for _ in range(12):
            code, size = struct.unpack_from("<BQ", data, position)
            table = np.frombuffer(data, dtype=_TYPES[code], count=size, offset=position + 9)
            position += 9 + table.nbytes
            tables.append(table)
        roots, feature, threshold, true_child, false_child, missing, values, base, target = tables[:9]
        index, starts, members = tables[9:]
        forests.append(
            Forest(
                name=name,
                tensor="",
                input_type="float64" if wide else "float32",
                roots=roots.astype(np.int64),
                feature=feature.astype(np.int32),
                threshold=threshold.astype(np.float64),
                true_child=true_child.astype(np.int32),
                false_child=false_child.astype(np.int32),
                missing_true=missing.astype(np.bool_),
                values=values.astype(np.float64).reshape(len(feature), -1),
                base=base.astype(np.float64),
                target=target.astype(np.int32) if target.size else None,
                base_first=bool(base_first),
                value_type="float64" if wide_sums else "float32",
                comparison="<" if strict else "<=",
                sets=Sets(index.astype(np.int32), starts.astype(np.int64), members.astype(np.int64))
                if index.size
                else None,
            )
        )
        if len(base) != n_targets:
            raise ValueError("forest.bin is damaged: the base does not fit the targets")
    return forests
