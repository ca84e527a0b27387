# Workflows and parsnip models put together by hand as their packages do it, around real molds of hardhat and real fits;
# the answers are those of hardhat::forge() and of the engines' predict(), by parsnip's rules: Rscript make.R FOLDER
# Those called -newer were made by the same script under hardhat 1.4.3 and recipes 1.3.3, which keep the levels of text.
suppressPackageStartupMessages(library(hardhat))
suppressPackageStartupMessages(library(recipes))
library(MASS)
library(nnet)
library(rpart)
set.seed(1)
folder <- commandArgs(trailingOnly = TRUE)[1]

spec <- function(kind, engine, mode, args = list(), eng_args = list()) {
  structure(list(args = lapply(args, rlang::new_quosure, env = emptyenv()), eng_args = rlang::new_quosures(lapply(eng_args, rlang::new_quosure)), mode = mode, user_specified_mode = TRUE,
    method = list(libs = engine, pred = list()), engine = engine, user_specified_engine = TRUE), class = c(kind, "model_spec"))
}
model_fit <- function(spec, fit, preproc, lvl = NULL) {
  structure(list(lvl = lvl, ordered = FALSE, spec = spec, fit = fit, preproc = preproc,
    elapsed = list(elapsed = NA_real_, print = FALSE), censor_probs = list()), class = c(paste0("_", class(fit)[1]), "model_fit"))
}
# fit_xy() of an engine that takes a formula: ..y ~ . of what is molded, without its intercept.
by_formula <- function(mold, fitter) {
  x <- as.data.frame(mold$predictors[names(mold$predictors) != "(Intercept)"])
  data <- cbind(x, ..y = mold$outcomes[[1]])
  list(fit = fitter(..y ~ ., data), preproc = list(x_var = names(x), y_var = names(mold$outcomes)))
}
by_columns <- function(mold, fitter, matrix = FALSE) {
  x <- as.data.frame(mold$predictors[names(mold$predictors) != "(Intercept)"])
  if (matrix) x <- as.matrix(x)
  list(fit = fitter(x, mold$outcomes[[1]]), preproc = list(y_var = names(mold$outcomes)))
}
workflow <- function(mold, model, action) {
  structure(list(pre = structure(list(actions = action, mold = mold, case_weights = NULL), class = c("stage_pre", "stage")),
    fit = structure(list(actions = list(), fit = model), class = c("stage_fit", "stage")),
    post = structure(list(actions = setNames(list(), character())), class = c("stage_post", "stage")), trained = TRUE),
    class = "workflow")
}
forged <- function(mold, rows) {
  made <- as.data.frame(suppressWarnings(forge(rows, mold$blueprint)$predictors))
  made[names(made) != "(Intercept)"]
}
# parsnip's answers
half <- function(p, lvl) list(label = ifelse(p >= 0.5, lvl[2], lvl[1]), probability = setNames(data.frame(1 - p, p), lvl))
keep <- function(name, model, rows, answer) {
  table <- if (is.null(answer$label)) {
    wide <- NCOL(answer$value)
    setNames(as.data.frame(answer$value), if (wide > 1) paste0("value:", seq_len(wide)) else "value")
  } else {
    shares <- as.data.frame(answer$probability)
    if (length(shares)) names(shares) <- paste0("probability:", names(shares))
    if (length(shares)) data.frame(label = answer$label, shares, check.names = FALSE) else data.frame(label = answer$label)
  }
  table[] <- lapply(table, function(x) if (is.numeric(x)) ifelse(is.na(x), "NA", sprintf("%.17g", x)) else x)
  saveRDS(model, file.path(folder, paste0(name, ".rds")), version = 3)
  write.csv(rows, file.path(folder, paste0(name, "-rows.csv")), row.names = FALSE)
  write.csv(table, file.path(folder, paste0(name, "-answers.csv")), row.names = FALSE)
}

