"""What one boosting library brings to the front end: a file in libraries/ that defines ``LIBRARY``.

To hook in a library, write ``readers/<library>/`` (parse and emit, see ``readers/boosted.py``) and one file here:

    LIBRARY = Library(name="xgboost", classes=[("xgboost.Booster", "src/learner.cc of 3.2")], owns=…, sniff=…, …)

``read`` parses the bytes of a file with our own reader and never lets the library see bytes that it has not checked;
``take`` parses a live object. Both return a ``BoostedModel``, whose ``ask`` is the oracle: there alone, and only inside
functions, the library is imported.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt
import onnx_ir as ir

from modelport.ir.builder import GraphBuilder
from modelport.readers.boosted import BoostedColumn, Emission

__all__ = ["BoostedModel", "LearnsCategories", "Library", "RoundsArrays"]

Array = npt.NDArray[np.generic]


class BoostedModel(Protocol):
    """One fitted model."""

    @property
    def model_class(self) -> str:
        """Its class, one of the library's ``classes``."""

    @property
    def columns(self) -> tuple[BoostedColumn, ...]:
        """The columns of fit() in their order; named x0, x1, … where the model knows no names."""

    @property
    def named(self) -> bool:
        """Whether the names are the model's own, so that a sample's columns are matched by name."""

    @property
    def notes(self) -> tuple[str, ...]:
        """Choices that a reader of the contract should know, such as what the label classes are."""

    def refusals(self) -> list[str]:
        """Everything in it that cannot be converted exactly, each as one sentence with what to do."""

    def emit(self, builder: GraphBuilder, values: Sequence[ir.Value]) -> Emission:
        """Emits the graph; ``values`` [N, k], in column order, make up the F columns; a text column is [N, 1]."""

    def ask(self, table: Mapping[str, Array], outputs: Sequence[str]) -> Mapping[str, Array]:
        """Asks the library itself, with one thread.

        ``table``: number columns as float64 or float32 with NaN for missing, text columns as object with None for
        missing. ``outputs`` as in the contract: 'label' holds labels as in ``Prediction.classes``, 'probability', 'value',
        'score', 'link' numbers as they come.
        """


@runtime_checkable
class LearnsCategories(Protocol):
    """A model whose file holds hashes of its categories: the sample tells what they are."""

    def with_categories(self, columns: Mapping[str, Array]) -> BoostedModel:
        """Returns the model that knows its categories; ``columns`` are the sample's, by the model's own names.

        Raises: SampleError naming every column whose sample does not hold what the model was fitted on.
        """


@runtime_checkable
class RoundsArrays(Protocol):
    """A model whose library rounds some arrays that our float64 rows do not stand for."""

    def check_array(self, columns: Sequence[Array]) -> None:
        """Raises: SampleError where the sample is such an array; ``columns`` are its own."""


@dataclass(frozen=True)
class Library:
    """One library. ``name`` is also its package; ``classes`` are (qualified name, source of its definition).

    ``owns`` tells live objects by their module and class, ``sniff`` files by their first 64 KiB; neither imports the
    library. ``read`` gets all bytes and the path for messages. ``errors`` are the exceptions by which the library
    refuses rows, beside ValueError, TypeError and their like.
    """

    name: str
    classes: Sequence[tuple[str, str]]
    owns: Callable[[object], bool]
    sniff: Callable[[bytes], bool]
    read: Callable[[bytes, str], BoostedModel]
    # Any: a Booster or estimator of the library, which has no types.
    take: Callable[[Any], BoostedModel]
    errors: Callable[[], tuple[type[Exception], ...]] = lambda: ()
