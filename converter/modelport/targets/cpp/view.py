"""What the C++ templates show: every name, type and expression, decided here so that templates only place them."""

from dataclasses import dataclass

from modelport.bundle.manifest import TargetOptions
from modelport.bundle.reader import Bundle
from modelport.errors import UnsupportedModelError
from modelport.ir.contract import Contract
from modelport.targets._weights import weight_faults
from modelport.targets.cpp.features import EnumView, FeatureView, ListView, feature_views
from modelport.targets.cpp.library import MODEL_FILES, EmbeddedView, LibraryView, library_view
from modelport.targets.cpp.literals import string_literal
from modelport.targets.cpp.outputs import OutputView, output_views

__all__ = ["ProjectView", "project_view"]

_ELEMENTS = {"double": "float64", "float": "float32", "int64": "int64", "bool": "boolean", "string": "text"}
_TEXT = EmbeddedView("text", "model/text.bin", "TEXT_FILE", "What the text steps look up")


@dataclass(frozen=True)
class ProjectView(LibraryView):
    """The whole project of a model of rows."""

    missing_literal: str
    unknown_literal: str
    inputs: tuple[str, ...]
    features: tuple[FeatureView, ...]
    outputs: tuple[OutputView, ...]
    texts: tuple[str, ...]
    text_sha256: str | None

    @property
    def embedded(self) -> tuple[EmbeddedView, ...]:
        """The files inside the library."""
        return (*MODEL_FILES, _TEXT) if self.texts else MODEL_FILES

    @property
    def enums(self) -> tuple[tuple[int, EnumView], ...]:
        """The enums of all category features, with the feature's position."""
        return tuple((feature.index, feature.enum) for feature in self.features if feature.enum)

    @property
    def lists(self) -> tuple[ListView, ...]:
        """The constant lists of all features."""
        return tuple(item for feature in self.features for item in feature.lists)

    @property
    def classes(self) -> tuple[OutputView, ...]:
        """The outputs that have classes."""
        return tuple(output for output in self.outputs if output.classes)


def project_view(bundle: Bundle, options: TargetOptions) -> ProjectView:
    """Decides every name and type of the project.

    Raises: UnsupportedModelError naming everything about the model that C++ cannot carry.
    """
    manifest, contract = bundle.manifest, bundle.contract
    _refuse_unsupported(bundle)
    return ProjectView(
        **vars(library_view(bundle, options)),
        missing_literal=string_literal(contract.missing_string),
        unknown_literal=string_literal(contract.unknown_string),
        inputs=_inputs(contract),
        features=feature_views(contract, options.cpp_namespace),
        outputs=output_views(contract),
        texts=_texts(contract),
        text_sha256=manifest.files["text.bin"].sha256 if contract.text_steps else None,
    )


def _inputs(contract: Contract) -> tuple[str, ...]:
    return tuple(
        f"{{{string_literal(tensor.name)}, Element::{_ELEMENTS[tensor.element]}, {tensor.width or 0}}}"
        for tensor in contract.inputs
    )


def _texts(contract: Contract) -> tuple[str, ...]:
    features = [feature.name for feature in contract.features]
    inputs = [tensor.name for tensor in contract.inputs]
    return tuple(
        f"{{{features.index(step.feature)}, {inputs.index(step.ids)}, {inputs.index(step.counts)}, {step.dense_width}}}"
        for step in contract.text_steps
    )


def _refuse_unsupported(bundle: Bundle) -> None:
    contract = bundle.contract
    faults = weight_faults(bundle)
    faults += [f"label output {o.name} lists no classes" for o in contract.labels() if not o.classes]
    faults += [
        f"number output {o.name} is of type {o.dtype}" for o in contract.outputs if not _is_carried(o.role, o.dtype)
    ]
    if faults:
        raise UnsupportedModelError(
            f"no C++ library can be generated: {'; '.join(faults)}",
            where=f"model {bundle.name}",
            fix="leave cpp out of --targets, or ask for fewer outputs with --outputs",
        )


def _is_carried(role: str, dtype: str) -> bool:
    return dtype != "float32" if role == "label" else dtype in ("float64", "float32")
