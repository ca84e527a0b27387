# Asks a model that R saved for its predictions: Rscript record.R model.rds rows.bin predictions.csv
# Above these lines stand `attach_packages`, a vector of names, and `ask`, a function of the model and a data frame.
arguments <- commandArgs(trailingOnly = TRUE)
for (package in attach_packages) suppressPackageStartupMessages(library(package, character.only = TRUE))
model <- tryCatch(readRDS(arguments[1]), error = function(e) {
  workspace <- new.env()
  names <- load(arguments[1], workspace)
  get(names[1], workspace)
})

file <- gzfile(arguments[2], "rb")
integers <- function(count) readBin(file, "integer", count, 4L, endian = "little")
one_text <- function() {
  text <- rawToChar(readBin(file, "raw", integers(1L)))
  Encoding(text) <- "UTF-8"
  text
}
texts <- function() vapply(seq_len(integers(1L)), function(i) one_text(), "")
size <- integers(2L)
columns <- list()
levels_of <- list()
ordered_ones <- character()
for (i in seq_len(size[1])) {
  kind <- one_text()
  name <- one_text()
  if (kind %in% c("factor", "ordered")) levels_of[[name]] <- texts()
  if (kind == "ordered") ordered_ones <- c(ordered_ones, name)
  if (kind %in% c("number", "logical")) {
    values <- readBin(file, "double", size[2], 8L, endian = "little")
    values[integers(size[2]) == 0L] <- NA_real_
    columns[[name]] <- if (kind == "logical") as.logical(values) else values
  } else {
    pool <- texts()
    places <- integers(size[2])
    places[places == 0L] <- NA_integer_
    columns[[name]] <- pool[places]
    if (!length(pool)) columns[[name]] <- rep(NA_character_, size[2])
  }
}
close(file)

# A factor has the model's levels, in their order, and after them what a caller's rows hold beyond them.
rows_of <- function(index) {
  data <- lapply(names(columns), function(name) {
    values <- columns[[name]][index]
    if (is.null(levels_of[[name]])) return(values)
    known <- c(levels_of[[name]], setdiff(unique(values[!is.na(values)]), levels_of[[name]]))
    factor(values, levels = known, ordered = name %in% ordered_ones)
  })
  names(data) <- names(columns)
  as.data.frame(data, optional = TRUE, stringsAsFactors = FALSE)
}

status <- integer(size[2])
message_of <- character(size[2])
answers <- NULL
keep <- function(given, index) {
  for (name in names(given)) {
    part <- given[[name]]
    part <- if (is.character(part) || is.factor(part)) as.character(part) else as.matrix(unclass(part))
    if (is.null(answers[[name]])) {
      answers[[name]] <<- if (is.character(part)) rep(NA_character_, size[2])
        else matrix(NA_real_, size[2], ncol(part))
    }
    if (is.character(part)) answers[[name]][index] <<- part else answers[[name]][index, ] <<- part
  }
  if (!is.null(given$label)) status[index[is.na(given$label)]] <<- 1L
}
# What R refuses it refuses for the whole batch: halves tell which row it was.
answer <- function(index) {
  set.seed(1)
  given <- tryCatch(suppressWarnings(ask(model, rows_of(index))), error = function(e) e)
  fits <- !inherits(given, "error") && all(vapply(given, NROW, 1L) == length(index))
  if (fits) return(keep(given, index))
  if (length(index) > 1L) {
    middle <- length(index) %/% 2L
    answer(index[seq_len(middle)])
    answer(index[-seq_len(middle)])
  } else {
    status[index] <<- 1L
    message_of[index] <<- if (inherits(given, "error")) conditionMessage(given) else "the row is dropped"
  }
}
if (size[2]) answer(seq_len(size[2]))
# relevel(factor(x)) and factor(x, labels) want each level among the rows: one refused for that is asked among answered ones.
alone <- which(grepl("must be an existing level|invalid 'labels'", message_of))
beside <- utils::head(which(status == 0L), 200L)
for (row in if (length(beside)) alone) {
  given <- tryCatch(suppressWarnings(ask(model, rows_of(c(beside, row)))), error = function(e) NULL)
  if (is.null(given) || !all(vapply(given, NROW, 1L) == length(beside) + 1L)) next
  status[row] <- 0L
  message_of[row] <- ""
  last <- function(part) if (is.matrix(part)) part[length(beside) + 1L, , drop = FALSE] else part[length(beside) + 1L]
  keep(lapply(given, last), row)
}

# "%a" writes a double so that no digit is lost.
exact <- function(x) ifelse(is.na(x) & !is.nan(x), "NA", sprintf("%a", x))
quoted <- function(x) ifelse(is.na(x), "NA", paste0("\"", gsub("\"", "\"\"", x, fixed = TRUE), "\""))
# XGBoost's messages begin with the time and end with a stack trace.
message_of <- sub(" *Stack trace:.*", "", sub("^\\[[0-9:]+\\] ", "", gsub("[\r\n]+", " ", message_of)))
table <- list(status = status, message = quoted(message_of))
for (name in names(answers)) {
  part <- answers[[name]]
  if (is.character(part)) table[[name]] <- quoted(part)
  else for (k in seq_len(ncol(part))) table[[paste0(name, ":", k)]] <- exact(part[, k])
}
versions <- vapply(c("base", attach_packages), function(p) as.character(utils::packageVersion(p)), "")
lines <- c(paste0("# ", paste(c("R", attach_packages), versions, collapse = ", ")),
           paste(names(table), collapse = ","), if (size[2]) do.call(paste, c(unname(table), sep = ",")))
out <- file(arguments[3], "wb")
writeLines(enc2utf8(lines), out, useBytes = TRUE)
close(out)
