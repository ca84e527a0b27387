"""The R front end: models saved by R in .rds and .RData files, read without R; nothing in a file is ever run."""
