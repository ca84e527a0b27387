"""Classes of R that are known and not converted: the reason, and what to do instead.

What one object of a converted class has too much is said by its own file in models/; here are classes of which none can be.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from modelport.errors import UnsupportedModelError

__all__ = ["REFUSED", "Refused", "refusal_of"]


@dataclass(frozen=True)
class Refused:
    """``why`` completes 'it is not converted: …'; ``fix`` starts with a verb."""

    package: str
    why: str
    fix: str

    def row(self, name: str) -> tuple[str, str]:
        """For the support table: package::class, and the reason with the way out."""
        return f"{self.package}::{name}", f"{self.why}; {self.fix}"


_CHOICE = (
    "a row is one alternative, and the rows of a choice predict together: what one gets depends on the rows beside it",
    "fit nnet::multinom() on a table with one row a choice",
)
_SERVER = ("the object is the name of a model that lives in a running H2O", "fit the model by a package of R itself")
_HONEST = (
    "a prediction weighs all rows of the fit by the trees in which they share a leaf with the row, in C++ of its own format",
    "fit ranger() or randomForest()",
)

_RESULTS = (
    "it is a table of what tuning or resampling gave, and no fitted model",
    "save a fitted workflow: extract_workflow(x) of last_fit(), or fit(finalize_workflow(workflow, select_best(x)), data)",
)

_CLOSURES = (
    "what its base learners learned stands in the environments of functions, which are not read",
    "fit gbm(), or glmnet() for a linear model",
)

REFUSED: dict[str, Refused] = {
    "mlogit": Refused("mlogit", *_CHOICE),
    "mnlogit": Refused("mnlogit", *_CHOICE),
    "gmnl": Refused("gmnl", *_CHOICE),
    "apollo": Refused(
        "apollo",
        "the utilities are a function of the user's own (apollo_probabilities), and nothing in a file is run",
        "fit nnet::multinom(), or compute the utilities as columns before",
    ),
    "knn": Refused(
        "class",
        "it gives labels for the rows of one call, and there is no model to save",
        "fit caret::knn3(), which keeps the rows",
    ),
    "kknn": Refused(
        "kknn",
        "it holds what was predicted for the rows of one call, and no model",
        "fit caret::knn3(), or caret::knnreg(), which keep the rows",
    ),
    "train.kknn": Refused(
        "kknn",
        "equally near rows stand in the order of a sort that does not keep theirs, and the package was not at hand to compare them",
        "fit caret::knn3(), or caret::knnreg()",
    ),
    "quantregForest": Refused(
        "quantregForest",
        "a quantile is taken of all fitted responses by weights of every leaf, for each row anew",
        "fit randomForest() for the mean",
    ),
    "catboost.Model": Refused(
        "catboost",
        "the object holds CatBoost's own model, which R does not read",
        "save it by catboost.save_model(model, 'model.cbm') and convert that file",
    ),
    "glmboost": Refused("mboost", *_CLOSURES),
    "gamboost": Refused("mboost", *_CLOSURES),
    "blackboost": Refused("mboost", *_CLOSURES),
    "mboost": Refused("mboost", *_CLOSURES),
    "extraTrees": Refused("extraTrees", "its trees are objects of Java, of which R saves a pointer", "fit ranger()"),
    "bag": Refused(
        "caret",
        "how its models are fitted, asked and put together are functions of the user's own, and nothing in a file is run",
        "fit bagEarth(), avNNet() or ipred's bagging()",
    ),
    "isolation_forest": Refused(
        "isotree",
        "its trees are bytes of the C++ library's own format, which differs by release and machine",
        "fit solitude's isolationForest, or IsolationForest of scikit-learn",
    ),
    "rfsrc": Refused(
        "randomForestSRC",
        "its trees are in tables of its own C code, which imputes missing values of a row by chance, and it was not at hand",
        "fit ranger() or randomForest()",
    ),
    "grf": Refused("grf", *_HONEST),
    "H2OAnomalyDetectionModel": Refused("h2o", *_SERVER),
    "H2OBinomialModel": Refused("h2o", *_SERVER),
    "H2OMultinomialModel": Refused("h2o", *_SERVER),
    "H2ORegressionModel": Refused("h2o", *_SERVER),
    "bundle": Refused(
        "bundle",
        "it is a model packed for another session of R, which only unbundle() knows to unpack",
        "unbundle it in R first: saveRDS(bundle::unbundle(x), 'model.rds')",
    ),
    "hardhat_model": Refused(
        "hardhat",
        "hardhat_model has no predict() of its own: that of the package that fitted it is not known here",
        "fit a model of a class that is known",
    ),
    "model_spec": Refused(
        "parsnip",
        "it is the specification of a model that is not fitted",
        "fit it: saveRDS(fit(spec, formula, data), 'model.rds')",
    ),
    "tune_results": Refused("tune", *_RESULTS),
    "resample_results": Refused("tune", *_RESULTS),
    "linear_stack": Refused(
        "stacks",
        "a stack of models is not converted",
        "save one member, a fitted workflow of $member_fits, as a file of its own",
    ),
    "vetiver_model": Refused(
        "vetiver",
        "it describes a model for a server, and has no predict() of its own",
        "save the model in it: saveRDS(x$model, 'model.rds'), unbundled where it is a bundle",
    ),
    "GraphLearner": Refused(
        "mlr3pipelines",
        "what its operators do to a task before and after the learner is not read",
        "prepare the columns before, and save the learner: x$state$model holds those of its operators",
    ),
    "AutoTuner": Refused(
        "mlr3tuning", "it tunes a learner and holds it", "save the learner alone: saveRDS(x$learner, 'model.rds')"
    ),
}


def refusal_of(vector: Sequence[str], where: str) -> UnsupportedModelError | None:
    """The error for the first class of a class vector that is known and not converted; None where there is none."""
    name = next((name for name in vector if name in REFUSED), None)
    if name is None:
        return None
    refused = REFUSED[name]
    return UnsupportedModelError(
        f"{refused.package}::{name} is not converted: {refused.why}", where=where, fix=refused.fix
    )
