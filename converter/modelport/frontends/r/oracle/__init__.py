"""How R is asked: by Rscript, from a record, or not at all."""
