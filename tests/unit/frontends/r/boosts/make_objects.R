# Objects as the packages ada, adabag and caTools make them, which could not be installed: their training loops, step by step, over
# real trees of rpart; and what their predict() gives of them, worked out tree by tree. Run: Rscript make_objects.R FOLDER
suppressPackageStartupMessages(library(rpart))
folder <- commandArgs(TRUE)[1]
RNGkind("Mersenne-Twister", "Inversion", "Rejection")

# --- ada 2.0-5 ---------------------------------------------------------------------------------------------------------------
says <- function(type) {
  switch(type,
    discrete = function(f, dat) c(-1, 1)[apply(predict(f, newdata = dat, type = "prob"), 1, which.max)],
    real = function(f, dat) {
      p <- predict(f, newdata = dat, type = "prob")[, 2]
      sure <- p == 1 | (1 - p) == 1
      p[sure] <- (1 - p[sure]) * 0.0001 + p[sure] * .9999
      0.5 * log(p / (1 - p))
    },
    gentle = function(f, dat) predict(f, newdata = dat))
}

ada_like <- function(x, y, type, loss = "exponential", iter = 8, nu = 0.1, bag.frac = 0.5, coef = TRUE, shift = FALSE,
                     formula = NULL, control = rpart.control(maxdepth = 3)) {
  lev <- levels(as.factor(y))
  ny <- c(-1, 1)[as.numeric(as.factor(y))]
  n <- nrow(x)
  dat <- data.frame(y = ny, x)
  w <- rep(1, n) / n
  total <- rep(0, n)
  alpha <- shifted <- numeric(iter)
  f <- says(type)
  trees <- list()
  for (m in seq_len(iter)) {
    kept <- if (bag.frac < 1) c(sample(which(ny == 1), 1), sample(which(ny == -1), 1), sample(n, floor(bag.frac * n))) else 1:n
    tree <- rpart(y ~ ., data = dat[kept, ], weights = w[kept], method = if (type == "gentle") "anova" else "class",
                  x = FALSE, y = FALSE, control = control)
    tree$where <- NULL
    attr(tree$terms, ".Environment") <- globalenv()
    said <- f(tree, dat)
    err <- sum(w * (sign(said) != ny))
    if ((1 - err) == 1 | err == 1) err <- (1 - err) * 0.0001 + err * .9999
    alpha[m] <- nu * if (coef) 0.5 * log((1 - err) / err) else 1
    total <- total + alpha[m] * said
    shifted[m] <- 1 - nu + alpha[m]
    w <- exp(-ny * total)
    if (loss == "logistic") w <- w / (1 + w)
    w <- w / sum(w)
    trees[[m]] <- tree
  }
  if (shift) alpha <- shifted
  made <- as.factor(lev[as.numeric(as.factor(sign(total)))])
  loss_obj <- list(coefs = NULL, wfun = NULL, predict.type = NULL, method = "class", type = type, loss = loss, shift = shift)
  model <- list(trees = trees, alpha = alpha, F = list(total), errs = NULL, oob.str = NULL, lw = w, shift = shift,
                lossObj = loss_obj)
  out <- structure(list(model = model, fit = made, call = quote(ada()),
                        confusion = table(as.factor(y), made, dnn = c("True value", "Final Prediction")), iter = iter,
                        actual = as.vector(y), nu = nu, dim = dim(x), names = names(x), bag.frac = bag.frac), class = "ada")
  if (!is.null(formula)) out$terms <- terms(formula, data = x)
  out
}

ada_says <- function(object, data) {
  f <- says(object$model$lossObj$type)
  each <- sapply(seq_len(object$iter), function(i) f(object$model$trees[[i]], data))
  total <- apply(t(t(each) * object$model$alpha), 1, sum)
  shares <- t(sapply(total, function(x) if (x > 0) c(exp(-2 * x), 1) else c(1, exp(2 * x))))
  shares <- shares / apply(shares, 1, sum)
  lev <- levels(as.factor(object$actual))
  data.frame(label = lev[(total > 0) + 1], setNames(as.data.frame(shares), paste0("probability:", lev)), check.names = FALSE)
}

