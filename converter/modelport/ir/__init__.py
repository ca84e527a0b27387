"""What a model is while it is compiled: graph, forests, contract and provenance."""
