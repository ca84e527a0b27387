"""What of a CatBoost model cannot be converted exactly, each as one sentence with what to do."""

from modelport.readers.catboost.model import CatBoostModel

__all__ = ["refusals"]


def refusals(model: CatBoostModel) -> list[str]:
    """Every reason at once."""
    reasons: list[str] = []
    for kind in sorted(set(model.others)):
        reasons.append(
            f"{model.others.count(kind)} {kind} feature(s): their estimators are no part of the model's export; "
            f"train without {kind}_features"
        )
    if not len(model.trees.roots):
        reasons.append("the model has no trees; train at least one")
    return [*reasons, *model.faults]
