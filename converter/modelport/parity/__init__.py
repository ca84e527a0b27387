"""Builds and runs every target on the vectors and reports."""
