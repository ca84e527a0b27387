"""Asks the original whether an input takes any text or only those that the graph knows, as lookups without room for others do."""

from collections.abc import Mapping, Sequence

import numpy as np
from msgspec.structs import replace

from modelport.evidence.cases import Tensor, Tensors
from modelport.evidence.oracle import OracleRefusalError
from modelport.evidence.tensor_oracle import TensorOracle
from modelport.evidence.tensor_probes import SEED, Known, drawn
from modelport.ir.contract import Contract, Input
from modelport.ir.tensor_intake import lengths_of

__all__ = ["with_taken_texts"]

# What no model knows.
_UNKNOWN = "\ue000unknown"
# Borders between texts that are taken and texts that are not are looked for with so many questions at most.
_QUESTIONS = 200


def with_taken_texts(
    contract: Contract, oracle: TensorOracle, sample: Tensors, batch: str | None, known: Known
) -> Contract:
    """Returns the contract in which an input lists the only texts it takes, where the original refuses one that nobody knows.

    An input whose known texts are refused too takes what it takes for another reason, and is left as it is.
    """
    inputs = []
    for tensor in contract.inputs:
        words = known.get(tensor.name, ())
        asker = _Asker(contract, oracle, sample, batch, known, tensor)
        if tensor.element == "string" and words and not asker.takes([_UNKNOWN]):
            taken = asker.taken(words)
            inputs.append(replace(tensor, texts=tuple(sorted(taken, key=str.encode))) if taken else tensor)
        else:
            inputs.append(tensor)
    return replace(contract, inputs=tuple(inputs))


class _Asker:
    """Puts texts into one input, the others drawn from what they know."""

    def __init__(
        self,
        contract: Contract,
        oracle: TensorOracle,
        sample: Tensors,
        batch: str | None,
        known: Mapping[str, Sequence[str]],
        tensor: Input,
    ) -> None:
        self._contract = contract
        self._oracle = oracle
        self._sample = sample
        self._batch = batch
        self._known = known
        self._tensor = tensor
        self._left = _QUESTIONS

    def takes(self, texts: Sequence[str]) -> bool:
        """Whether a call is answered in which every element of the input is one of these, each of them once at least."""
        lengths = lengths_of(self._contract, self._sample)
        free = self._batch if self._batch in (self._tensor.shape or ()) else None
        if free is not None:
            lengths |= {free: len(texts)}
        start = 0
        while start < len(texts):
            call = drawn(self._contract, self._sample, lengths, np.random.default_rng(SEED), self._known)
            filled = _filled(call[self._tensor.name], texts[start:])
            if not filled.size or self._left == 0:
                return False
            self._left -= 1
            try:
                self._oracle.ask(call | {self._tensor.name: filled})
            except OracleRefusalError:
                return False
            start += filled.size
        return True

    def taken(self, texts: Sequence[str]) -> list[str]:
        """Those that the original takes, found by halving."""
        if self.takes(texts):
            return list(texts)
        if len(texts) < 2 or self._left == 0:
            return []
        middle = len(texts) // 2
        return self.taken(texts[:middle]) + self.taken(texts[middle:])


def _filled(tensor: Tensor, texts: Sequence[str]) -> Tensor:
    filled = np.empty(tensor.shape, dtype=object)
    filled.ravel()[:] = [texts[place % len(texts)] for place in range(filled.size)]
    return filled
