"""How much a file may cost: bytes after decompression, memory of its nodes, depth of nesting.

Every length is also held against what is left of the file before memory is taken for it, so a short file stays cheap
whatever it says; the limits here are for what a short file can blow up: compression, sequences, tiny nodes.
"""

from dataclasses import dataclass

from modelport.frontends.r.serialize.refusals import damaged

__all__ = ["LIMITS", "NODE_BYTES", "TEXT_BYTES", "Budget", "Limits"]

# Measured upper bounds of what one node, and one text beside its characters, take in CPython.
NODE_BYTES = 320
TEXT_BYTES = 64


@dataclass(frozen=True)
class Limits:
    """Bytes of the decompressed file, bytes of the nodes made of it, and how deep they may nest."""

    decompressed_bytes: int = 4 << 30
    memory_bytes: int = 4 << 30
    depth: int = 20_000


LIMITS = Limits()


class Budget:
    """What is left of the memory limit while one file is read."""

    def __init__(self, limits: Limits, where: str) -> None:
        self.limits = limits
        self.where = where
        self._left = limits.memory_bytes

    def take(self, count: int) -> None:
        """Counts bytes before they are used. Raises: ModelFileError when the limit is passed."""
        self._left -= count
        if self._left < 0:
            raise damaged(
                f"its objects would take more than {self.limits.memory_bytes >> 20} MiB of memory",
                self.where,
                "save the model alone, without its training data and environments (in R: object.size(model))",
            )
