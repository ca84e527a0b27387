"""Reads a skops file: our own look at its schema first, then skops' audit, then skops' loader.

skops trusts a type by its name alone; with a type in its list a file may then have it called in several ways (as a
list, as the type of a dict's keys, by its constructor). So the schema is held against a table that says for each kind
of node which names it may have; only what passed is handed to skops as trusted.
"""

import hashlib
import io
import json
import math
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any  # JSON

import numpy as np

from modelport.errors import MissingPackageError, ModelportError
from modelport.frontends.sklearn.loading._guard import Pair
from modelport.frontends.sklearn.loading.allow_list import allowed_pairs, is_inert, today
from modelport.frontends.sklearn.loading.guards import CALLS
from modelport.frontends.sklearn.loading.inflate import limit_of
from modelport.frontends.sklearn.loading.machine import StreamError
from modelport.frontends.sklearn.loading.report import damaged, told, untrusted, watched
from modelport.frontends.sklearn.loading.structure import check_structure

__all__ = ["check", "read"]

_SCHEMA = "schema.json"
_KEY_TYPES = frozenset({("builtins", name) for name in ("bool", "bytes", "float", "int", "str")})
_FACTORIES = frozenset(
    {("collections", "OrderedDict")} | {("builtins", n) for n in ("dict", "float", "int", "list", "set")}
)
_CHECK_ARRAY = ("sklearn.utils.validation", "check_array")
_MAX_CLASSES = 1 << 24


def check(path: Path, trust: frozenset[Pair]) -> None:
    """Looks at what a file names and builds nothing. Raises: ModelFileError, UntrustedModelError."""
    where = str(path)
    try:
        members = _members(path)
        look = _Look(members, trust)
        look.at(json.loads(members[_SCHEMA]))
    except ModelportError:
        raise
    # The border: whatever a damaged file makes zipfile or json raise.
    except Exception as err:
        raise damaged(told(err), where) from err
    if look.refused:
        raise untrusted(look.refused, where)


def read(path: Path, trust: frozenset[Pair]) -> tuple[object, tuple[str, ...]]:
    """Returns the model of a skops file, and notes for the user.

    Raises: ModelFileError, UntrustedModelError, MissingPackageError.
    """
    where = str(path)
    notes: list[str] = []
    try:
        members = _members(path)
        look = _Look(members, trust)
        look.at(json.loads(members[_SCHEMA]))
        if look.refused:
            raise untrusted(look.refused, where)
        if look.left_out:
            notes.append("distributions of a search were left out; predictions do not use them")
        data = _packed({**members, _SCHEMA: json.dumps(look.schema).encode()})
        with watched(notes, where):
            model = _loaded(data, look, where)
            check_structure(model)
    except ModelportError:
        raise
    except StreamError as err:
        raise damaged(str(err), where) from err
    # The border: whatever a damaged file makes skops, numpy or scikit-learn raise.
    except Exception as err:
        raise damaged(told(err), where) from err
    return model, tuple(notes)


def _loaded(data: bytes, look: "_Look", where: str) -> object:
    try:
        import skops.io
    except ImportError as err:
        raise MissingPackageError(
            "reading a skops file needs the package skops", where=where, fix="pip install 'modelport[sklearn]'"
        ) from err
    named = skops.io.get_untrusted_types(data=data)
    unseen = {name: None for name in named if name not in look.names}
    if unseen:
        raise untrusted({(name.rpartition(".")[0], name.rpartition(".")[2]): None for name in unseen}, where)
    model: object = skops.io.loads(data, trusted=named)
    return model


def _members(path: Path) -> dict[str, bytes]:
    """All files of the archive, read once, up to the size that a model file may grow to."""
    limit = limit_of(path.stat().st_size)
    with zipfile.ZipFile(path) as archive:
        infos = archive.infolist()
        if len({info.filename for info in infos}) != len(infos):
            raise StreamError("two members of the archive have the same name")
        if sum(info.file_size for info in infos) > limit:
            raise StreamError(f"the archive grows beyond {limit} bytes, which no model of this file size does")
        members = {info.filename: archive.read(info) for info in infos}
    for name, content in members.items():
        _check_member(name, content, limit)
    return members


