"""Which object of a file is the model, and what is said where none is, or where there are several."""

from pathlib import Path
from struct import pack

import pytest

from modelport.errors import ModelFileError, UnknownModelError, UnsupportedModelError
from modelport.frontends.r import FRONTEND
from modelport.frontends.r._loaded import RFile
from modelport.frontends.r._model import find_model, models
from modelport.frontends.r._refused import REFUSED
from modelport.frontends.r.models.lightgbm import MODEL as LIGHTGBM
from modelport.frontends.r.models.xgboost import MODEL as XGBOOST
from modelport.frontends.r.serialize import read
from tests.unit.frontends.r.serialize._streams import characters, doubles, item, listed, pairs, rds, symbol

NONE = pack(">i", 254)
WORKSPACE = b"RDX2\n"


def _about(class_: bytes, *names: bytes) -> bytes:
    cells = [(symbol(b"names"), characters(*names))] if names else []
    return pairs(*cells, (symbol(b"class"), characters(class_)))


LM = listed(attributes=_about(b"lm"))
TABLE = listed(doubles(1), attributes=_about(b"data.frame", b"x"))


def _fault(data: bytes) -> UnknownModelError:
    with pytest.raises(UnknownModelError) as found:
        find_model(read(rds(data), "model.rds"), "model.rds")
    return found.value


def _load(folder: Path, data: bytes) -> RFile:
    path = folder / "all.RData"
    path.write_bytes(data)
    assert FRONTEND.sniff(path)
    loaded = FRONTEND.load(path, ()).model
    assert isinstance(loaded, RFile)
    return loaded


def test_a_list_of_models_names_them() -> None:
    found = _fault(listed(LM, TABLE, LM, attributes=pairs((symbol(b"names"), characters(b"first", b"data", b"last")))))
    assert "first (lm), last (lm)" in found.what
    assert "x[['first']]" in found.fix


def test_a_list_without_names_counts_them() -> None:
    assert "x[[1]]" in _fault(listed(LM, LM)).fix


def test_a_wrapper_of_an_unknown_class_names_the_model_in_it() -> None:
    assert "fit (lm)" in _fault(listed(LM, attributes=_about(b"wrapped", b"fit"))).what


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (TABLE, "a list of class 'data.frame'"),
        (doubles(1), "a double vector of 1"),
        (NONE, "but NULL"),
        (pack(">i", 253), "a global environment"),
        (pack(">i", 3) + NONE + symbol(b"x"), "a function"),
    ],
)
def test_what_is_no_model_is_described(data: bytes, what: str) -> None:
    assert what in _fault(data).what


def test_an_unknown_class_names_near_ones() -> None:
    assert "lm" in _fault(listed(attributes=_about(b"lmm"))).fix


def test_a_known_class_that_is_refused_says_why() -> None:
    with pytest.raises(UnsupportedModelError, match="a row is one alternative") as found:
        find_model(read(rds(listed(LM, attributes=_about(b"mlogit", b"model"))), "model.rds"), "model.rds")
    assert found.value.fix.startswith("fit nnet::multinom()")


def test_no_class_is_both_converted_and_refused() -> None:
    assert not set(REFUSED) & set(models())


def test_the_one_model_of_a_workspace_is_taken(tmp_path: Path) -> None:
    found = _load(tmp_path, WORKSPACE + rds(pairs((symbol(b"data"), TABLE), (symbol(b"fit"), LM))))
    assert found.where == "all.RData, object fit"
    assert found.path is None


def test_of_several_models_none_is_taken(tmp_path: Path) -> None:
    two = WORKSPACE + rds(pairs((symbol(b"a"), LM), (symbol(b"b"), LM)))
    with pytest.raises(UnknownModelError, match=r"a \(lm\), b \(lm\)"):
        _load(tmp_path, two)
    with pytest.raises(UnknownModelError, match="no model of a known class: x"):
        _load(tmp_path, WORKSPACE + rds(pairs((symbol(b"x"), TABLE), (symbol(b"y"), doubles(1)))))


@pytest.mark.parametrize(("model", "class_"), [(XGBOOST, b"xgb.Booster"), (LIGHTGBM, b"lgb.Booster")])
def test_a_pointer_that_r_did_not_save(model: object, class_: bytes) -> None:
    lost = listed(item(22, NONE + NONE), NONE, attributes=_about(class_, b"handle", b"raw"))
    given = read(rds(lost), "model.rds")
    name, found = find_model(given, "model.rds")
    assert (name, found) == (class_.decode(), model)
    with pytest.raises(ModelFileError, match="R saved a pointer") as error:
        found.refuse(given)
    assert "save" in error.value.fix