# --- adabag 4.3 --------------------------------------------------------------------------------------------------------------
adabag_like <- function(formula, data, kind, mfinal = 7, coeflearn = "Breiman", boos = TRUE,
                        control = rpart.control(maxdepth = 4), old = FALSE) {
  y <- data[[as.character(formula[[2]])]]
  n <- nrow(data)
  w <- rep(1 / n, n)
  trees <- list()
  weight <- numeric(mfinal)
  learned <- function(err) {
    c <- log((1 - err) / err)
    switch(coeflearn, Breiman = c / 2, Zhu = c + log(nlevels(y) - 1), c)
  }
  for (m in seq_len(mfinal)) {
    repeat {
      kept <- sample(n, replace = TRUE, prob = if (kind == "boosting") w)
      tree <- rpart(formula, data = data[kept, ], control = control)
      if (length(tree$frame$var) > 1) break
    }
    if (!boos) {
      environment(formula) <- environment()
      tree <- rpart(formula, data = data, weights = w, control = control)
    }
    wrong <- as.numeric(y != predict(tree, newdata = data, type = "class"))
    err <- sum(w * wrong)
    c <- learned(err)
    w <- w * exp(c * wrong)
    w <- w / sum(w)
    worst <- if (coeflearn == "Zhu") 1 - 1 / nlevels(y) else 0.5
    if (err >= worst) {
      w <- rep(1 / n, n)
      c <- learned(worst - 0.001)
    }
    if (err == 0) {
      w <- rep(1 / n, n)
      c <- learned(0.001)
    }
    trees[[m]] <- tree
    weight[m] <- c
  }
  environment(formula) <- globalenv()
  for (m in seq_len(mfinal)) {
    attr(trees[[m]]$terms, ".Environment") <- globalenv()
    trees[[m]]$y <- trees[[m]]$where <- NULL
  }
  out <- list(formula = formula, trees = trees)
  if (kind == "boosting") out$weights <- weight
  if (!old) attr(out, "vardep.summary") <- summary(y, maxsum = 700)
  class(out) <- kind
  out
}

adabag_says <- function(object, data) {
  given <- attr(object, "vardep.summary")
  lev <- if (is.null(given)) attr(object$trees[[1]], "ylevels") else names(given)
  weight <- if (inherits(object, "boosting")) object$weights else rep(1, length(object$trees))
  each <- sapply(object$trees, function(tree) as.character(predict(tree, data, type = "class")))
  votes <- sapply(lev, function(level) (each == level) %*% weight)
  label <- apply(votes, 1, function(row) {
    best <- which(row == max(row))
    if (length(best) == 1 || is.null(given)) return(lev[best[1]])
    names(given[best])[order(given[best], decreasing = TRUE)[1]]
  })
  shares <- votes / apply(votes, 1, sum)
  data.frame(label = label, setNames(as.data.frame(shares), paste0("probability:", lev)), check.names = FALSE)
}

# --- caTools 1.18 --------------------------------------------------------------------------------------------------------------
logit_stumps <- function(x, y, rounds) {
  x[is.na(x)] <- Inf
  f <- numeric(nrow(x))
  stumps <- matrix(0, rounds, 3, dimnames = list(NULL, c("feature", "threshhold", "sign")))
  last <- 0
  for (m in seq_len(rounds)) {
    p <- 1 / (1 + exp(-f))
    w <- pmax(p * (1 - p), 1e-24)
    z <- (y - p) / w
    w <- w / sum(w)
    best <- Inf
    for (column in setdiff(seq_len(ncol(x)), last)) for (cut in head(sort(unique(x[, column])), -1)) for (sign in c(1, -1)) {
      off <- sum(w * (z - sign * (2 * (x[, column] <= cut) - 1))^2)
      if (off < best) {
        best <- off
        stumps[m, ] <- c(column, cut, sign)
      }
    }
    last <- stumps[m, 1]
    f <- f + stumps[m, 3] * (2 * (x[, last] <= stumps[m, 2]) - 1)
  }
  stumps
}
logit_like <- function(x, y, rounds) {
  known <- sort(unique(y))
  structure(list(Stump = logit_stumps(x, as.numeric(y != known[1]), rounds), lablist = known, xNames = colnames(x)),
            class = "LogitBoost")
}
logit_says <- function(object, x) {
  x[is.na(x)] <- Inf
  f <- numeric(nrow(x))
  for (i in seq_len(nrow(object$Stump))) f <- f + object$Stump[i, 3] * (2 * (x[, object$Stump[i, 1]] <= object$Stump[i, 2]) - 1)
  p <- 1 / (1 + exp(-f))
  shares <- cbind(1 - p, p)
  known <- as.character(object$lablist)
  data.frame(label = known[max.col(shares, "first")], setNames(as.data.frame(shares), paste0("probability:", known)), check.names = FALSE)
}

