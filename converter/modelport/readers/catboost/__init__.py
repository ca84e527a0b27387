"""CatBoost's JSON and cbm models, read without the library: parse to arrays, emit from arrays."""
