"""Terms that are matrices: rows have a column for each of theirs, and R is given the matrix that they make."""

__all__ = ["with_matrices"]


def with_matrices(ask: str) -> str:
    """The R of ``ask`` for rows of plain columns: those of a matrix are bound together before it is asked."""
    return f"""function(model, data, ...) {{
  kinds <- attr(model$terms, "dataClasses")
  for (name in setdiff(names(kinds)[startsWith(kinds, "nmatrix.")], names(data))) {{
    kept <- colnames(model$model[[name]])
    own <- if (is.null(kept)) seq_len(as.integer(sub("nmatrix.", "", kinds[[name]], fixed = TRUE))) else kept
    for (columns in list(paste0(name, ".", own), paste0(name, own), as.character(own))) {{
      if (all(columns %in% names(data))) {{
        data[[name]] <- as.matrix(data[columns])
        dimnames(data[[name]]) <- list(NULL, kept)
        break
      }}
    }}
  }}
  ({ask.strip()})(model, data, ...)
}}"""
