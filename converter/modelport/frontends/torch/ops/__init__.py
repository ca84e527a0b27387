"""Operators of torch that the exporter has no translation of, or a wrong one: a file each."""
