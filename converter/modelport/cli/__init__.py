"""The command line: one file a command; every message of an error goes to stderr, every result to stdout."""

from modelport.cli._app import main

__all__ = ["main"]
