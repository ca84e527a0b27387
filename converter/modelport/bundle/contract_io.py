"""A contract as files: contract.json, and text.bin where text steps look things up."""

from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from modelport.bundle.text_bin import decode_tables, encode_tables
from modelport.bundle.writer import json_bytes
from modelport.ir.contract import Contract

__all__ = ["contract_files", "read_contract"]


def contract_files(contract: Contract) -> dict[str, bytes]:
    """Returns {path: bytes}."""
    plain = tuple(replace(step, tables=msgspec.UNSET) for step in contract.text_steps)
    files = {"contract.json": json_bytes(replace(contract, text_steps=plain))}
    if contract.text_steps:
        files["text.bin"] = encode_tables(contract.text_steps)
    return files


def read_contract(files: Mapping[str, bytes]) -> Contract:
    """Reads a contract back, with the tables of its text steps."""
    contract = msgspec.json.decode(files["contract.json"], type=Contract)
    if not contract.text_steps:
        return contract
    tables = decode_tables(files["text.bin"])
    steps = tuple(replace(step, tables=t) for step, t in zip(contract.text_steps, tables, strict=True))
    return replace(contract, text_steps=steps)
