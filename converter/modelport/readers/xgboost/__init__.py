"""XGBoost's JSON and UBJSON models, read without the library: parse to arrays, emit from arrays."""
