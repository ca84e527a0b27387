"""RRF: regularized random forests, which a copy of randomForest's own code predicts with."""

from dataclasses import replace

from modelport.frontends.r.models.random_forest import MODEL as FOREST
from modelport.frontends.r.serialize import NULL, RList, RObject, RStrings, as_array

__all__ = ["MODEL"]


def _refuse(model: RObject) -> list[str]:
    reasons = FOREST.refuse(model)
    forest = model.get("forest")
    if forest is None or forest is NULL:
        return reasons
    levels = forest.get("xlevels")
    parts = levels.values if isinstance(levels, RList) else []
    pairs = zip(parts, as_array(forest["ncat"]).tolist(), strict=False)
    if any(isinstance(own, RStrings) and len(own) > 1 and count == 1 for own, count in pairs):
        reasons.append(
            "of ordered factors it takes other levels than randomForest; make numbers of them before the fit"
        )
    return reasons


MODEL = replace(
    FOREST,
    classes=["RRF"],
    under=["RRF.formula"],
    package="RRF",
    refuse=_refuse,
    source="RRF 1.9, R/predict.RRF.R; the C code of randomForest",
    unproven="the package RRF was not at hand",
)
