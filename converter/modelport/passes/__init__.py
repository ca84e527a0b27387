"""Rewrites of a Program, one pass a file; _order.py is the list."""
