"""Proof material: probes, vectors, bounds and the comparison with them."""
