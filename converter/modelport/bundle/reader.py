"""Opens a bundle: a directory, its zip, or files still in memory; checks the seal before anything is used."""

import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from modelport.bundle.cases_io import decode_cases
from modelport.bundle.contract_io import read_contract
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
    """A sealed bundle. ``files`` maps paths ('model.onnx', 'java/pom.xml') to bytes, read when asked for."""

    files: Mapping[str, bytes]
    manifest: Manifest
    contract: Contract
    path: Path | None = None

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

    def __getitem__(self, name: str) -> bytes:
        try:
            return (self._root / name).read_bytes()
        except OSError as err:
            raise KeyError(name) from err

    def __iter__(self) -> Iterator[str]:
        for path in sorted(self._root.rglob("*")):
            if path.is_file() or path.is_symlink():
                yield path.relative_to(self._root).as_posix()

    def __len__(self) -> int:
        return sum(1 for _ in self)


class _ZipFiles(Mapping[str, bytes]):
    """The members of a zip; each is read at access."""

    def __init__(self, path: Path) -> None:
        self._archive = zipfile.ZipFile(path)
        self._names = sorted(n for n in self._archive.namelist() if not n.endswith("/"))

    def __getitem__(self, name: str) -> bytes:
        return self._archive.read(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def open_bundle(path: str | Path) -> Bundle:
    """Opens a bundle directory or zip and checks every sealed file.

    Raises: PathError when nothing is there; NotABundleError when there is no readable manifest of a known version;
    TamperedBundleError when a sealed file is missing, added or changed.
    """
    root = Path(path)
    files: Mapping[str, bytes]
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
    check_seal(files, manifest, raw, str(root))
    contract = read_contract(files)
    return Bundle(files, manifest, contract, root)


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
