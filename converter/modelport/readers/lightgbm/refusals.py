"""What of a LightGBM model cannot be converted exactly."""

from modelport.readers.lightgbm.categories import kind_of
from modelport.readers.lightgbm.links import Link
from modelport.readers.lightgbm.model import LightGBMModel

__all__ = ["refusals"]


def refusals(model: LightGBMModel, link: Link | None, columns: tuple[int, ...] | None) -> list[str]:
    """Returns one sentence for each reason; ``columns`` are its pandas category columns, None where that is open."""
    reasons: list[str] = []
    if link is None:
        reasons.append(f"objective {(model.objective or '')[:60]!r} is not known; ask for raw scores of a known one")
    if columns is None:
        reasons.append(
            "which of its columns were pandas categories cannot be told from the file; give the fitted estimator with a "
            "DataFrame as the sample, or train on their codes"
        )
    mixed = [i for i, labels in enumerate(model.pandas_categories or ()) if kind_of(labels) is None]
    if mixed:
        reasons.append(
            f"{len(mixed)} pandas category column(s) mix text and numbers, or hold numbers beyond 2**53; turn them into text"
        )
    return reasons
