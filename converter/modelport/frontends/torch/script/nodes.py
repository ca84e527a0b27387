"""The nodes of a script's graph, within branches and loops too."""

from collections.abc import Iterator
from typing import Any

__all__ = ["nodes_within"]


# Any: graphs, blocks and nodes of torch.
def nodes_within(block: Any) -> Iterator[Any]:
    """Yields every node, before those within it."""
    for node in block.nodes():
        yield node
        for inner in node.blocks():
            yield from nodes_within(inner)
