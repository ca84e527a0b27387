"""Reads what R's saveRDS and save wrote, without R: bytes to a tree of nodes; nothing in a file is ever run.

bytes ─ decompress ─▶ stream (binary or text) ─ reader ─▶ nodes (objects.py), asked through values.py
"""

from modelport.frontends.r.serialize.decompress import decompress
from modelport.frontends.r.serialize.header import is_workspace, looks_like_r, open_stream
from modelport.frontends.r.serialize.limits import LIMITS, Budget, Limits
from modelport.frontends.r.serialize.objects import (
    NULL,
    RS4,
    RBuiltin,
    RBytecode,
    RClosure,
    REnvironment,
    RList,
    RNull,
    RObject,
    RPairs,
    RPointer,
    RPromise,
    RStrings,
    RSymbol,
    RVector,
)
from modelport.frontends.r.serialize.reader import read_object
from modelport.frontends.r.serialize.refusals import damaged
from modelport.frontends.r.serialize.values import (
    Matrix,
    as_array,
    classes,
    factor,
    flag,
    integer,
    is_factor,
    is_na,
    matrix,
    names,
    number,
    text,
    texts,
)

__all__ = [
    "LIMITS",
    "NULL",
    "RS4",
    "Limits",
    "Matrix",
    "RBuiltin",
    "RBytecode",
    "RClosure",
    "REnvironment",
    "RList",
    "RNull",
    "RObject",
    "RPairs",
    "RPointer",
    "RPromise",
    "RStrings",
    "RSymbol",
    "RVector",
    "as_array",
    "classes",
    "factor",
    "flag",
    "integer",
    "is_factor",
    "is_na",
    "is_workspace",
    "looks_like_r",
    "matrix",
    "names",
    "number",
    "read",
    "read_workspace",
    "text",
    "texts",
]


def read(data: bytes, where: str, limits: Limits = LIMITS) -> RObject:
    """The one object of an .rds file, or of a workspace that holds one only.

    Raises: ModelFileError, for whatever is wrong with the file.
    """
    found = _read(data, where, limits)
    if isinstance(found, RObject):
        return found
    if len(found) != 1:
        listed = ", ".join(found) or "none"
        raise damaged(
            f"the workspace holds {len(found)} objects: {listed}",
            where,
            "save the model alone in R: saveRDS(model, 'model.rds')",
        )
    return next(iter(found.values()))


def read_workspace(data: bytes, where: str, limits: Limits = LIMITS) -> dict[str, RObject]:
    """The named objects of an .RData file, in its order; an .rds file gives one, named ''.

    Raises: ModelFileError, for whatever is wrong with the file.
    """
    found = _read(data, where, limits)
    return {"": found} if isinstance(found, RObject) else found


def _read(data: bytes, where: str, limits: Limits) -> RObject | dict[str, RObject]:
    plain = decompress(data, where, limits)
    budget = Budget(limits, where)
    stream, header = open_stream(plain, where, budget)
    found = read_object(stream, header.encoding, budget, where)
    if not header.workspace:
        return found
    if isinstance(found, RNull):
        return {}
    if not isinstance(found, RPairs):
        raise damaged(f"the workspace is no list of named objects but {found.describe()}", where)
    return {name: value for name, value in zip(found.tags, found.values, strict=True) if name}
