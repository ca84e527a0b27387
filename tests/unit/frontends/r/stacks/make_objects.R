# Lists and stacks as caretEnsemble makes them, which could not be installed: real train objects of caret, put together as its
# caretList() and caretStack() of 2.0.3 and 4.0.1 do; and what their predict() gives. Run: Rscript make_objects.R FOLDER
suppressPackageStartupMessages({ library(caret); library(rpart) })
folder <- commandArgs(TRUE)[1]
RNGkind("Mersenne-Twister", "Inversion", "Rejection")
options(keep.source = FALSE)

table_of <- function(n) {
  data.frame(size = round(rnorm(n), 2), count = sample(0:9, n, TRUE),
             colour = factor(sample(c("red", "green", "blue"), n, TRUE), c("red", "green", "blue")))
}
answer <- function(x) x$size + 0.3 * x$count + 2 * (x$colour == "red") + rnorm(nrow(x)) / 2

control <- function(y, classes) {
  trainControl(method = "cv", number = 3, index = createFolds(y, 3, returnTrain = TRUE), savePredictions = "final",
               classProbs = classes)
}
one <- function(method, x, y, ctl, ...) suppressWarnings(train(x, y, method = method, trControl = ctl, tuneLength = 2, ...))
formula_one <- function(method, x, y, ctl, ...) {
  suppressWarnings(train(.y ~ ., data = cbind(x, .y = y), method = method, trControl = ctl, tuneLength = 2, ...))
}
chosen <- function(model) {
  kept <- model$pred
  for (name in names(model$bestTune)) kept <- kept[kept[[name]] == model$bestTune[[name]], ]
  kept[order(kept$rowIndex), ]
}

# Version 2: one probability, of the first level unless `target` says otherwise.
list_2 <- function(models) structure(models, class = "caretList")
columns_2 <- function(models, data, target) {
  sapply(models, function(m) if (m$modelType == "Regression") predict(m, data) else predict(m, data, type = "prob")[, target])
}
stack_2 <- function(models, method, target = 1, ...) {
  first <- models[[1]]
  seen <- sapply(models, function(m) {
    kept <- chosen(m)
    if (m$modelType == "Regression") kept$pred else kept[[levels(m)[target]]]
  })
  obs <- chosen(first)$obs
  last <- suppressWarnings(train(seen, obs, method = method, tuneLength = 2,
                                 trControl = trainControl(classProbs = is.factor(obs), method = "cv", number = 3), ...))
  structure(list(models = list_2(models), ens_model = last, error = last$results), class = c("caretEnsemble", "caretStack"))
}
says_2 <- function(object, data, target = 1) {
  seen <- columns_2(object$models, data, target)
  if (object$ens_model$modelType == "Regression") return(data.frame(value = predict(object$ens_model, seen)))
  shares <- predict(object$ens_model, seen, type = "prob")
  data.frame(label = predict(object$ens_model, seen), setNames(shares, paste0("probability:", names(shares))), check.names = FALSE)
}

# Version 1: weights instead of a last model, for the probability of the second level.
weigh_1 <- function(models, weights) structure(list(models = list_2(models), weights = weights, error = 1), class = "caretEnsemble")
says_1 <- function(object, data) {
  value <- as.numeric(columns_2(object$models, data, 2) %*% object$weights)
  if (object$models[[1]]$modelType == "Regression") return(data.frame(value = value))
  lev <- levels(object$models[[1]])
  shares <- setNames(data.frame(1 - value, value), paste0("probability:", lev))
  data.frame(label = lev[(value > 0.5) + 1], shares, check.names = FALSE)
}

# Version 4: all probabilities but that of one level; its rows of the fit are not kept.
trimmed <- function(model) {
  model$call <- model$dots <- model$trainingData <- model$resampledCM <- NULL
  class(model$pred) <- c("data.table", "data.frame")
  model
}
list_4 <- function(models) structure(lapply(models, trimmed), class = c("caretList", "list"))
without <- function(levels, excluded) levels[seq_along(levels) != excluded]
named_4 <- function(parts) {
  for (name in names(parts)) names(parts[[name]]) <- if (ncol(parts[[name]]) == 1) name else paste(name, names(parts[[name]]), sep = "_")
  do.call(cbind, unname(parts))
}
columns_4 <- function(models, data, excluded) {
  named_4(lapply(models, function(m) {
    if (m$modelType == "Regression") return(data.frame(pred = predict(m, data)))
    predict(m, data, type = "prob")[without(levels(m), excluded)]
  }))
}
greedy <- function(x, y, rounds = 30L) {
  y <- if (is.factor(y)) sapply(levels(y), function(l) as.integer(y == l)) else matrix(y, ncol = 1)
  x <- as.matrix(x)
  w <- matrix(0, ncol(x), ncol(y))
  for (i in seq_len(rounds)) for (k in seq_len(ncol(y))) {
    tried <- w[, k] + diag(ncol(x))
    tried <- t(t(tried) / colSums(tried))
    best <- which.min(colMeans((x %*% tried - y[, k])^2))
    w[best, k] <- w[best, k] + 1
  }
  w <- t(t(w) / colSums(w))
  dimnames(w) <- list(colnames(x), colnames(y))
  structure(list(model_weights = w, RMSE = 0, max_iter = rounds), class = "greedyMSE")
}
predict.greedyMSE <- function(object, newdata, return_labels = FALSE, ...) {
  made <- as.matrix(newdata) %*% object$model_weights
  if (ncol(made) == 1) return(made[, 1])
  if (!return_labels) return(made / rowSums(made))
  factor(colnames(made)[apply(made, 1, which.max)], colnames(made))
}
greedy_method <- list(label = "Greedy Mean Squared Error Optimizer", method = "greedyMSE", library = NULL, loop = NULL,
  type = c("Regression", "Classification"),
  parameters = data.frame(parameter = "max_iter", class = "integer", label = "Max Iterations"),
  grid = function(x, y, len = 1L, search = "grid") data.frame(max_iter = 30L),
  fit = function(x, y, wts, param, lev, last, classProbs, ...) greedy(x, y),
  predict = function(modelFit, newdata, submodels = NULL) {
    predict(modelFit, newdata, return_labels = modelFit$problemType == "Classification")
  },
  prob = function(modelFit, newdata, submodels = NULL) predict(modelFit, newdata), sort = function(x) x)
