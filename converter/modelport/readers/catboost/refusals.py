"""What of a CatBoost model cannot be converted exactly, each as one sentence with what to do."""

from typing import Any

from modelport.readers.catboost.model import CatBoostModel

__all__ = ["refusals", "unreadable"]


def refusals(model: CatBoostModel) -> list[str]:
    """Every reason at once."""
    reasons: list[str] = []
    if model.classes is not None and model.dimensions == 1 and len(model.classes.labels) < 2:
        reasons.append("training saw one class only, CatBoost itself gives probabilities of two; train with both")
    if model.ctrs and model.mixed_statistics:
        reasons.append(
            f"statistics of type {', '.join(model.mixed_statistics)} by several TargetBorderCount, of which CatBoost exports "
            "one table only; train with one"
        )
    if not len(model.trees.roots):
        reasons.append("the model has no trees; train at least one")
    return reasons


# Any: a live CatBoost object, which has no types.
def unreadable(model: Any) -> list[str]:
    """Why the library does not export it: text and embeddings are turned to numbers by estimators of its own."""
    counts = {"text": model._get_text_feature_indices(), "embedding": model._get_embedding_feature_indices()}
    return [
        f"{len(columns)} {kind} feature(s): their estimators are no part of any export; train without {kind}_features"
        for kind, columns in counts.items()
        if len(columns)
    ]
