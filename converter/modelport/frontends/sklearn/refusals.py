"""Estimators that are not converted, each with the reason: what they do cannot be exact in a graph, or is no prediction."""

__all__ = ["REFUSED"]

_ITERATES = (
    "transform runs an iteration of its own for each batch, until a tolerance is met; its last digits are not fixed"
)
_NO_TABLE = "its input is no table of features"

REFUSED: dict[str, str] = {
    "sklearn.decomposition.LatentDirichletAllocation": f"{_ITERATES}; convert the steps before it",
    "sklearn.decomposition.MiniBatchNMF": f"{_ITERATES}; TruncatedSVD or PCA are exact",
    "sklearn.decomposition.NMF": f"{_ITERATES}; TruncatedSVD or PCA are exact",
    "sklearn.feature_extraction.DictVectorizer": f"{_NO_TABLE} but dicts; fit a ColumnTransformer with a OneHotEncoder",
    "sklearn.feature_extraction.FeatureHasher": f"{_NO_TABLE} but dicts or pairs; use a HashingVectorizer or OneHotEncoder",
    "sklearn.feature_extraction.PatchExtractor": f"{_NO_TABLE} but images, and patches are drawn from each",
    "sklearn.preprocessing.MultiLabelBinarizer": f"{_NO_TABLE} but sets of labels; classifiers carry their classes themselves",
}
