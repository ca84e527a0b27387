"""Finds everything in a fitted estimator that cannot be converted, before anything is: all of it at once."""

from collections.abc import Iterator
from typing import Any

from modelport.errors import NotFittedError, UnknownModelError, UnsupportedModelError
from modelport.frontends.sklearn._model import find_model, models, qualified_name
from modelport.frontends.sklearn.refusals import REFUSED
from modelport.remote import Remote

__all__ = ["check_fitted", "check_supported", "support_rows"]


_WAYS = ("predict", "transform", "decision_function", "score_samples")


def _walk(estimator: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield path, estimator
    model = find_model(estimator)
    if model is None:
        return
    try:
        parts = model.parts(estimator)
    except AttributeError:
        # Containers know their fitted parts only after fit.
        return
    for name, part in parts:
        yield from _walk(part, (*path, name))


def _shown(path: tuple[str, ...], estimator: Any) -> str:
    """'preprocess → num → IterativeImputer'."""
    return " → ".join([*path, qualified_name(estimator).rsplit(".", 1)[-1]])


def check_fitted(estimator: Any) -> None:
    """Raises NotFittedError naming every part that was never fitted."""
    from sklearn.exceptions import NotFittedError as Unfitted
    from sklearn.utils.validation import check_is_fitted

    _check_estimator(estimator)
    unfitted: list[str] = []
    for path, part in _walk(estimator):
        if _needs_no_fit(part):
            continue
        try:
            if isinstance(part, Remote):
                if not part.remote_fitted():
                    raise Unfitted
                continue
            check_is_fitted(part)
        except Unfitted:
            if not _refused(part):
                unfitted.append(_shown(path, part))
        except TypeError:
            continue
    if unfitted:
        raise NotFittedError(
            f"not fitted: {', '.join(unfitted)}",
            where=f"model {type(estimator).__name__}",
            fix="call fit() and save the fitted object",
        )


def _check_estimator(estimator: Any) -> None:
    """Files often hold a dict of a model and more."""
    if hasattr(estimator, "fit") or find_model(estimator) is not None:
        return
    inside = estimator.items() if isinstance(estimator, dict) else []
    found = [key for key, value in inside if hasattr(value, "fit")]
    raise UnknownModelError(
        f"a {qualified_name(estimator).removeprefix('builtins.')} is no estimator",
        where="the model given",
        fix=f"save or give what it holds under {', '.join(map(repr, found))} alone"
        if found
        else "give the fitted estimator itself",
    )


def _needs_no_fit(part: Any) -> bool:
    """Hashes have no state, and a vocabulary that was given is there before fit(); old versions do not say so."""
    kind = qualified_name(part)
    if kind == "sklearn.feature_extraction.CountVectorizer":
        return part.vocabulary is not None
    return kind == "sklearn.feature_extraction.HashingVectorizer"


def _refused(part: Any) -> bool:
    """True for what was fitted in a way that leaves nothing to predict with: that is said in its own words."""
    model = find_model(part)
    try:
        return bool(model is not None and model.refuse(part))
    except AttributeError:
        return False


def check_supported(estimator: Any) -> None:
    """Raises UnsupportedModelError listing every part without a converter and every option that is not covered."""
    reasons: dict[str, list[str]] = {}
    for path, part in _walk(estimator):
        name = qualified_name(part)
        model = find_model(part)
        found = [_unknown(part, name)] if model is None else model.refuse(part)
        for reason in found:
            reasons.setdefault(reason, []).append(_shown(path, part))
    if reasons:
        count = sum(len(paths) for paths in reasons.values())
        raise UnsupportedModelError(
            f"{count} part(s) cannot be converted exactly: "
            + "; ".join(f"{_some(paths)}: {reason}" for reason, paths in reasons.items()),
            where=f"model {type(estimator).__name__}",
            fix="replace these parts, or add a converter: one file in frontends/sklearn/models (CONTRIBUTING.md)",
        )


def _unknown(part: Any, name: str) -> str:
    if name in REFUSED:
        return REFUSED[name]
    if hasattr(part, "fit") and not any(hasattr(part, way) for way in _WAYS):
        return "it says nothing about new rows: there is no predict or transform to convert"
    return f"no converter for {name}"


def _some(paths: list[str]) -> str:
    """The first of the paths, and how many more there are: an ensemble holds hundreds that are alike."""
    return paths[0] if len(paths) == 1 else f"{paths[0]} and {len(paths) - 1} more like it"


def support_rows() -> list[tuple[str, str]]:
    """Returns (class, source of its definition) of every converter, for the support table."""
    return sorted((name, model.source) for name, model in models().items())
