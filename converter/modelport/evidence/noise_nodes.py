"""The nodes that are put into a graph, under names of their own: arithmetic on single tensors, and the random errors."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper, numpy_helper

__all__ = ["WIDE", "NoiseNodes"]

# Uniform numbers from -sqrt(3) to sqrt(3) have variance 1.
WIDE = float(np.sqrt(3))


class NoiseNodes:
    """The nodes of one graph in their order; ``types`` the element type of each tensor, ``larger`` the factor of all errors."""

    def __init__(self, prefix: str, types: dict[str, int], larger: float) -> None:
        self.prefix = prefix
        self.types = types
        self.nodes: list[onnx.NodeProto] = []
        self._larger = larger
        self._count = 0
        self._scalars: set[str] = set()

    def name(self, hint: str) -> str:
        """A name that nothing has."""
        self._count += 1
        return f"{self.prefix}_{hint}_{self._count}"

    def like(self, tensor: str, hint: str) -> str:
        """The name of a new tensor with the element type of another."""
        result = self.name(hint)
        self.types[result] = self.types[tensor]
        return result

    def add(self, op: str, inputs: Sequence[str], output: str) -> None:
        """Adds an operator without attributes."""
        self.nodes.append(helper.make_node(op, inputs, [output], name=self.name("node")))

    def again(self, node: onnx.NodeProto) -> onnx.NodeProto:
        """A copy of a node under a name of its own, which is not in the graph yet."""
        copy = onnx.NodeProto()
        copy.CopyFrom(node)
        copy.name = self.name("node")
        return copy

    def constant(self, name: str, array: npt.NDArray[Any]) -> None:
        """Adds a tensor of that name."""
        tensor = numpy_helper.from_array(array)
        self.nodes.append(helper.make_node("Constant", [], [name], name=self.name("node"), value=tensor))

    def absolute(self, name: str) -> str:
        """The magnitudes of a tensor's numbers."""
        result = self.like(name, "abs")
        self.add("Abs", [name], result)
        return result

    def at_least(self, name: str, least: float) -> str:
        """The magnitudes, none smaller than ``least``."""
        result = self.like(name, "range")
        self.add("Max", [self.absolute(name), self._scalar("least", self.types[name], least)], result)
        return result

    def moved(self, name: str, share: float) -> str:
        """The tensor with an error of that share of each number."""
        result = self.like(name, "input")
        self.noise(name, result, name, share)
        return result

    def noise(self, exact: str, moved: str, magnitude: str, share: float) -> None:
        """moved = exact + chance * magnitude, a share of it."""
        kind = self.types[exact]
        chance, error = self.name("chance"), self.name("error")
        scale = self._larger * share
        # Uniform, of the same variance: several times as fast as normal numbers, and sums of many are normal all the same.
        node = helper.make_node(
            "RandomUniformLike",
            [exact],
            [chance],
            name=self.name("node"),
            low=-scale * WIDE,
            high=scale * WIDE,
            dtype=kind,
        )
        node.attribute.append(helper.make_attribute("seed", float(len(self.nodes))))
        self.nodes.append(node)
        limited = self.name("limited")
        self.add("Min", [magnitude, self._limit(kind)], limited)
        self.add("Mul", [chance, limited], error)
        self.add("Add", [exact, error], moved)

    def _limit(self, kind: int) -> str:
        """The greatest magnitude that counts: an infinite error would take an infinity away from itself."""
        return self._scalar("limit", kind, float(np.finfo(helper.tensor_dtype_to_np_dtype(kind)).max) / 1024)

    def _scalar(self, hint: str, kind: int, number: float) -> str:
        name = f"{self.prefix}_{hint}_{kind}"
        if name not in self._scalars:
            self._scalars.add(name)
            value = helper.make_tensor(name, kind, [], [number])
            self.nodes.append(helper.make_node("Constant", [], [name], name=self.name("node"), value=value))
        return name
