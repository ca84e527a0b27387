"""One file for each R class, or for a few that are one: each defines ``MODEL``."""
