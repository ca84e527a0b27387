# Makes the files of this folder, from nothing but R: Rscript --vanilla make_files.R
options(keep.source = FALSE)
env <- new.env()
env$self <- env
env$add <- compiler::cmpfun(function(a, b = 2) { for (i in 1:3) a <- a + b * i; if (a > 3) a else quote(z + y) })
local({ hidden <- 1:3; reach <- function(x, ...) x + hidden }, envir = env)
lockEnvironment(env)
setClass("Point", representation(x = "numeric", label = "character"))
texts <- c("plain", NA, "caf\u00e9", "\\ \"quoted\"\n\ttab", "", "\u65e5\u672c")
latin <- iconv("na\u00efve \u20ac", "UTF-8", "CP1252")
Encoding(latin) <- "latin1"
bytes <- "x\xff"
Encoding(bytes) <- "bytes"
everything <- list(
  logical = c(TRUE, NA, FALSE), integer = c(3L, NA, -2147483647L), double = c(1.5, NA, NaN, Inf, -Inf, -0, 0.1),
  complex = c(1+2i, NA), raw = as.raw(c(0, 127, 255)), texts = texts, latin = latin, bytes = bytes,
  null = NULL, factor = factor(c("u", "v", NA, "u")), ordered = factor(c("lo", "hi"), c("lo", "hi"), ordered = TRUE),
  matrix = matrix(1:6, 2, dimnames = list(c("a", "b"), NULL)), table = table(c("p", "q", "p")),
  frame = data.frame(n = c(1, 2), t = c("a", "b")), sequence = 1:500, down = 5:-5, reals = seq_len(4) + 0,
  shown = as.character(1:12), sorted = sort(c(2.5, 1.5)), call = quote(f(x, y = 2, ...)), symbol = quote(name),
  formula = y ~ log(x), expression = expression(a + 1, b), closure = env$reach, compiled = env$add, environment = env,
  same = env, global = globalenv(), base = baseenv(), empty = emptyenv(), namespace = asNamespace("stats"),
  package = as.environment("package:stats"), builtin = sum, special = `if`, s4 = new("Point", x = 1, label = "p"),
  pairs = pairlist(a = 1, 2), missing = formals(function(x) NULL)
)
for (version in 2:3) {
  name <- function(kind) paste0("everything_", version, "_", kind)
  for (kind in c("gzip", "bzip2", "xz")) saveRDS(everything, name(paste0(kind, ".rds")), version = version, compress = kind)
  write <- function(kind, ...) {
    file <- gzfile(name(kind), "wb")
    serialize(everything, file, version = version, ...)
    close(file)
  }
  write("ascii.rds", ascii = TRUE)
  write("hex.rds", ascii = NA)
  write("native.rds", xdr = FALSE)
  one <- 1
  two <- "b"
  save(one, two, file = paste0("two_", version, ".RData"), version = version)
  save(one, two, file = paste0("two_", version, "_ascii.RData"), version = version, ascii = TRUE)
}
shown <- c(0.1, 1e5, 123456, 1e-5, NA, 1e15, 1/3, 1e-20, -2.5e-7, 123456789012345678, 1e300, 1e22, 314159.26535897932,
           100, 0, -7, Inf, -Inf, NaN, 2^31, 1e-4, 0.0001234, 1234567.891)
saveRDS(list(numbers = shown, texts = as.character(shown)), "shown.rds")
# As everything_3_gzip.rds, but by R 4.6.
if (getRversion() >= "4.5.0") saveRDS(everything, "zstd.rds", compress = "zstd")
