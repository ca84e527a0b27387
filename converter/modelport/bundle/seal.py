"""Seals a bundle: hashes of every file, the model_id, and the check that nothing was changed."""

import hashlib
from collections.abc import Mapping

import msgspec

from modelport.bundle.large import LargeFile, large_sha256
from modelport.bundle.manifest import FileEntry, Manifest
from modelport.errors import TamperedBundleError

__all__ = ["check_seal", "manifest_bytes", "model_id", "sha256", "unsealed"]

# evidence/ hangs on the model_id and may be renewed; everything else is sealed.
_OUTSIDE = ("evidence/", "manifest.json")


def sha256(data: bytes) -> str:
    """Hex sha256."""
    return hashlib.sha256(data).hexdigest()


def unsealed(path: str) -> bool:
    """True for paths that the seal does not cover."""
    return path.startswith(_OUTSIDE)


def model_id(files: Mapping[str, FileEntry]) -> str:
    """The identity of what predicts: sha256 over the sorted 'path sha256' lines of model, weights, forest,
    text, contract."""
    roles = {"model", "weights", "forest", "text", "contract"}
    lines = [f"{path} {entry.sha256}\n" for path, entry in sorted(files.items()) if entry.role in roles]
    return sha256("".join(lines).encode())


def manifest_bytes(manifest: Manifest) -> bytes:
    """Serializes the manifest with its own seal filled in."""
    body = _canonical(msgspec.structs.replace(manifest, seal=""))
    return _canonical(msgspec.structs.replace(manifest, seal=sha256(body)))


def check_seal(
    files: Mapping[str, bytes], large: Mapping[str, LargeFile], manifest: Manifest, raw: bytes, where: str
) -> None:
    """Raises TamperedBundleError naming every file that is missing, added or changed."""
    faults: list[str] = []
    if manifest_bytes(msgspec.structs.replace(manifest, seal="")) != raw:
        faults.append("manifest.json changed")
    present = {path for path in [*files, *large] if not unsealed(path)}
    for path, entry in sorted(manifest.files.items()):
        if path not in present:
            faults.append(f"{path} missing")
        elif (large_sha256(large[path]) if path in large else sha256(files[path])) != entry.sha256:
            faults.append(f"{path} changed")
    faults += [f"{path} added" for path in sorted(present - set(manifest.files))]
    if manifest.model_id != model_id(manifest.files):
        faults.append("model_id is not that of the files")
    if faults:
        raise TamperedBundleError(
            f"the bundle is not as it was sealed: {'; '.join(faults)}",
            where=where,
            fix="take the bundle again from its source, or convert the model again",
        )


def _canonical(manifest: Manifest) -> bytes:
    ordered = msgspec.structs.replace(manifest, files=dict(sorted(manifest.files.items())))
    return msgspec.json.format(msgspec.json.encode(ordered), indent=1) + b"\n"