cars <- transform(mtcars, cyl = factor(cyl, labels = c("four", "six", "eight")), am = factor(am, labels = c("auto", "manual")),
  vs = vs == 1, gear = as.integer(gear), size = factor(cut(disp, c(0, 150, 300, 500), c("s", "m", "l")), ordered = TRUE))
rownames(cars) <- NULL
gaps <- cars[seq(1, 32, 2), ]
gaps$wt[2] <- NA
gaps$cyl[3] <- NA
gaps$hp[5] <- NA
formula_mold <- function(formula, indicators, intercept = FALSE) {
  mold(formula, cars, blueprint = default_formula_blueprint(indicators = indicators, intercept = intercept))
}
formula_action <- function(formula) list(formula = structure(list(formula = formula, blueprint = NULL), class = c("action_formula", "action_pre", "action")))

# A formula with dummies, a function, a polynomial, an interaction; lm.
f <- mpg ~ cyl + log(disp) + poly(wt, 2) + vs + hp:gear + size
m <- formula_mold(f, "traditional", TRUE)
made <- by_formula(m, function(f, d) lm(f, d))
keep("formula-lm", workflow(m, model_fit(spec("linear_reg", "lm", "regression"), made$fit, made$preproc), formula_action(f)), gaps,
  list(value = suppressWarnings(predict(made$fit, forged(m, gaps)))))

# Levels that the fit has not seen become NA; glm.
f <- am ~ cyl + hp
m <- formula_mold(f, "traditional", TRUE)
made <- by_formula(m, function(f, d) suppressWarnings(glm(f, data = d, family = binomial)))
keep("formula-glm", workflow(m, model_fit(spec("logistic_reg", "glm", "classification"), made$fit, made$preproc, levels(cars$am)), formula_action(f)),
  gaps, half(predict(made$fit, forged(m, gaps), type = "response"), levels(cars$am)))

# The penalty lies between two lambdas of the path; glmnet.
f <- am ~ mpg + cyl + wt + qsec
m <- formula_mold(f, "traditional", TRUE)
made <- by_columns(m, function(x, y) glmnet::glmnet(x, y, family = "binomial"), TRUE)
whole <- cars[2 * (1:16), ]
x <- as.matrix(forged(m, whole))
keep("formula-glmnet", workflow(m, model_fit(spec("logistic_reg", "glmnet", "classification", list(penalty = 0.0123, mixture = 1)), made$fit,
  made$preproc, levels(cars$am)), formula_action(f)), whole, half(predict(made$fit, x, s = 0.0123, type = "response")[, 1], levels(cars$am)))

# Factors as they are: trees.
f <- cyl ~ mpg + am + size + I(wt^2) + vs
m <- formula_mold(f, "none")
lvl <- levels(cars$cyl)
made <- by_formula(m, function(f, d) rpart(f, d, minsplit = 5))
keep("formula-rpart", workflow(m, model_fit(spec("decision_tree", "rpart", "classification"), made$fit, made$preproc, lvl), formula_action(f)), gaps,
  list(label = as.character(predict(made$fit, forged(m, gaps), type = "class")), probability = predict(made$fit, forged(m, gaps))))
made <- by_columns(m, function(x, y) ranger::ranger(x = x, y = y, num.trees = 8, seed = 3, probability = TRUE, num.threads = 1))
p <- predict(made$fit, forged(m, whole))$predictions
keep("formula-ranger", workflow(m, model_fit(spec("rand_forest", "ranger", "classification"), made$fit, made$preproc, lvl), formula_action(f)), whole,
  list(label = colnames(p)[apply(p, 1, which.max)], probability = p))

# One column for each level; earth of matrix columns.
f <- mpg ~ cyl + wt + vs + size
m <- formula_mold(f, "one_hot")
made <- by_formula(m, function(f, d) lm(f, d))
keep("formula-one-hot", workflow(m, model_fit(spec("linear_reg", "lm", "regression"), made$fit, made$preproc), formula_action(f)), gaps,
  list(value = suppressWarnings(predict(made$fit, forged(m, gaps)))))

