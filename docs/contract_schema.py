"""Writes contract.schema.json, the JSON Schema of contract.json, from its Python types: python docs/contract_schema.py."""

from pathlib import Path

import msgspec

from modelport.ir.contract import Contract

__all__ = ["SCHEMA", "contract_schema"]

SCHEMA = Path(__file__).resolve().parent / "contract.schema.json"


def contract_schema() -> bytes:
    """Returns the schema; the fields' meaning stands in the descriptions."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "modelport contract, version 1",
        **msgspec.json.schema(Contract),
    }
    return msgspec.json.format(msgspec.json.encode(schema), indent=1) + b"\n"


if __name__ == "__main__":
    SCHEMA.write_bytes(contract_schema())
