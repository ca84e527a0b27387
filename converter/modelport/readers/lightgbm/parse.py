"""Reads LightGBM's text format, versions v2 to v4, into arrays; anything that no LightGBM writes is refused.

The library itself believes every number of a file: a child that is no node or a loop crashes it or never ends. So
nothing reaches it that has not been read here.
"""

import json
import re
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from modelport.errors import ModelFileError
from modelport.ir.contract import Label
from modelport.readers.lightgbm.check import check_model
from modelport.readers.lightgbm.model import LightGBMModel, Linear, joined

__all__ = ["find_fault", "is_lightgbm", "parse", "parse_parts"]

_VERSIONS = ("v2", "v3", "v4")
_AFTER_TREES = ("end of trees", "feature importances:", "feature_importances:")
_LARGEST = 2**31 - 1
_PARAMETER = re.compile(r"\[\w+: .*\]")
_OF_NODES = ("split_feature", "threshold", "decision_type", "left_child", "right_child")
_READ = frozenset(
    (
        *("num_leaves", "num_cat", *_OF_NODES, "leaf_value", "cat_boundaries", "cat_threshold"),
        *("is_linear", "leaf_const", "num_features", "leaf_features", "leaf_coeff"),
    )
)


def is_lightgbm(head: bytes) -> bool:
    """Whether a file that begins like this is a LightGBM text model."""
    lines = head[:2048].replace(b"\r", b"").split(b"\n")
    return lines[0] == b"tree" and any(line.startswith(b"num_class=") for line in lines)


def parse(text: str, where: str) -> LightGBMModel:
    """Reads the text of a whole model.

    Numerics: numbers are rounded correctly, as the library's own reader does (fast_double_parser, strtod).
    Raises: ModelFileError with ``where`` when the text is truncated, damaged, or of a version other than v2 to v4.
    Source: src/boosting/gbdt_model_text.cpp, LoadModelFromString, and src/io/tree.cpp of 4.7.
    """
    return parse_parts([text], where)


def parse_parts(texts: Iterable[str], where: str) -> LightGBMModel:
    """Reads a model that stands in several texts, each with some of its iterations, in order; each is let go when read.

    Raises: as ``parse``.
    """
    text = _Text(where)
    return joined([text.model(part) for part in texts])


def find_fault(text: str) -> str | None:
    """What is wrong with the text, None where nothing is."""
    try:
        parse(text, "the Booster")
    except ModelFileError as err:
        return err.what
    return None


