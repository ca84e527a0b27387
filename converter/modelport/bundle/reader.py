"""Opens a bundle: a directory, its zip, or files still in memory; checks the seal before anything is used."""

import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from modelport.bundle.cases_io import decode_cases
from modelport.bundle.contract_io import read_contract
from modelport.bundle.large import FileOnDisk, LargeFile, ZipMember
from modelport.bundle.manifest import BUNDLE_VERSION, Manifest
from modelport.bundle.seal import check_seal
from modelport.bundle.vectors_io import decode_vectors
from modelport.errors import NotABundleError, PathError
from modelport.evidence.cases import Case
from modelport.evidence.vectors import Vectors
from modelport.ir.contract import Contract

__all__ = ["Bundle", "open_bundle"]


@dataclass(frozen=True)
class Bundle:
    """A sealed bundle. ``files`` maps paths ('model.onnx', 'java/pom.xml') to bytes, read when asked for.

    ``large`` are the files that are not among them: weights beside model.onnx.
    """

    files: Mapping[str, bytes]
    manifest: Manifest
    contract: Contract
    path: Path | None = None
    large: Mapping[str, LargeFile] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The model's name."""
        return self.manifest.name

    @property
    def model_id(self) -> str:
        """sha256 over model.onnx, its weights, forest.bin, text.bin and contract.json."""
        return self.manifest.model_id

    def vectors(self) -> Vectors:
        """Reads the vectors that travel with the bundle."""
        return decode_vectors(lambda name: self.files[f"vectors/{name}"], self.contract)

    def cases(self) -> list[Case]:
        """Reads the cases that travel with the bundle of a net."""
        return decode_cases(lambda name: self.files[f"vectors/{name}"], self.contract)


class _DirectoryFiles(Mapping[str, bytes]):
    """The files below a directory by relative path; each is read at access."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.apart: frozenset[str] = frozenset()

    def large(self, name: str) -> LargeFile:
        """One of the files that are read in pieces."""
        return FileOnDisk(self._root / name)

    def __getitem__(self, name: str) -> bytes:
        if name in self.apart:
            raise KeyError(name)
        try:
            return (self._root / name).read_bytes()
        except OSError as err:
            raise KeyError(name) from err

    def __iter__(self) -> Iterator[str]:
        for path in sorted(self._root.rglob("*")):
            name = path.relative_to(self._root).as_posix()
            if (path.is_file() or path.is_symlink()) and name not in self.apart:
                yield name

    def __len__(self) -> int:
        return sum(1 for _ in self)


class _ZipFiles(Mapping[str, bytes]):
    """The members of a zip; each is read at access."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._archive = zipfile.ZipFile(path)
        self.apart: frozenset[str] = frozenset()
        self._names = sorted(n for n in self._archive.namelist() if not n.endswith("/"))

    def large(self, name: str) -> LargeFile:
        """One of the files that are read in pieces."""
        return ZipMember(self._path, name)

    def __getitem__(self, name: str) -> bytes:
        if name in self.apart:
            raise KeyError(name)
        return self._archive.read(name)

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._names if name not in self.apart)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def open_bundle(path: str | Path) -> Bundle:
    """Opens a bundle directory or zip and checks every sealed file.

    Raises: PathError when nothing is there; NotABundleError when there is no readable manifest of a known version;
    TamperedBundleError when a sealed file is missing, added or changed.
    """
    root = Path(path)
    files: _DirectoryFiles | _ZipFiles
    if root.is_dir():
        files = _DirectoryFiles(root)
    elif zipfile.is_zipfile(root):
        files = _ZipFiles(root)
    elif not root.exists():
        raise PathError(
            f"{root} does not exist", where=str(root), fix="give the folder or zip that 'modelport convert' wrote"
        )
    else:
        raise NotABundleError(
            f"{root} is no bundle",
            where=str(root),
            fix="give the folder or zip that 'modelport convert' wrote",
        )
    try:
        raw = files["manifest.json"]
    except KeyError as err:
        raise NotABundleError(
            "there is no manifest.json", where=str(root), fix="give the folder that 'modelport convert' wrote"
        ) from err
    manifest = _decode_manifest(raw, root)
    weights = [path for path, entry in manifest.files.items() if entry.role == "weights"]
    present = set(files)
    large = {path: files.large(path) for path in weights if path in present}
    files.apart = frozenset(weights)
    check_seal(files, large, manifest, raw, str(root))
    contract = read_contract(files)
    return Bundle(files, manifest, contract, root, large)


def _decode_manifest(raw: bytes, root: Path) -> Manifest:
    try:
        version = msgspec.json.decode(raw).get("bundle_version")
        if isinstance(version, int) and version > BUNDLE_VERSION:
            raise NotABundleError(
                f"the bundle has format version {version}, this modelport reads up to {BUNDLE_VERSION}",
                where=f"{root}/manifest.json",
                fix="install a newer modelport",
            )
        return msgspec.json.decode(raw, type=Manifest)
    except (msgspec.DecodeError, AttributeError) as err:
        raise NotABundleError(
            f"manifest.json cannot be read: {err}",
            where=f"{root}/manifest.json",
            fix="take the bundle again from its source, or convert the model again",
        ) from err
