"""The oracle of a net: the original's own call on whole tensors."""

from typing import Protocol

from modelport.evidence.cases import Tensors

__all__ = ["TensorOracle"]


class TensorOracle(Protocol):
    """The original framework's own answer; never another conversion of ours."""

    def ask(self, inputs: Tensors) -> Tensors:
        """Returns the outputs of the contract by name.

        Raises: OracleRefusalError with the framework's message when it does not take the tensors.
        """

    def trace(self, inputs: Tensors) -> Tensors:
        """Returns what each layer gives by its name in the source, in the order of the call; {} where none can be watched."""