class _Text:
    def __init__(self, where: str) -> None:
        self._where = where

    def fault(self, what: str) -> ModelFileError:
        return ModelFileError(
            f"the LightGBM model is damaged: {what}", where=self._where, fix="save the model again with save_model()"
        )

    def model(self, text: str) -> LightGBMModel:
        """The checked trees of one text, and all else that stands there."""
        found = check_model(self._assembled(*self._part(text)), self.fault)
        # Only what was checked is sure to fit.
        return replace(
            found,
            feature=found.feature.astype(np.int32),
            left=found.left.astype(np.int32),
            right=found.right.astype(np.int32),
            decision=found.decision.astype(np.int8),
        )

    def _part(self, text: str) -> tuple[dict[str, str], list[dict[str, str]], list[str]]:
        """The header, the trees, and what stands after them."""
        lines = text.replace("\r\n", "\n").split("\n")
        first = next((i for i, line in enumerate(lines) if line.startswith("Tree=")), len(lines))
        ends = (i for i, line in enumerate(lines) if len(line) < 32 and line.strip() in _AFTER_TREES)
        last = next(ends, None)
        if last is None:
            raise self.fault("it is cut off before the end of its trees")
        header = self._header(lines[: min(first, last)])
        trees = self._trees(lines[first:last])
        self._check_sizes(header, lines[first:last], len(trees), ascii_only=text.isascii())
        self._check_parameters(lines[last:])
        return header, trees, lines[last:]

    def _header(self, lines: Sequence[str]) -> dict[str, str]:
        if lines[:1] != ["tree"]:
            raise self.fault("its first line is not 'tree'")
        header: dict[str, str] = {}
        for line in lines[1:]:
            key, _, value = line.partition("=")
            if key in header and key:
                raise self.fault(f"its header holds {key!r} twice")
            header[key] = value
        version = header.get("version", "of the time before v2")
        if version not in _VERSIONS:
            raise ModelFileError(
                f"the LightGBM model has format {version[:20]!r}; v2 to v4 can be read",
                where=self._where,
                fix="load and save it again with LightGBM 4",
            )
        absent = [
            key for key in ("num_class", "max_feature_idx", "feature_names", "feature_infos") if key not in header
        ]
        if absent:
            raise self.fault(f"its header lacks {', '.join(absent)}")
        return header

    def _trees(self, lines: Sequence[str]) -> list[dict[str, str]]:
        """The keys of each tree; those that no prediction needs are left out with the rest of the text."""
        trees: list[dict[str, str]] = []
        for line in lines:
            if line.startswith("Tree="):
                if line != f"Tree={len(trees)}":
                    raise self.fault(f"{line[:40]!r} stands where tree {len(trees)} should")
                trees.append({})
            elif line:
                key, found, value = line.partition("=")
                if not found or not trees or key in trees[-1]:
                    raise self.fault(f"tree {len(trees) - 1} holds the line {line[:40]!r}")
                trees[-1][key] = value if key in _READ else ""
        return trees

    def _check_sizes(self, header: Mapping[str, str], lines: Sequence[str], count: int, *, ascii_only: bool) -> None:
        """The library finds each tree by these sizes, whatever stands there."""
        if "tree_sizes" not in header:
            return
        stated_sizes = header["tree_sizes"]
        sizes = self._numbers(stated_sizes, np.int64, "tree_sizes", len(stated_sizes.split()))
        lengths = np.array([len(line if ascii_only else line.encode()) + 1 for line in lines], dtype=np.int64)
        ends = np.concatenate([[0], np.cumsum(lengths)])
        starts = ends[[i for i, line in enumerate(lines) if line.startswith("Tree=")]]
        stated = np.concatenate([[0], np.cumsum(sizes)])
        if len(sizes) != count or not np.array_equal(stated[:-1], starts) or (count and stated[-1] > ends[-1]):
            raise self.fault("its trees are not of the sizes that its header states")

    def _check_parameters(self, rest: Sequence[str]) -> None:
        """What stands there means little to a prediction, but the library crashes on what it has not written itself."""
        if "parameters:" not in rest:
            return
        first = rest.index("parameters:") + 1
        if "end of parameters" not in rest[first:]:
            raise self.fault("it is cut off within its parameters")
        last = rest.index("end of parameters", first)
        wrong = [line for line in rest[first:last] if line and not _PARAMETER.fullmatch(line)]
        wrong += [line for line in rest[last + 1 :] if line and not line.startswith("pandas_categorical:")]
        if wrong:
            raise self.fault(f"among its parameters stands {wrong[0][:40]!r}")

    def _assembled(
        self, header: Mapping[str, str], trees: Sequence[Mapping[str, str]], rest: Sequence[str]
    ) -> LightGBMModel:
        leaves = self._each(trees, "num_leaves")
        sets = self._each(trees, "num_cat")
        if (leaves < 1).any() or (sets < 0).any():
            raise self.fault("a tree has no leaf, or fewer than no categories")
        # A tree of a single leaf has empty lines, or none at all.
        node = {key: self._column(trees, key, leaves - 1) for key in _OF_NODES if key != "threshold"}
        with_sets = [tree for tree, count in zip(trees, sets, strict=True) if count]
        starts, words = self._sets(with_sets, sets[sets > 0])
        parameters = dict(line[1:-1].partition(": ")[::2] for line in rest if line.startswith("[") and line[-1:] == "]")
        names = tuple(name for name in header["feature_names"].split(" ") if name)
        infos = tuple(info for info in header["feature_infos"].split(" ") if info)
        width = self._whole(header, "max_feature_idx") + 1
        if not len(names) == len(infos) == width:
            raise self.fault(f"it has {width} features, {len(names)} names and {len(infos)} ranges of them")
        per_iteration = self._whole(
            header, "num_tree_per_iteration" if "num_tree_per_iteration" in header else "num_class"
        )
        if per_iteration < 1 or self._whole(header, "num_class") < 1:
            raise self.fault("it has no trees in an iteration")
        return LightGBMModel(
            names=names,
            infos=infos,
            per_iteration=per_iteration,
            objective=header.get("objective"),
            averaged="average_output" in header,
            leaves=leaves,
            sets=sets,
            feature=node["split_feature"].astype(np.int64),
            threshold=self._column(trees, "threshold", leaves - 1, np.float64),
            decision=node["decision_type"].astype(np.int64),
            left=node["left_child"].astype(np.int64),
            right=node["right_child"].astype(np.int64),
            leaf_value=self._column(trees, "leaf_value", leaves, np.float64),
            starts=starts,
            words=words,
            linear=self._linear(trees, leaves),
            categorical=self._categorical(parameters, width),
            pandas_categories=self._pandas_categories(rest),
        )

    def _sets(
        self, trees: Sequence[Mapping[str, str]], counts: npt.NDArray[np.int64]
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint32]]:
        """Where each set's words start, over all trees, and the words."""
        if not trees:
            return np.zeros(1, dtype=np.int64), np.zeros(0, dtype=np.uint32)
        bounds = self._column(trees, "cat_boundaries", counts + 1).astype(np.int64)
        first = np.cumsum(counts + 1) - (counts + 1)
        last = first + counts
        ascending = np.diff(bounds) >= 0
        ascending[last[:-1]] = True
        if (bounds[first] != 0).any() or not ascending.all():
            raise self.fault("the bounds of its category sets do not ascend")
        own = bounds[last]
        words = self._column(trees, "cat_threshold", own)
        shift = np.repeat(np.cumsum(own) - own, counts + 1)
        kept = np.ones(len(bounds), dtype=np.bool_)
        kept[last] = False
        return np.append((bounds + shift)[kept], len(words)).astype(np.int64), words.astype(np.uint32)

    def _linear(self, trees: Sequence[Mapping[str, str]], leaves: npt.NDArray[np.int64]) -> Linear | None:
        of_tree = np.array([tree.get("is_linear", "0").strip() not in ("", "0") for tree in trees], dtype=np.bool_)
        if not of_tree.any():
            return None
        own = [tree for tree, linear in zip(trees, of_tree, strict=True) if linear]
        at = np.repeat(of_tree, leaves)
        constant = self._column(trees, "leaf_value", leaves, np.float64)
        constant[at] = self._column(own, "leaf_const", leaves[of_tree], np.float64)
        counts = np.zeros(len(at), dtype=np.int64)
        counts[at] = self._column(own, "num_features", leaves[of_tree])
        if (counts < 0).any():
            raise self.fault("a leaf has fewer than no terms")
        terms = np.add.reduceat(counts, np.cumsum(leaves) - leaves)[of_tree]
        return Linear(
            of_tree=of_tree,
            constant=constant,
            counts=counts,
            feature=self._column(own, "leaf_features", terms).astype(np.int64),
            coefficient=self._column(own, "leaf_coeff", terms, np.float64),
        )

    def _column(
        self,
        trees: Sequence[Mapping[str, str]],
        key: str,
        counts: npt.NDArray[np.int64],
        dtype: type[np.float64] | type[np.int64] = np.int64,
    ) -> Any:  # float64 or int64, as dtype says
        """All numbers of one key, tree after tree; each tree must hold as many as it should."""
        texts = [tree.get(key, "") for tree in trees]
        missing = [i for i, (tree, n) in enumerate(zip(trees, counts, strict=True)) if n > 0 and key not in tree]
        if missing:
            raise self.fault(f"tree {missing[0]} lacks {key}")
        # One blank between numbers, as the library writes them, is counted fast.
        found = np.array([text.count(" ") + 1 if text else 0 for text in texts], dtype=np.int64)
        if not np.array_equal(found, counts):
            found = np.array([len(text.split()) for text in texts], dtype=np.int64)
        wrong = np.flatnonzero(found != counts)
        if len(wrong):
            tree = int(wrong[0])
            raise self.fault(f"tree {tree} holds {found[tree]} numbers of {key}, {counts[tree]} are needed")
        return self._numbers(" ".join(texts), dtype, key, int(counts.sum()))

    def _numbers(self, text: str, dtype: type[np.float64] | type[np.int64], key: str, expected: int) -> Any:
        numbers = _fast(text) if dtype is np.float64 else None
        try:
            with warnings.catch_warnings():
                # numpy only warns of a text that is no number, and stops there.
                warnings.simplefilter("error")
                if numbers is None:
                    numbers = np.fromstring(text, dtype=dtype, sep=" ") if expected else np.empty(0, dtype)
        except (ValueError, DeprecationWarning) as err:
            raise self.fault(f"{key} holds something that is no {'whole ' * (dtype is np.int64)}number") from err
        if len(numbers) != expected:
            raise self.fault(f"{key} holds something that is no number")
        if dtype is np.int64 and (np.abs(numbers) > 2**32).any():
            raise self.fault(f"{key} holds a number beyond 2**32")
        return numbers

    def _each(self, trees: Sequence[Mapping[str, str]], key: str) -> npt.NDArray[np.int64]:
        found: npt.NDArray[np.int64] = self._column(trees, key, np.ones(len(trees), dtype=np.int64))
        return found

    def _whole(self, header: Mapping[str, str], key: str) -> int:
        text = header[key].strip()
        if not text.isascii() or not text.isdigit() or int(text[:11]) > _LARGEST:
            raise self.fault(f"{key} is {text[:20]!r}")
        return int(text)

    def _categorical(self, parameters: Mapping[str, str], width: int) -> tuple[int, ...]:
        parts = parameters.get("categorical_feature", "").split(",")
        found = {int(part) for part in parts if part.isascii() and part.isdigit() and len(part) < 10}
        return tuple(sorted(column for column in found if column < width))

    def _pandas_categories(self, rest: Sequence[str]) -> tuple[tuple[Label, ...], ...] | None:
        """The lists that the Python package appends as JSON; None where it did not, or where there are none."""
        line = next((line for line in reversed(rest) if line.startswith("pandas_categorical:")), None)
        if line is None:
            return None
        try:
            lists = json.loads(line.partition(":")[2])
        except (ValueError, RecursionError) as err:
            raise self.fault("pandas_categorical is no JSON") from err
        if lists is None or lists == []:
            return None
        plain = isinstance(lists, list) and all(isinstance(one, list) for one in lists)
        if not plain or any(not isinstance(label, str | int | float) for one in lists for label in one):
            raise self.fault("pandas_categorical is no list of lists of categories")
        return tuple(tuple(one) for one in lists)


def _fast(text: str) -> npt.NDArray[np.float64] | None:
    """Doubles by msgspec, three times as fast as numpy and rounded as well; None where it is no list of JSON numbers."""
    try:
        return np.array(msgspec.json.decode(f"[{text.replace(' ', ',')}]", type=list[float]), dtype=np.float64)
    except (msgspec.DecodeError, UnicodeEncodeError):
        return None
