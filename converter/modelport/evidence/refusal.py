"""What an oracle raises; apart from the rest, for it is raised in the user's own interpreter too."""

__all__ = ["OracleRefusalError"]


class OracleRefusalError(Exception):
    """The original framework raised on these rows or tensors; the text is its own."""
