"""One file a library; each defines LIBRARY."""
