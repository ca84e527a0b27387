"""Finds and runs tools that are not Python: Maven, JDK, CMake, Rscript."""
