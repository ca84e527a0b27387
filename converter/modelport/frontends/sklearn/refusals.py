"""Estimators that are not converted, each with the reason: what they do cannot be exact in a graph, or is no prediction."""

__all__ = ["REFUSED"]

_BY_BATCH = "transform iterates until the whole batch has settled: what a row becomes depends on the rows beside it"
_BY_ROW = "transform iterates for each row until a tolerance is met, and no bound of what rounding adds up to is known"
_NO_TABLE = "its input is no table of features"

REFUSED: dict[str, str] = {
    "sklearn.decomposition.LatentDirichletAllocation": f"{_BY_ROW}; convert the steps before it",
    "sklearn.decomposition.MiniBatchNMF": f"{_BY_BATCH}; TruncatedSVD or PCA are exact",
    "sklearn.decomposition.NMF": f"{_BY_BATCH}; TruncatedSVD or PCA are exact",
    "sklearn.feature_extraction.DictVectorizer": f"{_NO_TABLE} but dicts; fit a ColumnTransformer with a OneHotEncoder",
    "sklearn.feature_extraction.FeatureHasher": f"{_NO_TABLE} but dicts or pairs; use a HashingVectorizer or OneHotEncoder",
    "sklearn.feature_extraction.PatchExtractor": f"{_NO_TABLE} but images, and patches are drawn from each",
    "sklearn.preprocessing.MultiLabelBinarizer": f"{_NO_TABLE} but sets of labels; classifiers carry their classes themselves",
}