def _check_member(name: str, content: bytes, limit: int) -> None:
    """A sparse matrix is an archive in the archive; an array says how large it is before it holds that much."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as inner:
            if sum(info.file_size for info in inner.infolist()) > limit:
                raise StreamError(f"{name} grows beyond {limit} bytes")
            for info in inner.infolist():
                _check_array(f"{name}/{info.filename}", inner.read(info))
    else:
        _check_array(name, content)


def _check_array(name: str, content: bytes) -> None:
    if content.startswith(b"\x93NUMPY"):
        file = io.BytesIO(content)
        version = np.lib.format.read_magic(file)
        header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, _, dtype = header(file)
        if dtype.hasobject or math.prod(shape) * dtype.itemsize != len(content) - file.tell():
            raise StreamError(f"{name} is an array of other bytes than it says")


def _packed(members: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


class _Look:
    """Our own look at a schema: which names its nodes have, and in which way they would be used."""

    def __init__(self, members: Mapping[str, bytes], trust: frozenset[Pair]) -> None:
        self._members = members
        self._trust = frozenset(f"{module}.{name}" for module, name in trust)
        self._shapes: dict[object, int] = {}  # equal parts of the schema have equal numbers
        self._by_id: dict[object, int] = {}
        self.schema: Any = None
        self.names: set[str] = set()
        self.refused: dict[Pair, None] = {}
        self.left_out = False

    def at(self, schema: Any) -> None:
        """Looks at the whole schema; ``schema`` keeps it as it may be loaded.

        Raises: StreamError for nodes that skops would not make.
        """
        self.schema = self._replaced(schema)
        self._visit(self.schema)

    def _replaced(self, part: Any) -> Any:
        """The schema without the distributions of a search: skops would have them run a text of the file."""
        if isinstance(part, dict):
            if part.get("__loader__") == "ObjectNode" and is_inert(today(*_pair(part))):
                self.left_out = True
                return {"__class__": "str", "__module__": "builtins", "__loader__": "JsonNode", "content": "null"}
            return {key: self._replaced(value) for key, value in part.items()}
        if isinstance(part, list):
            return [self._replaced(value) for value in part]
        return part

    def _visit(self, part: Any) -> int:
        """Checks a part and returns its number. Nodes of one id must be equal: skops makes only the first of them.

        Ids and names of members differ between two mentions of one object; what the members hold does not.
        """
        if isinstance(part, list):
            return self._number(("list", *(self._visit(value) for value in part)))
        if not isinstance(part, dict):
            return self._number((type(part).__name__, part))
        inner = sorted(
            (key, self._member(value) if key == "file" else self._visit(value))
            for key, value in part.items()
            if key != "__id__"
        )
        number = self._number(("dict", *inner))
        if "__loader__" in part:
            self._node(part)
            if self._by_id.setdefault(part.get("__id__"), number) != number and part.get("__id__") is not None:
                raise StreamError(f"two nodes of the schema have the id {part['__id__']!r:.40}")
        return number

    def _number(self, shape: object) -> int:
        return self._shapes.setdefault(shape, len(self._shapes))

    def _member(self, name: object) -> int:
        if type(name) is not str or name not in self._members:
            raise StreamError(f"the archive has no member {name!r:.40}")
        return self._number(("member", hashlib.sha256(self._members[name]).digest()))

    def _node(self, node: Mapping[str, Any]) -> None:
        loader, pair = node["__loader__"], _pair(node)
        full = ".".join(pair)
        if loader in ("JsonNode", "CachedNode"):
            return
        if loader == "MethodNode":
            full, pair = f"{full}.{node['content']['func']}", (full, str(node["content"]["func"]))
        if loader == "FunctionNode" and "content" in node:  # skops before 0.5 kept the name there
            pair = (str(node["content"]["module_path"]), str(node["content"]["function"]))
            full = ".".join(pair)
        self.names.add(full)
        if full in self._trust:
            return
        allows = _LOADERS.get(loader)
        if allows is None or not allows(pair) or "." in pair[1]:
            self.refused[pair] = None
        elif loader == "DictNode":
            self._key_types(node["key_types"])
        elif loader == "DefaultDictNode":
            self._factory(node["content"]["default_factory"])
        elif loader == "PartialNode" and _pair(node["content"]["func"]) != _CHECK_ARRAY:
            self.refused[pair] = None
        elif loader == "TreeNode":
            self._tree(node["__reduce__"]["args"])

    def _key_types(self, node: Mapping[str, Any]) -> None:
        """A dict's keys are made by calling these types."""
        if node["__loader__"] != "ListNode":
            raise StreamError("the keys of a dict have no types")
        for kind in node["content"]:
            pair = _pair(kind)
            if kind["__loader__"] != "TypeNode" or not (pair in _KEY_TYPES or _is_scalar_type(pair)):
                self.refused[pair] = None

    def _factory(self, node: Mapping[str, Any]) -> None:
        """A defaultdict calls this for every missing key."""
        if node["__loader__"] != "JsonNode" and _pair(node) not in _FACTORIES:
            self.refused[_pair(node)] = None

    def _tree(self, node: Mapping[str, Any]) -> None:
        """``Tree(n_features, n_classes, n_outputs)`` reads ``n_outputs`` elements of ``n_classes``, unchecked."""
        if node["__loader__"] != "TupleNode" or [part["__loader__"] for part in node["content"]] != [
            *("JsonNode", "NdArrayNode", "JsonNode")
        ]:
            raise StreamError("a tree is made from other things than numbers")
        features, classes, outputs = node["content"]
        counts = np.load(io.BytesIO(self._members[classes["file"]]), allow_pickle=False)
        numbers = (json.loads(features["content"]), json.loads(outputs["content"]))
        if not all(type(number) is int for number in numbers) or counts.shape != (numbers[1],) or not counts.size:
            raise StreamError("a tree has other outputs than it says")
        if counts.min() <= 0 or int(counts.max()) * counts.size > _MAX_CLASSES:
            raise StreamError("a tree has other classes than it says")


