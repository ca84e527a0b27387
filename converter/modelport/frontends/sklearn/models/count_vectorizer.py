"""CountVectorizer and TfidfVectorizer: a text step with the fitted vocabulary, then tf-idf."""

from typing import Any

from modelport.frontends.sklearn._columns import Columns
from modelport.frontends.sklearn._model import Model
from modelport.frontends.sklearn._scope import Scope
from modelport.frontends.sklearn.models._text import counted_terms, is_text, refused_options
from modelport.frontends.sklearn.models.tfidf_transformer import tfidf

__all__ = ["MODEL"]

# A term that no text can be: the id stays, and is never counted.
_NO_TERM = "\ue000no term {}"


def _convert(scope: Scope, estimator: Any, table: Columns, _: Any) -> Columns:
    """Shapes: text [N] -> [N, V]. Numerics: counts are exact."""
    estimator._check_vocabulary()  # a fixed vocabulary is checked at first use
    width = len(estimator.vocabulary_)
    terms = [_NO_TERM.format(index) for index in range(width)]
    for term, index in estimator.vocabulary_.items():
        if is_text(term):
            terms[int(index)] = str(term)
    counted = counted_terms(scope, estimator, table, width=width, counting="vocabulary", terms=terms)
    inner = getattr(estimator, "_tfidf", None)
    return counted if inner is None else tfidf(scope, inner, counted)


MODEL = Model(
    classes=["sklearn.feature_extraction.CountVectorizer", "sklearn.feature_extraction.TfidfVectorizer"],
    convert=_convert,
    refuse=refused_options,
    source="sklearn/feature_extraction/text.py of 1.9, CountVectorizer.transform, TfidfVectorizer.transform",
    terms=True,
)
