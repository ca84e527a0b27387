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
_TURNS = 1e5


class NoiseNodes:
    """The nodes of one graph in their order; ``types`` the element type of each tensor, ``larger`` the factor of all errors.

    ``alike``: equal numbers of a tensor have equal errors.
    """

    def __init__(self, prefix: str, types: dict[str, int], larger: float, *, alike: bool = False) -> None:
        self._alike = alike
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

    def of_many(self, terms: str, result: str, magnitude: str) -> str:
        """The magnitude of a sum of n terms that are added in a row: times sqrt(n) / 3, for their roundings are those of all sums
        on the way. Times n / 20 of equal terms: ten of them are n u / 2, for these roundings can all go one way.
        """
        kind = self.types[result]
        given, made, each, root, share, times, many = (
            self.like(result, hint) for hint in ("terms", "sums", "each", "root", "share", "times", "many")
        )
        for source, size in ((terms, given), (result, made)):
            whole = self.name("size")
            self.add("Size", [source], whole)
            self.nodes.append(helper.make_node("Cast", [whole], [size], name=self.name("node"), to=kind))
        self.add("Div", [given, made], each)
        if self._alike:
            self.add("Div", [each, self._scalar("equals", kind, 20.0)], share)
        else:
            self.add("Sqrt", [each], root)
            self.add("Div", [root, self._scalar("three", kind, 3.0)], share)
        self.add("Max", [share, self._scalar("once", kind, 1.0)], times)
        self.add("Mul", [magnitude, times], many)
        return many

    def moved(self, name: str, share: float) -> str:
        """The tensor with an error of that share of each number."""
        result = self.like(name, "input")
        self.noise(name, result, name, share)
        return result

    def noise(self, exact: str, moved: str, magnitude: str, share: float) -> None:
        """moved = exact + chance * magnitude, a share of it."""
        kind = self.types[exact]
        chance = (self._by_value if self._alike else self._by_place)(exact, self._larger * share)
        limited, error = self.name("limited"), self.name("error")
        self.add("Min", [magnitude, self._limit(kind)], limited)
        self.add("Mul", [chance, limited], error)
        self.add("Add", [exact, error], moved)

    def _by_place(self, exact: str, scale: float) -> str:
        """Random numbers of that standard deviation, each place its own."""
        chance = self.like(exact, "chance")
        # Uniform, of the same variance: several times as fast as normal numbers, and sums of many are normal all the same.
        node = helper.make_node(
            "RandomUniformLike",
            [exact],
            [chance],
            name=self.name("node"),
            low=-scale * WIDE,
            high=scale * WIDE,
            dtype=self.types[exact],
        )
        node.attribute.append(helper.make_attribute("seed", float(len(self.nodes))))
        self.nodes.append(node)
        return chance

    def _by_value(self, exact: str, scale: float) -> str:
        """The same for equal numbers: the sine of the number, in parts of the largest, times a random one of some 100,000."""
        kind = self.types[exact]
        finite, largest, part, turns, angle, sine, chance = (
            self.like(exact, hint) for hint in ("finite", "largest", "part", "turns", "angle", "sine", "chance")
        )
        self.add("Min", [self.absolute(exact), self._limit(kind)], finite)
        self.add("ReduceMax", [finite], largest)
        self.add("Div", [exact, self.at_least(largest, float(np.finfo(np.float32).tiny))], part)
        node = helper.make_node(
            "RandomUniform", [], [turns], name=self.name("node"), shape=[1], low=_TURNS, high=2 * _TURNS, dtype=kind
        )
        node.attribute.append(helper.make_attribute("seed", float(len(self.nodes))))
        self.nodes.append(node)
        self.add("Mul", [part, turns], angle)
        self.add("Sin", [angle], sine)
        # A sine has variance 1/2.
        self.add("Mul", [sine, self._scalar(f"scale_{len(self.nodes)}", kind, scale * float(np.sqrt(2)))], chance)
        return chance

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
