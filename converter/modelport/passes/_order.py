"""The passes in the order in which they run, each with the reason why it stands there."""

from modelport.passes import (
    eliminate_common_subexpressions,
    eliminate_identity,
    merge_concats,
    remove_unused_nodes,
)
from modelport.passes._pass import GraphPass

__all__ = ["ORDER"]

ORDER: tuple[GraphPass, ...] = (
    # First: front ends name outputs with Identity, and later patterns should not have to look through it.
    eliminate_identity.PASS,
    # Before merging: two equal Concats become one with two readers, and that one must then stay.
    eliminate_common_subexpressions.PASS,
    # ColumnTransformer within ColumnTransformer leaves nested Concats.
    merge_concats.PASS,
    # Last: takes away what the others left behind.
    remove_unused_nodes.PASS,
)
