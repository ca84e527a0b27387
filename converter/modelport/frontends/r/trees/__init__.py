"""Trees of R's packages as tables: objects in, ``ir.forest.Forest`` out; nothing here emits a graph."""
