"""Renders the bundle of a net as a CMake project: typed tensors by name in and out, the runtime, the model and its cases.

Laid out as target.py says. What differs from a library of rows stands in bindings/cpp_net, all else comes from bindings/cpp.
"""

from collections.abc import Sequence

from modelport.bundle.cases_io import encode_cases
from modelport.bundle.manifest import TargetOptions
from modelport.bundle.reader import Bundle
from modelport.evidence.cases import Case
from modelport.targets.cpp.net_example import net_example
from modelport.targets.cpp.net_view import net_view
from modelport.targets.cpp.packing import pack_files
from modelport.targets.cpp.templates import rendered
from modelport.targets.cpp.vendor import vendored_net_sources

__all__ = ["render_net"]

_VECTORS = "vectors/"
# The self-test is part of every program that links the library.
_SELF_TEST_CASES = 8
_SELF_TEST_BYTES = 1 << 20


def render_net(bundle: Bundle, options: TargetOptions) -> dict[str, bytes]:
    """Returns the files of the project by path. Raises: UnsupportedModelError when C++ cannot carry the net."""
    cases = bundle.cases()
    chosen = _self_test_cases(cases)
    view = net_view(bundle, options, [case.name for case in cases], [case.name for case in chosen])
    files = vendored_net_sources(view.home, view.notice)
    files |= rendered(["cpp_net", "cpp"], view, net_example(view, cases), files)
    files["model/model.onnx"] = bundle.files["model.onnx"]
    files["model/self_test.bin"] = pack_files(encode_cases(chosen, bundle.contract))
    for path in bundle.files:
        if path.startswith(_VECTORS):
            files[f"tests/{path}"] = bundle.files[path]
    return dict(sorted(files.items()))


def _self_test_cases(cases: Sequence[Case]) -> list[Case]:
    """The smallest cases that have an answer at all, in their order; one of them however large it is."""
    sizes = {c: _size(case) for c, case in enumerate(cases) if any(a.expected.size for a in case.answers.values())}
    chosen: list[int] = []
    total = 0
    for c in sorted(sizes, key=lambda c: (sizes[c], c)):
        total += sizes[c]
        if len(chosen) == _SELF_TEST_CASES or (chosen and total > _SELF_TEST_BYTES):
            break
        chosen.append(c)
    return [cases[c] for c in sorted(chosen)]


def _size(case: Case) -> int:
    answers = sum(answer.expected.nbytes + answer.bound.nbytes for answer in case.answers.values())
    return answers + sum(tensor.nbytes for tensor in case.inputs.values())
