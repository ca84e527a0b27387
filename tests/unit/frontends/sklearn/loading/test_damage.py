"""Cut, flipped and shuffled files: each gives a model or one of our errors, never another exception, crash or hang."""

import io
import pickle
import random
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import joblib
import numpy as np
import pytest
import skops.io
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.tree import DecisionTreeClassifier

from modelport.errors import ModelportError
from modelport.frontends.sklearn.loading import load_model, sniff

SEED = 20240917
FLIPS = 400


def models() -> Iterator[tuple[str, object]]:
    x = np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 1.0], [3.0, 5.0], [4.0, 4.0], [5.0, 0.5]])
    y = np.array(["no", "no", "yes", "yes", "yes", "no"])
    yield "linear", LogisticRegression().fit(x, y)
    yield "tree", DecisionTreeClassifier(max_depth=2, random_state=0).fit(x, y)
    yield "neighbours", KNeighborsClassifier(2, algorithm="kd_tree", leaf_size=2).fit(x, y)
    words = np.array([["a"], ["b"], ["c"], ["a"], ["b"], ["c"]], dtype=object)
    yield "words", make_pipeline(OneHotEncoder(), DecisionTreeClassifier(random_state=0)).fit(words, y)


def saved() -> Iterator[tuple[str, bytes]]:
    for name, model in models():
        for protocol in (0, 2, 5):
            yield f"{name}, pickle {protocol}", pickle.dumps(model, protocol)
        for packed in (0, 3, ("xz", 1)):
            buffer = io.BytesIO()
            joblib.dump(model, buffer, compress=packed)
            yield f"{name}, joblib {packed}", buffer.getvalue()
        yield f"{name}, skops", skops.io.dumps(model)


FILES = dict(saved())


@pytest.fixture
def attempt(tmp_path: Path) -> Callable[[bytes], object | None]:
    """Loads bytes; returns the model, or None when they were refused as they should be."""
    path = tmp_path / "model"

    def load(data: bytes) -> object | None:
        path.write_bytes(data)
        sniff(path)
        try:
            return load_model(path).model
        except ModelportError as err:
            assert err.what
            assert err.where == str(path)
            assert err.fix
            return None

    return load


@pytest.mark.parametrize("name", FILES)
def test_whole_files_load(attempt: Callable[[bytes], object | None], name: str) -> None:
    assert attempt(FILES[name]) is not None


@pytest.mark.parametrize("name", ["linear, pickle 0", "linear, pickle 5", "linear, joblib 0", "linear, joblib 3"])
def test_cut_at_every_byte(attempt: Callable[[bytes], object | None], name: str) -> None:
    whole = FILES[name]
    for end in range(len(whole)):
        model = attempt(whole[:end])
        # zlib's checksum stands behind the model: without it the model is still whole
        assert model is None or (name == "linear, joblib 3" and end >= len(whole) - 4), f"{end} of {len(whole)} bytes"


@pytest.mark.parametrize("name", FILES)
def test_cut_somewhere(attempt: Callable[[bytes], object | None], name: str) -> None:
    whole = FILES[name]
    for end in sorted(random.Random(SEED).sample(range(len(whole) - 60), 40)):
        assert attempt(whole[:end]) is None


@pytest.mark.parametrize("name", FILES)
def test_flipped_bits(attempt: Callable[[bytes], object | None], name: str) -> None:
    whole, dice = FILES[name], random.Random(SEED)
    for _ in range(FLIPS // 4 if "skops" in name else FLIPS):
        flipped = bytearray(whole)
        for _ in range(dice.choice([1, 1, 1, 2, 8])):
            flipped[dice.randrange(len(whole))] ^= 1 << dice.randrange(8)
        model = attempt(bytes(flipped))
        if isinstance(model, DecisionTreeClassifier | KNeighborsClassifier):
            use(model)


def use(model: DecisionTreeClassifier | KNeighborsClassifier) -> None:
    """What was let through does not read outside its arrays; other failures are the model's own affair."""
    try:
        with np.errstate(all="ignore"):
            model.predict(np.array([[0.5, 0.5], [4.0, 3.0]]))
    except Exception:  # noqa: BLE001  # a parameter may be nonsense now; only a crash of the process is our fault
        return


@pytest.mark.parametrize("name", [name for name in FILES if "pickle" in name or "joblib 0" in name])
def test_shuffled_bytes(attempt: Callable[[bytes], object | None], name: str) -> None:
    whole, dice = FILES[name], random.Random(SEED)
    for _ in range(60):
        start, end = sorted(dice.sample(range(len(whole)), 2))
        middle = bytearray(whole[start:end])
        dice.shuffle(middle)
        attempt(whole[:start] + bytes(middle) + whole[end:])
        attempt(whole[:start] + whole[end:])
        attempt(whole[:start] + whole[start:end] * 2 + whole[end:])


def test_damaged_members_of_a_skops_file(attempt: Callable[[bytes], object | None]) -> None:
    """Below the archive's checksums: each member is cut or flipped, then packed again."""
    dice = random.Random(SEED)
    for name in ("linear, skops", "tree, skops", "neighbours, skops"):
        with zipfile.ZipFile(io.BytesIO(FILES[name])) as archive:
            members = {member: archive.read(member) for member in archive.namelist()}
        for _ in range(150):
            member = dice.choice(list(members))
            content = bytearray(members[member])
            content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
            if dice.random() < 0.2:
                del content[dice.randrange(len(content)) :]
            buffer = io.BytesIO()
            with zipfile.ZipFile(buffer, "w") as archive:
                for other, whole in members.items():
                    archive.writestr(other, bytes(content) if other == member else whole)
            model = attempt(buffer.getvalue())
            if isinstance(model, DecisionTreeClassifier | KNeighborsClassifier):
                use(model)
