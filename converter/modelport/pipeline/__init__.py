"""The only orchestrators, from the front end to the proof, in one order: of models of rows and of nets."""

from modelport.pipeline.convert import convert, record, verify
from modelport.pipeline.naming import naming

__all__ = ["convert", "naming", "record", "verify"]
