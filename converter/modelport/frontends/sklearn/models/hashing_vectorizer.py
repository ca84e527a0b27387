"""HashingVectorizer: a text step that hashes terms, then rows of norm 1."""

from typing import Any

from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._text import counted_terms, refused_options
from modelport.frontends.sklearn.models.tfidf_transformer import normalized

__all__ = ["MODEL"]


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Columns:
    """Shapes: text [N] -> [N, n_features]. Numerics: counts are exact; the norm is a sum over the row's terms."""
    counted = counted_terms(
        scope,
        estimator,
        table,
        width=int(estimator.n_features),
        counting="signed_hash" if estimator.alternate_sign else "hash",
    )
    return normalized(scope, counted, estimator.norm)


MODEL = Model(
    classes=["sklearn.feature_extraction.HashingVectorizer"],
    convert=_convert,
    refuse=refused_options,
    source="sklearn/feature_extraction/text.py and _hashing_fast.pyx of 1.9, HashingVectorizer.transform",
    terms=True,
)
