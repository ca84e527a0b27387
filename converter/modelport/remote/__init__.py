"""A model that lives in another Python: the user's own training environment, reached over a pipe."""

from modelport.remote.session import Remote, Session

__all__ = ["Remote", "Session"]