stack_4 <- function(models, method, excluded = 1L) {
  seen <- named_4(lapply(models, function(m) chosen(m)[if (m$modelType == "Regression") "pred" else without(levels(m), excluded)]))
  obs <- chosen(models[[1]])$obs
  last <- suppressWarnings(train(seen, obs, method = method, tuneLength = 2,
    trControl = trainControl(classProbs = is.factor(obs), method = "cv", number = 3, returnData = FALSE)))
  structure(list(models = list_4(models), ens_model = last, error = last$results, excluded_class_id = excluded,
                 original_features_included = NULL), class = "caretStack")
}
says_4 <- function(object, data) {
  seen <- columns_4(object$models, data, object$excluded_class_id)
  if (object$ens_model$modelType == "Regression") return(data.frame(value = unname(predict(object$ens_model, seen))))
  shares <- predict(object$ens_model, seen, type = "prob")
  data.frame(label = names(shares)[apply(shares, 1, which.max)],
             setNames(shares, paste0("probability:", names(shares))), check.names = FALSE)
}

# What caret's models drag along: the method's functions, and the environments in which formulas were written.
bare <- function(x) {
  if (is.environment(x)) return(globalenv())
  if (is.function(x)) return(NULL)
  kept <- attributes(x)
  if (is.list(x)) {
    x <- unclass(x)
    x$modelInfo <- x$call <- NULL
    names <- names(x)
    x <- lapply(x, bare)
    kept$names <- names
  }
  if (!is.null(kept[[".Environment"]])) kept[[".Environment"]] <- globalenv()
  for (name in setdiff(names(kept), c("names", "class", "dim", "levels", "row.names", "dimnames"))) {
    if (is.list(kept[[name]]) || is.language(kept[[name]])) kept[[name]] <- bare(kept[[name]])
  }

  attributes(x) <- kept
  x
}
keep <- function(name, object, data, expected) {
  dir.create(file.path(folder, name), showWarnings = FALSE, recursive = TRUE)
  saveRDS(bare(object), file.path(folder, name, "model.rds"), version = 2)
  number <- function(v) if (is.double(v)) sprintf("%.17g", v) else v
  write.csv(as.data.frame(lapply(data, number), check.names = FALSE), file.path(folder, name, "rows.csv"), row.names = FALSE, na = "")
  write.csv(as.data.frame(lapply(expected, number), check.names = FALSE, optional = TRUE),
            file.path(folder, name, "predictions.csv"), row.names = FALSE)
}

set.seed(5)
x <- table_of(90)
score <- answer(x)
rows <- table_of(60)
two <- factor(ifelse(score > median(score), "good", "bad"), c("bad", "good"))
three <- cut(score, c(-Inf, quantile(score, c(.4, .7)), Inf), c("minor", "middle", "major"))

ctl <- control(score, FALSE)
numbers <- list(rpart = one("rpart", x, score, ctl), lm = formula_one("lm", x, score, ctl))
object <- stack_2(numbers, "glm")
keep("stack-2-number", object, rows, says_2(object, rows))
object <- stack_4(numbers, greedy_method)
keep("stack-4-greedy-number", object, rows, says_4(object, rows))
object <- list_4(numbers)
made <- columns_4(numbers, rows, 1)
keep("list-4-number", object, rows, setNames(made, paste0("value:", 1:2)))

ctl <- control(two, TRUE)
pair <- list(tree = one("rpart", x, two, ctl), glm = one("glm", x, two, ctl))
object <- stack_2(pair, "glm")
keep("stack-2-pair", object, rows, says_2(object, rows))
object <- stack_2(pair, "rpart", target = 2)
keep("stack-2-second", object, rows, says_2(object, rows, 2))
object <- stack_4(pair, "glm")
keep("stack-4-pair", object, rows, says_4(object, rows))
object <- stack_4(pair, greedy_method, excluded = 0L)
keep("stack-4-greedy-pair", object, rows, says_4(object, rows))
object <- list_4(pair)
keep("list-4-pair", object, rows, setNames(columns_4(pair, rows, 1), paste0("value:", 1:2)))

ctl <- control(three, TRUE)
several <- list(rpart = one("rpart", x, three, ctl), multinom = one("multinom", x, three, ctl, trace = FALSE))
object <- stack_4(several, greedy_method, excluded = 0L)
keep("stack-4-greedy-three", object, rows, says_4(object, rows))
object <- stack_4(several, "rpart", excluded = 2L)
keep("stack-4-three", object, rows, says_4(object, rows))

object <- weigh_1(numbers, c(rpart = 0.3, lm = 0.7))
keep("weights-1-number", object, rows, says_1(object, rows))
object <- weigh_1(pair, c(rpart = 0.6, glm = 0.4))
keep("weights-1-pair", object, rows, says_1(object, rows))
