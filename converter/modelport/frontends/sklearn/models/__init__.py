"""One estimator (or one family of equal arithmetic) a file; each defines MODEL."""