# variables: columns as they are.
m <- mold(cars[c("wt", "hp", "cyl", "gear")], cars["mpg"], blueprint = default_xy_blueprint())
made <- by_columns(m, function(x, y) randomForest::randomForest(x, y, ntree = 8))
variables <- list(variables = structure(list(variables = list(), blueprint = NULL), class = c("action_variables", "action_pre", "action")))
keep("variables-forest", workflow(m, model_fit(spec("rand_forest", "randomForest", "regression"), made$fit, made$preproc), variables), whole,
  list(value = predict(made$fit, forged(m, whole))))

# A recipe: a novel level is NA before the steps see it, text is not.
words <- transform(gaps, am = as.character(am))
r <- recipe(mpg ~ wt + cyl + hp + am, transform(cars, am = as.character(am))) |> step_novel(am) |> step_unknown(cyl) |> step_impute_mean(wt, hp) |>
  step_normalize(all_numeric_predictors()) |> step_dummy(all_nominal_predictors())
m <- mold(r, transform(cars, am = as.character(am)), blueprint = default_recipe_blueprint())
made <- by_formula(m, function(f, d) lm(f, d))
words$am[4] <- "hovers"
words$cyl <- as.character(words$cyl)
words$cyl[6] <- "twelve"
keep("recipe-lm", workflow(m, model_fit(spec("linear_reg", "lm", "regression"), made$fit, made$preproc),
  list(recipe = structure(list(recipe = r, blueprint = NULL), class = c("action_recipe", "action_pre", "action")))), words,
  list(value = suppressWarnings(predict(made$fit, forged(m, words)))))

# parsnip alone: its own formula to columns, to a frame, and the softmax it puts on nnet's shares.
f <- mpg ~ wt + cyl * hp + vs
terms <- terms(model.frame(f, cars))
frame <- model.frame(f, cars)
made <- glmnet::glmnet(model.matrix(f, cars)[, -1], cars$mpg)
again <- function(rows) model.matrix(delete.response(terms), model.frame(delete.response(terms), rows, na.action = na.pass, xlev = .getXlevels(terms, frame)))[, -1]
keep("parsnip-glmnet", model_fit(spec("linear_reg", "glmnet", "regression", list(penalty = quote(10^-1))), made, list(terms = terms,
  xlevels = .getXlevels(terms, frame), offset_expr = NULL, options = list(indicators = "traditional", composition = "matrix",
  contrasts = NULL, remove_intercept = TRUE), y_var = "mpg")), whole, list(value = predict(made, again(whole), s = 0.1)[, 1]))
f <- cyl ~ wt + log(hp) + am
frame <- model.frame(f, cars)
terms <- terms(frame)
made <- randomForest::randomForest(frame[-1], frame[[1]], ntree = 7)
again <- model.frame(delete.response(terms), whole, xlev = .getXlevels(terms, frame))
keep("parsnip-forest", model_fit(spec("rand_forest", "randomForest", "classification"), made, list(terms = terms, xlevels = .getXlevels(terms, frame),
  offset_expr = NULL, options = list(indicators = "none", composition = "data.frame", contrasts = NULL, remove_intercept = FALSE), y_var = "cyl"), lvl),
  whole, list(label = as.character(predict(made, again)), probability = unclass(predict(made, again, type = "prob"))))
made <- nnet(cyl ~ wt + I(hp / 100), cars, size = 2, decay = 0.01, trace = FALSE)
p <- predict(made, whole, type = "raw")
keep("parsnip-nnet", model_fit(spec("mlp", "nnet", "classification"), made, list(y_var = "cyl"), lvl), whole,
  list(label = predict(made, whole, type = "class"), probability = setNames(as.data.frame(t(apply(p, 1, function(x) exp(x) / sum(exp(x))))), lvl)))
made <- multinom(am ~ wt + hp, cars, trace = FALSE)
keep("parsnip-multinom", model_fit(spec("multinom_reg", "nnet", "classification"), made, list(y_var = "am"), levels(cars$am)), whole,
  list(label = as.character(predict(made, whole, type = "class"))))
