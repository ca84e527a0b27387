"""What a front end is: it recognises a model, loads it safely, converts it, and can ask the original."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from modelport.evidence.cases import Tensors
from modelport.evidence.oracle import Oracle
from modelport.evidence.steps import Twin
from modelport.evidence.tensor_oracle import TensorOracle
from modelport.frontends._request import Request
from modelport.ir.program import Program
from modelport.ir.rows import Rows

__all__ = ["Converted", "ConvertedNet", "FrontEnd", "LoadedModel", "Origins", "Recorded", "Request", "Way", "Ways"]

Origins: TypeAlias = npt.NDArray[np.uint8]
Recorded: TypeAlias = tuple[Rows, Origins]


@dataclass(frozen=True)
class LoadedModel:
    """A model in memory. ``model`` is the framework's own object, so its type is not ours to know."""

    model: object
    file_sha256: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Converted:
    """What a front end gives back: the program, the original to ask, and the caller's rows in contract form.

    ``policies`` tells what odd values do where the original may be elsewhere (None: it is asked itself); ``unproven`` why
    ``oracle`` is not the original but only the graph (None: it is the original). ``recorded`` are the rows, and what each
    is (``Vectors.ORIGINS``), that the original answered elsewhere: the proof is made with them. ``record`` gives the files
    that have such a record made, from rows and what each is. ``stricter`` names features of which the contract may refuse
    what the original takes.
    """

    program: Program
    oracle: Oracle
    sample: Rows
    notes: tuple[str, ...] = ()
    policies: Oracle | None = None
    unproven: str | None = None
    recorded: Recorded | None = None
    record: Callable[[Rows, Origins], Mapping[str, bytes]] | None = None
    stricter: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ConvertedNet:
    """What a front end gives back for a net, which takes tensors and not rows.

    ``sample`` are the caller's tensors by input; ``batch`` is the symbol of the axis along which calls are independent,
    None where its length is fixed. ``layers`` maps a tensor of the graph to the layer that made it, as the source calls it.
    ``twin`` says how far roundings to a few bits reach, of a quantized net.
    """

    program: Program
    oracle: TensorOracle
    sample: Tensors
    batch: str | None
    layers: Mapping[str, str] = field(default_factory=dict)
    twin: Twin | None = None


@dataclass(frozen=True)
class Way:
    """One route from a net to a graph; ``convert`` goes it when its turn comes, and raises an UnsupportedError where it ends."""

    name: str
    convert: Callable[[], ConvertedNet]


# In the order in which they are tried: a further one only when the one before raises or fails its proof.
Ways: TypeAlias = tuple[Way, ...]


@dataclass(frozen=True)
class FrontEnd:
    """One framework.

    ``owns`` recognises live objects; ``sniff`` recognises files by their bytes; neither imports the framework.
    ``support`` lists (class, source of its definition), ``refused`` (class, why it is not converted).
    ``unproven`` lists (class, why no recipe proves it) of those that are supported but were never asked of the original.
    ``load_in`` loads a file in another interpreter, None where that is not needed: what the reader takes from the file
    does not depend on the framework's version. ``takes_arguments``: whether models may be asked with more than rows,
    and levels be named. ``nets``: whether models take tensors and not rows. ``takes_quantized``: whether integers that
    stand for numbers may be kept or not. ``folders``: whether ``sniff`` and ``load`` take folders too.
    """

    name: str
    extra: str
    owns: Callable[[object], bool]
    sniff: Callable[[Path], bool]
    load: Callable[[Path, Sequence[str]], LoadedModel]
    convert: Callable[[LoadedModel, Request], Converted | ConvertedNet | Ways]
    support: Callable[[], list[tuple[str, str]]]
    refused: Callable[[], list[tuple[str, str]]] = list
    unproven: Callable[[], list[tuple[str, str]]] = list
    load_in: Callable[[Path, Sequence[str], str], LoadedModel] | None = None
    takes_arguments: bool = False
    nets: bool = False
    takes_quantized: bool = False
    folders: bool = False
