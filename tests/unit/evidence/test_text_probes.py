"""Texts that are tried in the inputs of a net."""

import numpy as np

from modelport.evidence.text_probes import TextSource

RNG = np.random.default_rng(0)


def _sample(*texts: str) -> np.ndarray:
    return np.array(texts, dtype=object)


def test_known_texts_are_drawn_and_changed() -> None:
    source = TextSource(["Berlin", "Bonn"], _sample("Berlin", "elsewhere"))
    assert set(source.draw([50], RNG).tolist()) == {"Berlin", "Bonn"}
    probes = source.probes()
    assert probes["known texts"] == ["Berlin", "Bonn"]
    assert {"BERLIN", " Bonn", "Bonn\0", "berlin"} <= set(probes["changed texts"])
    assert max(map(len, probes["changed texts"])) > 9000
    assert "" in probes["odd texts"]


def test_sentences_are_drawn_where_the_sample_has_them() -> None:
    drawn = TextSource(["good", "film"], _sample("a good film", "bad")).draw([50], RNG).tolist()
    assert any(len(text.split()) > 2 for text in drawn)
    assert {word for text in drawn for word in text.split()} == {"good", "film"}


def test_only_what_is_taken() -> None:
    source = TextSource(["a", "b", "[UNK]"], _sample("a"), ["a", "b"])
    assert source.probes() == {"known texts": ["a", "b"]}
    assert set(source.draw([20], RNG).tolist()) == {"a", "b"}


def test_numbers_stay_numbers() -> None:
    source = TextSource([], _sample("1.5", "-3"))
    assert [float(text) for text in source.draw([30], RNG).tolist()]
    assert list(source.probes()) == ["known texts"]


def test_nothing_is_known() -> None:
    assert TextSource([], _sample("x")).draw([2, 3], RNG).shape == (2, 3)
    assert TextSource([], np.empty((0,), dtype=object)).draw([2], RNG).shape == (2,)


def test_many_known_texts_are_spread() -> None:
    known = [f"w{number}" for number in range(1000)]
    tried = TextSource(known, _sample("w1")).probes()["known texts"]
    assert len(tried) == 64
    assert (tried[0], tried[-1]) == ("w0", "w999")