made <- lda(cyl ~ wt + hp, cars)
p <- predict(made, whole)
keep("parsnip-lda", model_fit(spec("discrim_linear", "MASS", "classification"), made, list(y_var = "cyl"), lvl), whole,
  list(label = as.character(p$class), probability = p$posterior))
made <- kernlab::ksvm(am ~ wt + hp, cars, prob.model = TRUE)
keep("parsnip-ksvm", model_fit(spec("svm_rbf", "kernlab", "classification"), made, list(y_var = "am"), levels(cars$am)), whole,
  list(label = as.character(kernlab::predict(made, whole)), probability = kernlab::predict(made, whole, type = "probabilities")))
made <- mgcv::gam(am ~ s(wt, k = 4), binomial, cars)
p <- as.numeric(predict(made, gaps, type = "response"))
keep("parsnip-gam", model_fit(spec("gen_additive_mod", "mgcv", "classification"), made, list(y_var = "am"), levels(cars$am)), gaps, half(p, levels(cars$am)))
made <- earth::earth(am ~ wt + qsec, cars, glm = list(family = binomial))
keep("parsnip-earth", model_fit(spec("mars", "earth", "classification"), made, list(y_var = "am"), levels(cars$am)), whole,
  half(predict(made, whole, type = "response")[, 1], levels(cars$am)))
made <- rpart(mpg ~ wt + cyl, cars)
made$call <- quote(dummy_call())
keep("butchered-rpart", structure(made, class = c("butchered_rpart", "rpart")), gaps, list(value = predict(made, gaps)))

# mlr3's learners: environments as R6 makes them, whose model is the engine's; the answers by the .predict() of each.
learner <- function(class, kind, model, task, predict_type, values = list()) {
  private <- list2env(list(.predict_type = predict_type))
  set <- list2env(list(.__enclos_env__ = list2env(list(private = list2env(list(.values = values))))))
  made <- list2env(list(id = tolower(class), param_set = set, .__enclos_env__ = list2env(list(private = private)),
    state = list(model = model, param_vals = values, feature_names = setdiff(names(task), "y"), mlr3_version = "0.20.0",
      task_prototype = task[0, ])), parent = emptyenv())
  structure(made, class = c(class, kind, "Learner", "R6"))
}
row_max <- function(p) colnames(p)[apply(p, 1, which.max)]
made <- glm(am ~ hp, data = transform(cars, am = factor(am, rev(levels(am)))), family = "binomial", model = FALSE)
p <- predict(made, whole, type = "response")
keep("mlr3-log-reg", learner("LearnerClassifLogReg", "LearnerClassif", made, cars[c("am", "hp")], "prob"), whole,
  list(label = ifelse(p < 0.5, "manual", "auto"), probability = data.frame(auto = p, manual = 1 - p)))
keep("mlr3-log-reg-label", learner("LearnerClassifLogReg", "LearnerClassif", made, cars[c("am", "hp")], "response"), whole,
  list(label = ifelse(p < 0.5, "manual", "auto")))
made <- ranger::ranger(y ~ ., data = data.frame(y = cars$cyl, cars[c("wt", "hp", "am")]), num.trees = 8, probability = TRUE, seed = 2, num.threads = 1)
p <- predict(made, whole)$predictions
keep("mlr3-ranger", learner("LearnerClassifRanger", "LearnerClassif", made, cars[c("cyl", "wt", "hp", "am")], "prob"), whole,
  list(label = row_max(p), probability = p))
made <- glmnet::glmnet(as.matrix(mtcars[c("wt", "hp", "qsec")]), cars$mpg)
keep("mlr3-glmnet", learner("LearnerRegrGlmnet", "LearnerRegr", made, cars[c("mpg", "wt", "hp", "qsec")], "response", list(s = 0.3)), whole,
  list(value = predict(made, as.matrix(whole[c("wt", "hp", "qsec")]), s = 0.3)[, 1]))
