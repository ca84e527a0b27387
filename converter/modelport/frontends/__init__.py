"""One folder per framework: loads a model, converts it, and asks the original."""
