"""The registry lists each class once, whatever front ends convert it."""

from modelport.frontends.registry import supported


def test_every_class_stands_once() -> None:
    rows = supported()
    names = [name for _, name, _ in rows]
    assert len(names) == len(set(names))
    front_end = {name: front for front, name, _ in rows}
    assert front_end["catboost.CatBoostClassifier"] == "boosting"
    assert front_end["xgboost.XGBClassifier"] == "scikit-learn"