made <- rpart(mpg ~ wt + cyl, cars)
keep("mlr3-rpart", learner("LearnerRegrRpart", "LearnerRegr", made, cars[c("mpg", "wt", "cyl")], "response"), gaps, list(value = predict(made, gaps)))
made <- qda(am ~ wt + qsec, cars)
p <- predict(made, whole)
keep("mlr3-qda", learner("LearnerClassifQDA", "LearnerClassif", made, cars[c("am", "wt", "qsec")], "response"), whole, list(label = as.character(p$class)))

# Further ways of a workflow: other roles, novel levels that are allowed, an intercept, text, a formula of the model's own, two outcomes.
several <- transform(cars, id = paste0("car", seq_len(nrow(cars))), w = seq_len(nrow(cars)))
r <- recipe(several) |> update_role(mpg, new_role = "outcome") |> update_role(wt, cyl, hp, new_role = "predictor") |> update_role(id, new_role = "id")
r <- recipe(mpg ~ wt + cyl + hp + id, several) |> update_role(id, new_role = "id") |> step_novel(cyl) |> step_dummy(cyl)
m <- mold(r, several, blueprint = default_recipe_blueprint(allow_novel_levels = TRUE, intercept = TRUE))
made <- by_formula(m, function(f, d) lm(f, d))
rows <- several[2 * (1:16), ]
rows$cyl <- as.character(rows$cyl)
rows$cyl[3] <- "twelve"
one_by_one <- function(rows, answer) vapply(seq_len(nrow(rows)), function(i) tryCatch(suppressWarnings(as.numeric(answer(rows[i, ]))), error = function(e) NA_real_), 0)
keep("recipe-novel", workflow(m, model_fit(spec("linear_reg", "lm", "regression"), made$fit, made$preproc), list()), rows,
  list(value = one_by_one(rows, function(row) predict(made$fit, forged(m, row)))))

f <- mpg ~ gear + wt + words
wordy <- transform(cars, words = rep(c("a", "b", "c", "d"), 8))
m <- mold(f, wordy, blueprint = default_formula_blueprint(indicators = "none"))
made <- by_formula(m, function(f, d) rpart(f, d, minsplit = 4))
rows <- wordy[seq(1, 31, 2), ]
rows$gear <- as.numeric(rows$gear)
rows$gear[4] <- 3.5
keep("formula-text", structure(workflow(m, model_fit(spec("decision_tree", "rpart", "regression"), made$fit, made$preproc), list()),
  class = c("butchered_workflow", "workflow")), rows, list(value = replace(predict(made$fit, rows), 4, NA)))

m <- mold(cars[c("wt", "hp", "cyl")], cars[c("mpg", "qsec")], blueprint = default_xy_blueprint(intercept = TRUE))
made <- lm(cbind(mpg, qsec) ~ ., cbind(cars[c("mpg", "qsec")], cars[c("wt", "hp", "cyl")]))
p <- predict(made, whole)
keep("variables-two", workflow(m, model_fit(spec("linear_reg", "lm", "regression"), made, list(x_var = c("wt", "hp", "cyl"), y_var = c("mpg", "qsec"))),
  list()), whole, list(value = p))

m <- mold(cars[c("wt", "hp", "cyl")], cars["mpg"], blueprint = default_xy_blueprint())
made <- mgcv::gam(mpg ~ s(wt, k = 4) + cyl + log(hp), data = cbind(m$outcomes, m$predictors))
keep("variables-gam", workflow(m, model_fit(spec("gen_additive_mod", "mgcv", "regression"), made, list(y_var = "mpg")), list()), whole,
  list(value = as.numeric(predict(made, whole))))