# --- data: numbers with NA, factors, texts, whole numbers ------------------------------------------------------------------------
table_of <- function(n) {
  x <- data.frame(size = round(rnorm(n), 2), count = sample(0:9, n, TRUE),
                  colour = factor(sample(c("red", "green", "blue"), n, TRUE), c("red", "green", "blue")),
                  grade = factor(sample(c("low", "mid", "high"), n, TRUE), c("low", "mid", "high"), ordered = TRUE),
                  town = sample(c("Ulm", "Bonn", "Kiel", "Jena"), n, TRUE), stringsAsFactors = FALSE)
  x
}
answer <- function(x) x$size + 0.3 * x$count + (x$colour == "red") - 0.8 * as.integer(x$grade) + (x$town == "Ulm") + rnorm(nrow(x))
gaps <- function(x) {
  for (name in names(x)) x[[name]][sample(nrow(x), nrow(x) %/% 8)] <- NA
  x
}
keep <- function(name, object, data, expected) {
  dir.create(file.path(folder, name), showWarnings = FALSE, recursive = TRUE)
  saveRDS(object, file.path(folder, name, "model.rds"), version = 2)
  number <- function(v) if (is.double(v)) sprintf("%.17g", v) else v
  write.csv(as.data.frame(lapply(data, number), check.names = FALSE), file.path(folder, name, "rows.csv"),
            row.names = FALSE, quote = TRUE, na = "")
  write.csv(as.data.frame(lapply(expected, number), check.names = FALSE, optional = TRUE),
            file.path(folder, name, "predictions.csv"), row.names = FALSE, quote = TRUE)
}
set.seed(20)
x <- table_of(160)
score <- answer(x)
x <- gaps(x)
rows <- gaps(table_of(90))
two <- factor(ifelse(score > median(score), "good", "bad"), c("bad", "good"))
three <- cut(score, c(-Inf, quantile(score, c(.5, .7)), Inf), c("minor", "middle", "major"))
factors <- function(x) { x$town <- factor(x$town, c("Ulm", "Bonn", "Kiel", "Jena")); x }
fx <- factors(x)
frows <- factors(rows)

for (type in c("discrete", "real", "gentle")) {
  object <- ada_like(fx, two, type, formula = two ~ .)
  keep(paste0("ada-", type), object, frows, ada_says(object, frows))
}
object <- ada_like(fx, two, "discrete", coef = FALSE, iter = 7, nu = 1)
keep("ada-equal", object, frows, ada_says(object, frows))
object <- ada_like(fx, factor(two, c("good", "bad")), "real", loss = "logistic", shift = TRUE, bag.frac = 1)
keep("ada-swapped", object, frows, ada_says(object, frows))
# caret: labels by the levels that predict.ada() sorts, shares by place.
object <- within(unclass(object), { xNames <- names(fx); problemType <- "Classification"; obsLevels <- c("good", "bad") })
wrapped <- structure(list(method = "ada", modelType = "Classification", finalModel = structure(object, class = "ada"),
                          preProcess = NULL, trainingData = cbind(fx, .outcome = factor(two, c("good", "bad"))),
                          levels = c("good", "bad"), xlevels = NULL), class = "train")
