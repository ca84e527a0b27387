"""Finds everything in a fitted estimator that cannot be converted, before anything is: all of it at once."""

from collections.abc import Iterator
from typing import Any

from modelport.errors import NotFittedError, UnknownModelError, UnsupportedModelError
from modelport.frontends.sklearn._model import find_model, models, qualified_name
from modelport.frontends.sklearn.fallback import has_fallback
from modelport.remote import Remote

__all__ = ["check_fitted", "check_supported", "support_rows"]


def _walk(estimator: Any, path: str) -> Iterator[tuple[str, Any]]:
    yield path, estimator
    model = find_model(estimator)
    if model is not None:
        for name, part in model.parts(estimator):
            yield from _walk(part, f"{path}.{name}")


def check_fitted(estimator: Any) -> None:
    """Raises NotFittedError naming every part that was never fitted."""
    from sklearn.exceptions import NotFittedError as Unfitted
    from sklearn.utils.validation import check_is_fitted

    _check_estimator(estimator)
    unfitted: list[str] = []
    try:
        parts = list(_walk(estimator, "model"))
    except AttributeError:
        # Containers name their fitted parts only after fit.
        parts = [("model", estimator)]
    for path, part in parts:
        try:
            if isinstance(part, Remote):
                if not part.remote_fitted():
                    raise Unfitted
                continue
            check_is_fitted(part)
        except Unfitted:
            unfitted.append(f"{path} ({type(part).__name__})")
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


def check_supported(estimator: Any) -> None:
    """Raises UnsupportedModelError listing every part without a converter and every option that is not covered."""
    reasons: list[str] = []
    for path, part in _walk(estimator, "model"):
        name = qualified_name(part)
        model = find_model(part)
        if model is None:
            if not has_fallback(part):
                reasons.append(f"{path}: no converter for {name}")
        else:
            reasons += [f"{path}: {name}: {reason}" for reason in model.refuse(part)]
    if reasons:
        raise UnsupportedModelError(
            f"{len(reasons)} part(s) cannot be converted exactly: {'; '.join(reasons)}",
            where=f"model {type(estimator).__name__}",
            fix="replace these parts, or add a converter: one file in frontends/sklearn/models (CONTRIBUTING.md)",
        )


def support_rows() -> list[tuple[str, str]]:
    """Returns (class, source of its definition) of every converter, for the support table."""
    return sorted((name, model.source) for name, model in models().items())
