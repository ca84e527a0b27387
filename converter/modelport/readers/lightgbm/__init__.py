"""LightGBM's text models, read without the library: parse to arrays, emit from arrays."""
