"""What a file in repairs/ defines: how operators of TensorFlow are written in ONNX where tf2onnx fails or is wrong."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from modelport._registry import scan
from modelport.frontends.tensorflow._writing import Writer

__all__ = ["Handler", "Repair", "repairs"]

Handler = Callable[[Writer], None]


@dataclass(frozen=True)
class Repair:
    """Handlers by operator of TensorFlow. Each writes one node anew, and raises ValueError with the reason if it cannot."""

    name: str
    handlers: Mapping[str, Handler]


def repairs() -> list[Repair]:
    """Returns every repair, in the order of their files; no operator may stand in two of them.

    Raises: TypeError where one does.
    """
    found = [one for _, one in scan("modelport.frontends.tensorflow.repairs", "REPAIR", Repair)]
    seen: dict[str, str] = {}
    for one in found:
        for operator in one.handlers:
            if operator in seen:
                raise TypeError(f"{operator} stands in {seen[operator]} and in {one.name}")
            seen[operator] = one.name
    return found
