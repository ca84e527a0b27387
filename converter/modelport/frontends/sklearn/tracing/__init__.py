"""Runs a numpy function on a stand-in for rows and records what it computes as nodes of the graph."""
