"""Where a model came from; never a user name, a path or a time."""

import msgspec

__all__ = ["Provenance"]


class Provenance(msgspec.Struct, frozen=True, kw_only=True):
    """provenance.json.

    ``packages`` is the environment that recorded the oracle's answers; ``lineage`` maps each feature to the
    chain of steps that read it. ``unproven``: why the answers are not the original's but only the graph's own.
    """

    framework: str
    framework_version: str
    model_class: str
    file_sha256: str | None = None
    packages: dict[str, str] = {}
    lineage: dict[str, tuple[str, ...]] = {}
    notes: tuple[str, ...] = ()
    unproven: str | None = None