# parsnip's own one-hot columns: a logical gets two.
f <- mpg ~ wt + cyl + vs + size
frame <- model.frame(f, cars)
terms <- terms(frame)
old <- options(contrasts = c(unordered = "contr_one_hot", ordered = "contr.poly"))
contr_one_hot <- hardhat:::contr_one_hot
x <- model.matrix(terms, frame)[, -1]
again <- model.matrix(delete.response(terms), model.frame(delete.response(terms), whole, xlev = .getXlevels(terms, frame)))[, -1]
options(old)
made <- glmnet::glmnet(x, cars$mpg)
keep("parsnip-one-hot", model_fit(spec("linear_reg", "glmnet", "regression", list(penalty = 0.05)), made, list(terms = terms,
  xlevels = .getXlevels(terms, frame), offset_expr = NULL, options = list(indicators = "one_hot", composition = "matrix", contrasts = NULL,
  remove_intercept = TRUE), y_var = "mpg")), whole, list(value = predict(made, again, s = 0.05)[, 1]))

# An interaction and levels of factors with odd names in the formula of a workflow.
odd <- transform(cars, kind = factor(cyl, labels = c("a b", "c-d", "1")))
names(odd)[names(odd) == "wt"] <- "the weight"
f <- mpg ~ kind * `the weight` + I(hp^2) + ifelse(vs, 1, 0)
m <- mold(f, odd, blueprint = default_formula_blueprint(indicators = "traditional", intercept = TRUE))
made <- by_formula(m, function(f, d) lm(f, d))
rows <- odd[2 * (1:16), ]
keep("formula-odd", workflow(m, model_fit(spec("linear_reg", "lm", "regression"), made$fit, made$preproc), list()), rows,
  list(value = suppressWarnings(predict(made$fit, forged(m, rows)))))
made <- by_formula(m, function(f, d) kernlab::ksvm(f, d))
keep("formula-odd-ksvm", workflow(m, model_fit(spec("svm_rbf", "kernlab", "regression"), made$fit, made$preproc), list()), rows,
  list(value = kernlab::predict(made$fit, forged(m, rows))[, 1]))
made <- by_formula(m, function(f, d) nnet(f, d, size = 2, linout = TRUE, decay = 0.1, trace = FALSE))
keep("formula-odd-nnet", workflow(m, model_fit(spec("mlp", "nnet", "regression"), made$fit, made$preproc), list()), rows,
  list(value = predict(made$fit, forged(m, rows))[, 1]))

# kernlab keeps no levels: those of the workflow are known.
f <- mpg ~ cyl + am + wt + vs + size
m <- formula_mold(f, "none")
made <- by_formula(m, function(f, d) kernlab::ksvm(f, d))
keep("formula-ksvm", workflow(m, model_fit(spec("svm_rbf", "kernlab", "regression", list(cost = NULL)), made$fit, made$preproc), list()), whole,
  list(value = kernlab::predict(made$fit, forged(m, whole))[, 1]))

# Text in a formula: R takes its levels from the rows; what has no column counts as the first.
f <- mpg ~ words + wt + wordsmith
wordy <- transform(wordy, wordsmith = hp)
rows <- wordy[seq(1, 31), ]
rows$words[2] <- "zz"
rows$words[3] <- NA
m <- mold(f, wordy, blueprint = default_formula_blueprint(indicators = "traditional", intercept = TRUE))
made <- by_formula(m, function(f, d) lm(f, d))
keep("formula-words", workflow(m, model_fit(spec("linear_reg", "lm", "regression"), made$fit, made$preproc), list()), rows[1:16, ],
  list(value = predict(made$fit, forged(m, rows))[1:16]))
m <- mold(f, wordy, blueprint = default_formula_blueprint(indicators = "one_hot"))
made <- by_columns(m, function(x, y) glmnet::glmnet(x, y), TRUE)
x <- as.matrix(forged(m, rows)[rownames(made$fit$beta)])
m$predictors <- NULL
keep("formula-words-one-hot", workflow(m, model_fit(spec("linear_reg", "glmnet", "regression", list(penalty = 0.1)), made$fit, made$preproc), list()),
  rows[1:16, ], list(value = predict(made$fit, x, s = 0.1)[1:16, 1]))
