"""How fast is a file of R read?

Question: wall and CPU seconds of ``frontends.r.serialize.read``, from the bytes of a file to nodes: numbers plain and gzipped,
    texts, and a model-like file of many small lists, names, calls and functions.
Baseline: none; megabytes of the decompressed stream in a second are what is compared between versions.
Command: python -m benchmarks.rds.bench [--quick] [--out DIR]
Better: more MB/s. At least 50 on numbers; 3 MB of lists, texts and functions in less than a second.
Warm-up: 0.2 s. Threads: one.
"""

import gzip
import sys
from collections.abc import Sequence
from struct import pack

import numpy as np

from benchmarks._common import arguments, per_call, save, table
from modelport.frontends.r.serialize import read

__all__ = ["main"]

_HEAD = b"X\n" + pack(">iii", 2, 0x040202, 0x020300)
_NULL = pack(">i", 254)


def _numbers(count: int) -> bytes:
    values = np.random.default_rng(0).normal(size=count)
    return _HEAD + pack(">ii", 14, count) + values.astype(">f8").tobytes()


def _text(value: bytes) -> bytes:
    return pack(">ii", 9 | 1 << 18, len(value)) + value


def _texts(count: int) -> bytes:
    return _HEAD + pack(">ii", 16, count) + b"".join(_text(b"level number %d" % k) for k in range(count))


def _nodes(count: int) -> bytes:
    """Lists of a number, a text, a name, a call with two arguments and a function of it."""
    first = pack(">ii", 1, 1)[:4] + _text(b"predictor")
    again = pack(">i", (1 << 8) | 255)
    call = pack(">i", 6) + again + pack(">i", 2) + again + pack(">i", 2) + again + _NULL
    part = pack(">iid", 14, 1, 0.5) + pack(">ii", 16, 1) + _text(b"a text") + again + call
    part += pack(">i", 3 | 0x400) + pack(">i", 253) + _NULL + call
    lists = (pack(">ii", 19, 5) + part) * count
    return _HEAD + pack(">ii", 19, count + 1) + first + lists


def main(argv: Sequence[str] | None = None) -> int:
    """Measures, prints a table and writes the JSON."""
    flags = arguments(__doc__).parse_args(argv)
    scale = 100 if flags.quick else 1
    numbers = _numbers(6_000_000 // scale)
    cases = {
        "numbers": numbers,
        "numbers, gzip": gzip.compress(numbers, 1),
        "texts": _texts(300_000 // scale),
        "lists and functions": _nodes(20_000 // scale),
    }
    results = []
    for name, data in cases.items():
        size = len(numbers) if name.startswith("numbers") else len(data)
        samples = per_call(
            lambda data=data: read(data, "bench"), warm_up_s=0.2, measure_s=0.1 if flags.quick else 3, least=3
        )
        results.append({"case": name, "stream_bytes": size, **samples.as_dict()})
    rows = [
        [
            str(r["case"]),
            f"{r['stream_bytes'] / 1e6:.1f}",
            f"{r['wall_p50_s']:.3f}",
            f"{r['cpu_mean_s']:.3f}",
            f"{r['stream_bytes'] / 1e6 / r['wall_p50_s']:.0f}",
        ]
        for r in results
    ]
    print(table(["file", "MB", "p50 s", "CPU s", "MB/s"], rows))
    save(flags.out, "rds", "how fast is a file of R read?", {"results": results}, quick=flags.quick)
    return 0


if __name__ == "__main__":
    sys.exit(main())
