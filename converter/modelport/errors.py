"""Every error that modelport raises on purpose, with its code and exit family.

    ModelportError
    ├── UsageError                MP0xx  exit 2  a flag, a name or a path is wrong
    │   ├── InvalidNameError      MP001
    │   ├── ConfigError           MP002
    │   ├── PathError             MP003
    │   └── OutputError           MP004
    ├── UnsupportedError          MP1xx  exit 3  the model cannot be converted exactly
    │   ├── UnknownModelError     MP101
    │   ├── ModelFileError        MP102
    │   ├── UntrustedModelError   MP103
    │   ├── NotFittedError        MP104
    │   ├── UnsupportedModelError MP105
    │   └── UnsupportedTypeError  MP106
    ├── ContractError             MP2xx  exit 3  rows do not fit the model
    │   ├── MissingColumnError    MP201
    │   ├── SampleError           MP202
    │   ├── DataFileError         MP203
    │   ├── RowRefusedError       MP204
    │   └── TensorError           MP205
    ├── ParityError               MP301  exit 1  predictions are not those of the original
    ├── BundleError               MP4xx  exit 4  a bundle is tampered with, stale or not one
    │   ├── TamperedBundleError   MP401
    │   └── NotABundleError       MP402
    └── SetupError          MP5xx  exit 5  a tool, a package or a pass failed
        ├── MissingPackageError   MP501
        ├── ToolError             MP502
        └── PassError             MP503

Each error says four things: a stable ``code``, ``what`` was seen, ``where`` it was seen, and a ``fix``
that the reader can carry out.
"""

from collections.abc import Sequence
from difflib import get_close_matches

__all__ = [
    "BundleError",
    "ConfigError",
    "ContractError",
    "DataFileError",
    "InvalidNameError",
    "MissingColumnError",
    "MissingPackageError",
    "ModelFileError",
    "ModelportError",
    "NotABundleError",
    "NotFittedError",
    "OutputError",
    "ParityError",
    "PassError",
    "PathError",
    "RowRefusedError",
    "SampleError",
    "SetupError",
    "TamperedBundleError",
    "TensorError",
    "ToolError",
    "UnknownModelError",
    "UnsupportedError",
    "UnsupportedModelError",
    "UnsupportedTypeError",
    "UntrustedModelError",
    "UsageError",
    "did_you_mean",
]


class ModelportError(Exception):
    """Base of all errors; ``str()`` gives the whole message on three lines."""

    code = "MP000"
    exit_code = 5

    def __init__(self, what: str, *, where: str, fix: str) -> None:
        self.what = what
        self.where = where
        self.fix = fix
        super().__init__(f"{self.code}: {what}\n  where: {where}\n  fix:   {fix}")


class UsageError(ModelportError):
    """A flag, a name or a path is wrong."""

    code = "MP000"
    exit_code = 2


class InvalidNameError(UsageError):
    """A name cannot be an identifier in a target language."""

    code = "MP001"


class ConfigError(UsageError):
    """A flag or a key of modelport.toml is unknown or has a wrong value."""

    code = "MP002"


class PathError(UsageError):
    """An input path does not exist or is of the wrong kind."""

    code = "MP003"


class OutputError(UsageError):
    """The output exists already or cannot be written."""

    code = "MP004"


class UnsupportedError(ModelportError):
    """The model cannot be converted exactly."""

    code = "MP100"
    exit_code = 3


class UnknownModelError(UnsupportedError):
    """No front end recognises the file or object."""

    code = "MP101"


class ModelFileError(UnsupportedError):
    """The model file is empty, truncated or damaged."""

    code = "MP102"


class UntrustedModelError(UnsupportedError):
    """The model file names types outside the allow list; nothing of it was run."""

    code = "MP103"


class NotFittedError(UnsupportedError):
    """The estimator, or a part of it, was never fitted."""

    code = "MP104"


class UnsupportedModelError(UnsupportedError):
    """Parts of the model cannot be converted; all of them are named at once."""

    code = "MP105"


class UnsupportedTypeError(UnsupportedError):
    """A column, label or tensor has a type that no target can carry."""

    code = "MP106"


class ContractError(ModelportError):
    """Rows do not fit the model's contract."""

    code = "MP200"
    exit_code = 3


class MissingColumnError(ContractError):
    """Rows lack columns that the model needs."""

    code = "MP201"


class SampleError(ContractError):
    """The original model cannot predict the sample rows."""

    code = "MP202"


class DataFileError(ContractError):
    """A data file cannot be read as rows."""

    code = "MP203"


class RowRefusedError(ContractError):
    """In strict mode: a row that the original model refuses."""

    code = "MP204"


class TensorError(ContractError):
    """A tensor has a type or a shape that the model does not take."""

    code = "MP205"


class ParityError(ModelportError):
    """Predictions are not those of the original."""

    code = "MP301"
    exit_code = 1


class BundleError(ModelportError):
    """A bundle cannot be used."""

    code = "MP400"
    exit_code = 4


class TamperedBundleError(BundleError):
    """A sealed file is missing, added or changed."""

    code = "MP401"


class NotABundleError(BundleError):
    """The path is no bundle, or one of a format this version cannot read."""

    code = "MP402"


class SetupError(ModelportError):
    """A tool, a package or a pass failed."""

    code = "MP500"
    exit_code = 5


class MissingPackageError(SetupError):
    """A Python package is missing; the message names the extra to install."""

    code = "MP501"


class ToolError(SetupError):
    """A build tool is missing or failed."""

    code = "MP502"


class PassError(SetupError):
    """A pass raised or broke its postcondition."""

    code = "MP503"


def did_you_mean(name: str, known: Sequence[str]) -> str:
    """Says which known names lie near ``name``, or lists a few, as the end of a ``fix``."""
    near = get_close_matches(name, known, n=3, cutoff=0.6)
    if near:
        return f"did you mean {' or '.join(repr(n) for n in near)}?"
    listed = ", ".join(repr(n) for n in list(known)[:12])
    return f"known: {listed}{', …' if len(known) > 12 else ''}"