said <- ada_says(wrapped$finalModel, frows)
keep("ada-train", wrapped, frows, setNames(said, c("label", "probability:good", "probability:bad")))
numeric <- ada_like(fx, as.numeric(two == "good"), "gentle")
keep("ada-numeric", numeric, frows, ada_says(numeric, frows))
texts <- ada_like(x, two, "discrete")
keep("ada-texts", texts, rows, ada_says(texts, rows))

d <- cbind(fx, class = three)
for (kind in c("bagging", "boosting")) {
  object <- adabag_like(class ~ ., d, kind)
  keep(paste0("adabag-", kind), object, frows, adabag_says(object, frows))
}
object <- adabag_like(class ~ ., d, "boosting", coeflearn = "Zhu", mfinal = 6)
keep("adabag-zhu", object, frows, adabag_says(object, frows))
object <- adabag_like(class ~ ., d, "boosting", coeflearn = "Freund", boos = FALSE)
keep("adabag-weighted", object, frows, adabag_says(object, frows))
object <- adabag_like(class ~ ., cbind(x, class = three), "bagging", mfinal = 4)
keep("adabag-texts", object, rows, adabag_says(object, rows))
object <- adabag_like(class ~ ., d, "bagging", mfinal = 4, old = TRUE)
keep("adabag-old", object, frows, adabag_says(object, frows))

numbers <- as.matrix(x[c("size", "count")])
nrows <- as.matrix(rows[c("size", "count")])
object <- logit_like(numbers, two, 9)
keep("logitboost", object, rows[c("size", "count")], logit_says(object, nrows))
object <- logit_like(numbers, as.numeric(two), 7)
keep("logitboost-codes", object, rows[c("size", "count")], logit_says(object, nrows))
object <- logit_like(numbers, factor(two, c("good", "bad")), 5)
object <- structure(c(unclass(object), list(problemType = "Classification", obsLevels = c("good", "bad"))), class = "LogitBoost")
made <- logit_says(object, nrows)
made[-1] <- t(apply(made[-1], 1, function(row) row / sum(row)))
wrapped <- structure(list(method = "LogitBoost", modelType = "Classification", finalModel = object, preProcess = NULL,
                          trainingData = cbind(as.data.frame(numbers), .outcome = two), levels = c("good", "bad")), class = "train")
keep("logitboost-train", wrapped, rows[c("size", "count")], made)

# --- gbm3 3.0: the trees of gbm, whose C code is the same step by step, under the names that gbm3 gives their tables. ---------------
suppressPackageStartupMessages(library(gbm))
gbm3_like <- function(model, name) {
  params <- structure(list(num_trees = model$n.trees), class = "GBMTrainParams")
  variables <- list(var_monotone = model$var.monotone, var_names = model$var.names, var_levels = model$var.levels, var_type = model$var.type)
  terms <- model$Terms
  attr(terms, ".Environment") <- globalenv()
  structure(list(initF = model$initF, trees = model$trees, c.splits = model$c.splits, params = params, Terms = terms,
                 variables = structure(variables, class = "GBMVarCont"),
                 distribution = structure(list(name = name), class = c(paste0(name, "GBMDist"), "GBMDist"))), class = "GBMFit")
}
cols <- fx[c("size", "count", "colour", "grade")]
boosted <- function(y, distribution) {
  gbm(y ~ ., data = cbind(cols, y = y), distribution = distribution, n.trees = 12, interaction.depth = 2, n.minobsinnode = 5,
      shrinkage = 0.3, keep.data = FALSE)
}
fewer <- frows[names(cols)]
for (one in list(list("Gaussian", score), list("Bernoulli", as.numeric(two) - 1), list("Poisson", as.integer(three)))) {
  model <- boosted(one[[2]], tolower(one[[1]]))
  keep(paste0("gbm3-", tolower(one[[1]])), gbm3_like(model, one[[1]]), fewer,
       data.frame(value = predict(model, fewer, n.trees = 12, type = "response")))
}