def _pair(node: Mapping[str, Any]) -> Pair:
    return (str(node.get("__module__")), str(node.get("__class__")))


def _is_scalar_type(pair: Pair) -> bool:
    return pair[0] == "numpy" and pair in allowed_pairs() and isinstance(getattr(np, pair[1], None), type)


def _is_listed(pair: Pair) -> bool:
    return today(*pair) in allowed_pairs()


def _is_blank(pair: Pair) -> bool:
    """Classes that are made without arguments and get a state; what needs a guard has a node of its own."""
    return _is_listed(pair) and pair not in CALLS and pair[0] not in ("builtins", "numpy")


def _one_of(*names: str) -> Callable[[Pair], bool]:
    return lambda pair: ".".join(pair) in names


_LOADERS: Mapping[str, Callable[[Pair], bool]] = {
    "BytearrayNode": _one_of("builtins.bytearray"),
    "BytesNode": _one_of("builtins.bytes"),
    "DTypeNode": _one_of("numpy.dtype"),
    "DefaultDictNode": _one_of("collections.defaultdict"),
    "DictNode": _one_of("builtins.dict", "collections.OrderedDict", "sklearn.utils._bunch.Bunch"),
    "FunctionNode": _is_listed,
    "ListNode": _one_of("builtins.list"),
    "LossNode": lambda pair: pair in CALLS and pair[0] in ("sklearn._loss._loss", "sklearn.linear_model._sgd_fast"),
    "MaskedArrayNode": _one_of("numpy.ma.MaskedArray", "numpy.ma.core.MaskedArray"),
    "NdArrayNode": lambda pair: pair == ("numpy", "ndarray") or _is_scalar_type(pair),
    "ObjectNode": _is_blank,
    "PartialNode": _one_of("functools.partial"),
    "RandomGeneratorNode": _one_of("numpy.random._generator.Generator"),
    "RandomStateNode": _one_of("numpy.random.mtrand.RandomState"),
    "SetNode": _one_of("builtins.set"),
    "SliceNode": _one_of("builtins.slice"),
    "SparseMatrixNode": lambda pair: _is_listed(pair) and pair[0].startswith("scipy.sparse."),
    "TreeNode": _one_of("sklearn.tree._tree.Tree"),
    "TupleNode": _one_of("builtins.tuple", "sklearn.impute._iterative._ImputerTriplet"),
    "TypeNode": lambda pair: _is_listed(pair) or (pair in CALLS and pair[0] != "functools"),
}
"""Which names each kind of node may have. Methods, operators and constructor calls are not in the table."""
