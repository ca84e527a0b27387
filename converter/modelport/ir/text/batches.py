"""How many rows go through a graph at once: a vocabulary's columns are many, and some models need all of them."""

from collections.abc import Iterator, Sequence

from modelport.ir.text.step import TextStep

__all__ = ["batches"]

_CELLS = 1 << 22


def batches(steps: Sequence[TextStep], count: int) -> Iterator[slice]:
    """Yields the rows in parts that make at most four million numbers, all at once where no dense rows are made."""
    width = sum(step.dense_width for step in steps)
    size = max(1, _CELLS // width) if width else max(1, count)
    for start in range(0, max(1, count), size):
        yield slice(start, min(count, start + size))
