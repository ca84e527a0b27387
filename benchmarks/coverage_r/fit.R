# Fits one model a case and writes, into FOLDER: <case>.rds, <case>.rows.csv and <case>.expected.csv (17 digits).
# Usage: Rscript fit.R FOLDER. Needs R 4 and the packages named below; none of it is needed to run bench.py on what it wrote.
folder <- commandArgs(TRUE)[1]
dir.create(folder, showWarnings = FALSE, recursive = TRUE)
suppressPackageStartupMessages({
  library(stats); library(MASS); library(nnet); library(rpart); library(randomForest); library(ranger); library(gbm)
  library(glmnet); library(e1071); library(earth); library(kernlab); library(pls); library(partykit); library(splines)
  library(caret); library(recipes); library(mgcv); library(ipred); library(pscl); library(class)
})

set.seed(1)
air <- airquality
air$Hot <- air$Temp > 80
air$Spell <- factor(c("may", "june", "july", "aug", "sept")[air$Month - 4])
aq <- na.omit(air)
cars <- transform(mtcars, cyl = factor(cyl), am = factor(am, labels = c("auto", "manual")), gear = ordered(gear))
bwt <- with(birthwt, data.frame(low = factor(low, labels = c("no", "yes")), age, lwt, race = factor(race, labels = c("white", "black", "other")),
  smoke = smoke > 0, ptd = factor(ptl > 0), ht = factor(ht), bwt))
esoph2 <- esoph
gaps <- iris
for (j in 1:4) gaps[sample(150, 12), j] <- NA
some <- function(data, n = 60) data[sample(nrow(data), min(n, nrow(data))), , drop = FALSE]

number <- function(p) data.frame(value = as.numeric(p))
# Labels of a two-level binomial glm: the second level where its probability exceeds 0.5.
binomial_of <- function(p, levels) {
  p <- as.numeric(p)
  d <- data.frame(label = ifelse(p > 0.5, levels[2], levels[1]), a = 1 - p, b = p, check.names = FALSE)
  names(d) <- c("label", paste0("probability:", levels)); d
}
classes <- function(label, prob) {
  d <- data.frame(label = as.character(label), check.names = FALSE)
  if (!is.null(prob)) { prob <- as.data.frame(unclass(prob)); for (n in names(prob)) d[[paste0("probability:", n)]] <- as.numeric(prob[[n]]) }
  d
}
matrix_of <- function(m) { d <- as.data.frame(m); names(d) <- paste0("transformed:", seq_along(d)); d }

done <- character()
case <- function(name, fit, rows, answer) {
  result <- tryCatch({
    model <- suppressWarnings(eval(fit))
    expected <- answer(model, rows)
    saveRDS(model, file.path(folder, paste0(name, ".rds")))
    write.csv(rows, file.path(folder, paste0(name, ".rows.csv")), row.names = FALSE)
    for (j in names(expected)) if (is.numeric(expected[[j]])) expected[[j]] <- sprintf("%.17g", expected[[j]])
    write.csv(expected, file.path(folder, paste0(name, ".expected.csv")), row.names = FALSE, quote = TRUE)
    done <<- c(done, name)
    NULL
  }, error = function(e) message("not fitted: ", name, ": ", conditionMessage(e)))
}
response <- function(m, d) number(predict(m, newdata = d, type = "response"))
plain <- function(m, d) number(predict(m, newdata = d))

# -- linear models ----------------------------------------------------------------------------------------------
case("lm-numbers", quote(lm(mpg ~ wt + hp, cars)), some(cars), plain)
case("lm-factors", quote(lm(mpg ~ wt * cyl + am, cars)), some(cars), plain)
case("lm-ordered", quote(lm(mpg ~ wt + gear, cars)), some(cars), plain)
case("lm-poly", quote(lm(mpg ~ poly(wt, 2) + poly(hp, 3, raw = TRUE), cars)), some(cars), plain)
case("lm-splines", quote(lm(mpg ~ ns(wt, 3) + bs(hp, df = 5), cars)), some(cars), plain)
case("lm-scale-log", quote(lm(log(mpg) ~ scale(wt) + log(hp) + sqrt(disp) + I(qsec^2), cars)), some(cars), plain)
case("lm-cut-ifelse", quote(lm(Ozone ~ cut(Temp, c(0, 70, 80, 90, 120)) + ifelse(Wind > 10, Wind, 10) + Hot, aq)), some(aq), plain)
case("lm-sum", quote(lm(breaks ~ wool * tension, warpbreaks, contrasts = list(wool = "contr.sum", tension = "contr.helmert"))), warpbreaks, plain)
case("lm-nothing", quote(lm(mpg ~ 0 + cyl + wt, cars)), some(cars), plain)
case("lm-missing", quote(lm(Ozone ~ Solar.R + Wind + Temp, air)), some(air), plain)
case("lm-aliased", quote(suppressWarnings(lm(mpg ~ wt + I(2 * wt) + cyl, cars))), some(cars), function(m, d) number(suppressWarnings(predict(m, d))))
case("lm-interaction3", quote(lm(mpg ~ wt:cyl + am:hp, cars)), some(cars), plain)
case("lm-character", quote(lm(mpg ~ wt + kind, transform(cars, kind = as.character(am)))), some(transform(cars, kind = as.character(am))), plain)
case("glm-binomial", quote(glm(low ~ age + lwt + race + smoke, binomial, bwt)), some(bwt), function(m, d) binomial_of(predict(m, d, type = "response"), levels(bwt$low)))
case("glm-probit", quote(glm(low ~ lwt + race, binomial("probit"), bwt)), some(bwt), function(m, d) binomial_of(predict(m, d, type = "response"), levels(bwt$low)))
case("glm-cloglog", quote(glm(low ~ lwt + race, binomial("cloglog"), bwt)), some(bwt), function(m, d) binomial_of(predict(m, d, type = "response"), levels(bwt$low)))
case("glm-cauchit", quote(glm(low ~ lwt + race, binomial("cauchit"), bwt)), some(bwt), function(m, d) binomial_of(predict(m, d, type = "response"), levels(bwt$low)))
case("glm-01", quote(glm(am ~ wt, binomial, mtcars)), mtcars, response)
case("glm-two-columns", quote(glm(cbind(ncases, ncontrols) ~ agegp + unclass(tobgp), binomial, esoph2)), esoph2, response)
case("glm-poisson", quote(glm(count ~ spray, poisson, InsectSprays)), InsectSprays, response)
case("glm-poisson-offset", quote(glm(Claims ~ District + Group + Age + offset(log(Holders)), poisson, Insurance)), Insurance, response)
case("glm-gamma", quote(glm(lwt ~ age + race, Gamma("log"), bwt)), some(bwt), response)
case("glm-gamma-inverse", quote(glm(lwt ~ age + race, Gamma, bwt)), some(bwt), response)
case("glm-inverse-gaussian", quote(glm(lwt ~ age, inverse.gaussian, bwt)), some(bwt), response)
case("glm-quasi", quote(glm(count ~ spray, quasipoisson, InsectSprays)), InsectSprays, response)
case("glm-gaussian", quote(glm(mpg ~ ns(wt, 2) * am, gaussian, cars)), some(cars), response)
case("glm-nb", quote(suppressWarnings(glm.nb(Days ~ Sex + Age + Eth * Lrn, quine))), some(quine), response)
case("polr", quote(polr(Sat ~ Infl + Type + Cont, weights = Freq, data = housing)), some(housing), function(m, d) classes(predict(m, d), predict(m, d, type = "probs")))
case("polr-probit", quote(polr(Sat ~ Infl + Type, weights = Freq, data = housing, method = "probit")), some(housing), function(m, d) classes(predict(m, d), predict(m, d, type = "probs")))
case("multinom", quote(nnet::multinom(Species ~ ., iris, trace = FALSE)), iris, function(m, d) classes(predict(m, d), predict(m, d, type = "probs")))
case("multinom-two", quote(nnet::multinom(low ~ age + race, bwt, trace = FALSE)), some(bwt), function(m, d) binomial_of(predict(m, d, type = "probs"), levels(bwt$low)))
case("nls", quote(nls(mpg ~ a + b * exp(-wt / c), mtcars, start = list(a = 10, b = 40, c = 2))), mtcars, plain)
case("mlm", quote(lm(cbind(mpg, qsec) ~ wt + hp, mtcars)), mtcars, function(m, d) { p <- predict(m, d); data.frame(`value:1` = p[, 1], `value:2` = p[, 2], check.names = FALSE) })
xs <- as.matrix(mtcars[, c("wt", "hp", "disp", "qsec")])
xi <- as.matrix(iris[, 1:4])
case("glmnet-cv", quote(cv.glmnet(xs, mtcars$mpg, nfolds = 4)), as.data.frame(xs), function(m, d) number(predict(m, as.matrix(d))))
case("glmnet-cv-binomial", quote(cv.glmnet(xs, factor(mtcars$am), family = "binomial", nfolds = 4)), as.data.frame(xs), function(m, d) { p <- predict(m, as.matrix(d), type = "response"); binomial_of(p, c("0", "1")) })
case("glmnet-cv-multinomial", quote(cv.glmnet(xi, iris$Species, family = "multinomial", nfolds = 4)), as.data.frame(xi), function(m, d) { p <- predict(m, as.matrix(d), type = "response")[, , 1]; classes(predict(m, as.matrix(d), type = "class"), p) })
case("glmnet-cv-poisson", quote(cv.glmnet(xs, round(mtcars$carb), family = "poisson", nfolds = 4)), as.data.frame(xs), function(m, d) number(predict(m, as.matrix(d), type = "response")))
# -- trees -------------------------------------------------------------------------------------------------------
case("rpart-class", quote(rpart(Species ~ ., iris)), gaps, function(m, d) classes(predict(m, d, type = "class"), predict(m, d)))
case("rpart-anova-missing", quote(rpart(Ozone ~ Solar.R + Wind + Temp + Spell, air)), some(air), plain)
case("rpart-factors", quote(rpart(low ~ age + lwt + race + smoke + ptd, bwt)), some(bwt), function(m, d) classes(predict(m, d, type = "class"), predict(m, d)))
case("rpart-poisson", quote(rpart(Claims ~ District + Group + Age, Insurance, method = "poisson")), Insurance, plain)
case("rpart-no-surrogates", quote(rpart(Ozone ~ Solar.R + Wind + Temp, air, control = rpart.control(usesurrogate = 0))), some(air), plain)
case("rpart-surrogates1", quote(rpart(Ozone ~ Solar.R + Wind + Temp, air, control = rpart.control(usesurrogate = 1))), some(air), plain)
# Odd numbers of trees: two classes never tie.
case("rf-class", quote(randomForest(Species ~ ., iris, ntree = 25)), iris, function(m, d) classes(predict(m, d), predict(m, d, type = "prob")))
case("rf-factors", quote(randomForest(low ~ age + lwt + race + smoke + ptd, bwt, ntree = 31)), some(bwt), function(m, d) classes(predict(m, d), predict(m, d, type = "prob")))
case("rf-regression", quote(randomForest(Ozone ~ Solar.R + Wind + Temp + Spell, aq, ntree = 30)), some(aq), plain)
case("rf-xy", quote(randomForest(x = iris[, 1:4], y = iris$Species, ntree = 15)), iris[, 1:4], function(m, d) classes(predict(m, d), predict(m, d, type = "prob")))
case("ranger-class", quote(ranger(low ~ age + lwt + race + smoke, bwt, num.trees = 31, num.threads = 1)), some(bwt), function(m, d) classes(predict(m, d, num.threads = 1)$predictions, NULL))
case("ranger-prob", quote(ranger(Species ~ ., iris, num.trees = 20, probability = TRUE, num.threads = 1)), iris, function(m, d) { p <- predict(m, d, num.threads = 1)$predictions; classes(colnames(p)[max.col(p, "first")], p) })
case("ranger-regression", quote(ranger(Ozone ~ Solar.R + Wind + Temp + Spell, aq, num.trees = 20, num.threads = 1)), some(aq), function(m, d) number(predict(m, d, num.threads = 1)$predictions))
case("ranger-partition", quote(ranger(Ozone ~ Solar.R + Temp + Spell, aq, num.trees = 20, respect.unordered.factors = "partition", num.threads = 1)), some(aq), function(m, d) number(predict(m, d, num.threads = 1)$predictions))
case("ranger-order", quote(ranger(Ozone ~ Solar.R + Temp + Spell, aq, num.trees = 20, respect.unordered.factors = "order", num.threads = 1)), some(aq), function(m, d) number(predict(m, d, num.threads = 1)$predictions))
gb <- function(f, d, dist, ...) gbm(f, distribution = dist, data = d, n.trees = 30, interaction.depth = 3, n.minobsinnode = 5, ...)
gbp <- function(m, d) number(predict(m, d, n.trees = 30, type = "response"))
case("gbm-gaussian", quote(gb(Ozone ~ Solar.R + Wind + Temp + Spell, air[!is.na(air$Ozone), ], "gaussian")), some(air), gbp)
case("gbm-bernoulli", quote(gb(as.numeric(low == "yes") ~ age + lwt + race + ht, bwt, "bernoulli")), some(bwt), gbp)
case("gbm-poisson", quote(gb(count ~ spray, InsectSprays, "poisson")), InsectSprays, gbp)
case("gbm-multinomial", quote(suppressWarnings(gb(Species ~ ., iris, "multinomial"))), gaps, function(m, d) { p <- predict(m, d, n.trees = 30, type = "response")[, , 1]; classes(colnames(p)[max.col(p, "first")], p) })
case("gbm-laplace", quote(gb(Ozone ~ Solar.R + Wind + Temp, aq, "laplace")), some(aq), gbp)
case("ctree", quote(partykit::ctree(Species ~ ., iris)), iris, function(m, d) classes(predict(m, d), predict(m, d, type = "prob")))
case("ctree-regression", quote(partykit::ctree(Ozone ~ Solar.R + Wind + Temp + Spell, aq)), some(aq), plain)
case("cforest", quote(partykit::cforest(Ozone ~ Wind + Temp, aq, ntree = 10)), some(aq), plain)
case("ipred-bagging", quote(ipred::bagging(Species ~ ., iris, nbagg = 7)), iris, function(m, d) classes(predict(m, d), NULL))
# -- nets, kernels, discriminants --------------------------------------------------------------------------------
case("nnet-class", quote(nnet(Species ~ ., iris, size = 4, trace = FALSE, maxit = 60)), iris, function(m, d) classes(predict(m, d, type = "class"), predict(m, d)))
case("nnet-two", quote(nnet(low ~ age + lwt + race, bwt, size = 3, trace = FALSE)), some(bwt), function(m, d) binomial_of(predict(m, d), levels(bwt$low)))
case("nnet-regression", quote(nnet(mpg ~ wt + hp, mtcars, size = 3, linout = TRUE, skip = TRUE, trace = FALSE)), mtcars, plain)
case("svm-radial", quote(svm(Species ~ ., iris)), iris, function(m, d) classes(predict(m, d), NULL))
case("svm-probability", quote(svm(Species ~ ., iris, probability = TRUE)), iris, function(m, d) { p <- predict(m, d, probability = TRUE); classes(p, attr(p, "probabilities")) })
case("svm-linear", quote(svm(low ~ age + lwt + race, bwt, kernel = "linear")), some(bwt), function(m, d) classes(predict(m, d), NULL))
case("svm-poly", quote(svm(Species ~ ., iris, kernel = "polynomial", type = "nu-classification", nu = 0.2)), iris, function(m, d) classes(predict(m, d), NULL))
case("svm-regression", quote(svm(mpg ~ wt + hp + cyl, cars)), some(cars), plain)
case("svm-sigmoid", quote(svm(mpg ~ wt + hp, mtcars, kernel = "sigmoid", scale = FALSE)), mtcars, plain)
case("svm-nu-regression", quote(svm(mpg ~ wt + hp, mtcars, type = "nu-regression")), mtcars, plain)
case("svm-one-class", quote(svm(xi, type = "one-classification")), as.data.frame(xi), function(m, d) data.frame(label = as.character(predict(m, as.matrix(d)))))
case("naive-bayes", quote(naiveBayes(Species ~ ., iris)), gaps, function(m, d) classes(predict(m, d), predict(m, d, type = "raw")))
case("naive-bayes-factors", quote(naiveBayes(low ~ race + ptd + age, bwt, laplace = 1)), some(bwt), function(m, d) classes(predict(m, d), predict(m, d, type = "raw")))
case("lda", quote(lda(Species ~ ., iris)), iris, function(m, d) { p <- predict(m, d); classes(p$class, p$posterior) })
case("qda", quote(qda(Species ~ ., iris)), iris, function(m, d) { p <- predict(m, d); classes(p$class, p$posterior) })
case("lda-two", quote(lda(low ~ age + lwt + race, bwt)), some(bwt), function(m, d) { p <- predict(m, d); classes(p$class, p$posterior) })
case("ksvm", quote(ksvm(Species ~ ., iris)), iris, function(m, d) classes(predict(m, d), NULL))
case("ksvm-prob", quote(ksvm(low ~ age + lwt, bwt, prob.model = TRUE)), some(bwt), function(m, d) classes(predict(m, d), predict(m, d, type = "probabilities")))
case("ksvm-regression", quote(ksvm(mpg ~ wt + hp, mtcars, kernel = "polydot")), mtcars, plain)
case("kmeans", quote(kmeans(xi, 3)), as.data.frame(xi), function(m, d) data.frame(label = apply(as.matrix(d), 1, function(r) which.min(colSums((t(m$centers) - r)^2)))))
case("prcomp", quote(prcomp(xi, scale. = TRUE)), as.data.frame(xi), function(m, d) matrix_of(predict(m, d)))
case("prcomp-formula", quote(prcomp(~ wt + hp + disp, mtcars)), mtcars, function(m, d) matrix_of(predict(m, d)))
case("princomp", quote(princomp(xi, cor = TRUE)), as.data.frame(xi), function(m, d) matrix_of(predict(m, d)))
# -- others ------------------------------------------------------------------------------------------------------
case("earth", quote(earth(Ozone ~ Solar.R + Wind + Temp + Spell, aq, degree = 2)), some(aq), plain)
case("earth-glm", quote(earth(low ~ age + lwt + race, bwt, glm = list(family = binomial))), some(bwt), function(m, d) binomial_of(predict(m, d, type = "response"), levels(bwt$low)))
case("plsr", quote(plsr(mpg ~ wt + hp + disp, ncomp = 2, data = mtcars)), mtcars, function(m, d) number(predict(m, d, ncomp = 2)))
case("gam", quote(mgcv::gam(mpg ~ s(wt, k = 5) + hp, data = mtcars)), mtcars, plain)
case("gam-cr", quote(mgcv::gam(mpg ~ s(wt, k = 5, bs = "cr") + s(cyl, bs = "re"), data = cars, method = "REML")), some(cars), plain)
case("gam-binomial", quote(mgcv::gam(low ~ s(age, k = 4) + race, binomial, bwt)), some(bwt), function(m, d) binomial_of(predict(m, d, type = "response"), levels(bwt$low)))
tc <- trainControl(method = "none", classProbs = TRUE)
t0 <- trainControl(method = "none")
both <- function(m, d) classes(predict(m, d), predict(m, d, type = "prob"))
case("caret-lm", quote(train(mpg ~ wt + cyl, cars, method = "lm", trControl = t0)), some(cars), plain)
case("caret-glm", quote(train(low ~ age + lwt + race, bwt, method = "glm", trControl = tc)), some(bwt), both)
case("caret-rf", quote(train(Species ~ ., iris, method = "rf", tuneGrid = data.frame(mtry = 2), ntree = 15, preProcess = c("center", "scale"), trControl = tc)), iris, both)
case("caret-rf-xy", quote(train(iris[, 1:4], iris$Species, method = "rf", tuneGrid = data.frame(mtry = 2), ntree = 15, trControl = tc)), iris[, 1:4], both)
case("caret-rpart", quote(train(Species ~ ., iris, method = "rpart", tuneGrid = data.frame(cp = 0.01), trControl = tc)), iris, both)
case("caret-glmnet", quote(train(xs, mtcars$mpg, method = "glmnet", tuneGrid = data.frame(alpha = 0.5, lambda = 0.1), trControl = t0)), as.data.frame(xs), plain)
case("caret-svm", quote(train(mpg ~ wt + hp, mtcars, method = "svmRadial", tuneGrid = data.frame(C = 1, sigma = 0.3), preProcess = c("center", "scale"), trControl = t0)), mtcars, plain)
case("caret-nnet", quote(train(mpg ~ wt + hp, mtcars, method = "nnet", linout = TRUE, trace = FALSE, tuneGrid = data.frame(size = 2, decay = 0.1), preProcess = "range", trControl = t0)), mtcars, plain)
case("caret-gbm", quote(train(mpg ~ wt + hp, mtcars, method = "gbm", verbose = FALSE, tuneGrid = data.frame(n.trees = 20, interaction.depth = 2, shrinkage = 0.1, n.minobsinnode = 3), trControl = t0)), mtcars, plain)
case("caret-earth", quote(train(mpg ~ wt + hp, mtcars, method = "earth", tuneGrid = data.frame(nprune = 4, degree = 1), trControl = t0)), mtcars, plain)
case("preprocess", quote(preProcess(iris[, 1:4], c("BoxCox", "center", "scale", "pca"))), iris[, 1:4], function(m, d) matrix_of(predict(m, d)))
case("preprocess-range", quote(preProcess(gaps[, 1:4], c("range", "medianImpute"))), gaps[, 1:4], function(m, d) matrix_of(predict(m, d)))
case("recipe", quote(prep(recipe(mpg ~ ., cars) |> step_log(hp) |> step_normalize(all_numeric_predictors()) |> step_dummy(all_nominal_predictors()))), some(cars), function(m, d) matrix_of(as.data.frame(bake(m, d, all_predictors()))))
case("hurdle", quote(hurdle(Days ~ Sex + Age, quine, dist = "negbin")), some(quine), response)
case("zeroinfl", quote(suppressWarnings(zeroinfl(Days ~ Sex + Age | Eth, quine))), some(quine), response)
# -- formulas: one a case, on rows with NA and, in a factor, a level that the fit has not seen ------------------------
# R refuses a whole batch for one row: where it does, each row is asked alone.
one_by_one <- function(m, d) {
  ask <- function(rows) number(suppressWarnings(predict(m, rows, type = "response")))
  alone <- function(i) tryCatch(ask(d[i, , drop = FALSE]), error = function(e) number(NA))
  tryCatch(ask(d), error = function(e) do.call(rbind, lapply(seq_len(nrow(d)), alone)))
}
spoilt <- function(data) {
  for (j in names(data)) {
    data[[j]][sample(nrow(data), 2)] <- NA
    if (is.factor(data[[j]])) {
      levels(data[[j]]) <- c(levels(data[[j]]), "new")
      data[[j]][sample(nrow(data), 1)] <- "new"
    }
  }
  data
}
full <- transform(cars, kind = ifelse(vs == 1, "v-shape", "straight"), quick = qsec < 18)
broken <- spoilt(full)
formulas <- list(
  all = mpg ~ ., square = mpg ~ (wt + hp + cyl)^2, nested = mpg ~ cyl / wt - 1, inside = mpg ~ cyl %in% am + hp,
  interaction = mpg ~ interaction(cyl, am) + wt, pasted = mpg ~ paste(cyl, kind, sep = "-") + wt, pasted0 = mpg ~ factor(paste0(cyl, am)),
  relevel = mpg ~ relevel(cyl, ref = "6") + wt, relabelled = mpg ~ factor(carb, levels = c(1, 2, 3, 4, 6, 8), labels = c("a", "b", "c", "d", "e", "f")) + wt,
  functions = mpg ~ sin(wt) + cos(hp) + exp(-wt) + log1p(hp) + log10(disp) + log2(hp) + log(disp, 3), logic = mpg ~ quick + I(quick & hp > 100) + I(!quick),
  rounding = mpg ~ round(wt) + floor(qsec) + ceiling(drat) + sign(wt - 3) + abs(wt - 3) + trunc(hp / 10), modulo = mpg ~ I(hp %% 50) + I(hp %/% 50),
  poly2 = mpg ~ poly(wt, hp, degree = 2), poly2raw = mpg ~ poly(wt, hp, degree = 2, raw = TRUE), polyby = mpg ~ cyl * poly(wt, 2),
  splines2 = mpg ~ ns(log(hp), 4) * am + bs(wt, knots = c(2.5, 3.5), degree = 2), scaled = mpg ~ scale(wt) + scale(hp, center = FALSE) + scale(cbind(disp, qsec)),
  cuts = mpg ~ cut(hp, c(0, 100, 200, Inf)) + cut(wt, c(-Inf, 3, Inf)) + cut(qsec, seq(14, 24, by = 2), right = FALSE),
  powers = mpg ~ I(1 / disp) + I(wt^3) + I(wt^0.5) + I(wt^-1) + I(log(hp)^2), offsets = mpg ~ wt + offset(0.1 * hp) + offset(disp / 100),
  chosen = mpg ~ ifelse(wt > 3, "heavy", "light") + ifelse(is.na(hp), 0, hp) + pmin(wt, 3) + pmax(hp, disp), conditions = mpg ~ (wt > 3) * (hp > 100) + quick:cyl,
  codes = mpg ~ as.numeric(cyl) + cyl + as.numeric(quick), noint = mpg ~ 0 + cyl:am + wt, logical0 = mpg ~ quick - 1 + quick:wt
)
for (name in names(formulas)) case(paste0("formula-", name), bquote(suppressWarnings(lm(.(formulas[[name]]), full))), broken, one_by_one)
case("lm-environment", quote((function(d) { edges <- c(0, 100, 200, Inf); k <- 2; lm(mpg ~ cut(hp, edges) + I(wt * k), d) })(full)), broken, one_by_one)
case("lm-updated", quote(update(lm(mpg ~ wt, full, na.action = na.exclude), . ~ . + cyl:hp)), broken, one_by_one)
case("lm-stepped", quote(stats::step(lm(mpg ~ wt + hp + cyl + gear + qsec, full), trace = 0)), broken, one_by_one)
case("lm-robust", quote(rlm(mpg ~ wt + cyl, full)), broken, one_by_one)
case("lm-loose", quote({ y <- mtcars$mpg; x <- mtcars$wt; z <- factor(mtcars$cyl); lm(y ~ log(x) + z) }), data.frame(x = c(1, 2, NA), z = c("4", "6", "8")), one_by_one)
case("aov", quote(aov(yield ~ block + N * P * K, npk)), spoilt(npk), one_by_one)
case("glm-cut", quote(glm(lwt ~ cut(age, c(0, 20, 30, Inf), labels = c("young", "mid", "old")) + race, Gamma("log"), bwt)), spoilt(bwt), one_by_one)
case("glm-quasi-power", quote(glm(lwt ~ age, quasi(link = power(1/3), variance = "mu^2"), bwt)), spoilt(bwt), one_by_one)
case("nls-levels", quote(nls(rate ~ Vm[state] * conc / (K[state] + conc), Puromycin, start = list(Vm = c(200, 160), K = c(0.05, 0.1)))), spoilt(Puromycin), plain)
case("nls-plinear", quote(nls(mpg ~ cbind(1, exp(-b * wt)), mtcars, start = list(b = 0.3), algorithm = "plinear")), mtcars, plain)
case("multinom-crossed", quote(nnet::multinom(Species ~ Sepal.Length * Sepal.Width, iris, trace = FALSE)), iris, function(m, d) classes(predict(m, d), predict(m, d, type = "probs")))
case("lda-crossed", quote(qda(Species ~ Sepal.Length * Petal.Width, iris)), iris, function(m, d) { p <- predict(m, d); classes(p$class, p$posterior) })
case("glmnet-cv-cox", quote(cv.glmnet(xs, survival::Surv(mtcars$mpg, mtcars$am), family = "cox", nfolds = 4)), as.data.frame(xs), function(m, d) number(predict(m, as.matrix(d), type = "response")))
sheet <- data.frame(mpg = mtcars$mpg); sheet$sizes <- xs
case("plsr-matrix", quote(plsr(mpg ~ sizes, ncomp = 2, data = sheet)), setNames(as.data.frame(xs), paste0("sizes.", colnames(xs))),
     function(m, d) { e <- data.frame(row.names = seq_len(nrow(d))); e$sizes <- as.matrix(d); number(predict(m, e, ncomp = 2)) })
case("gam-sum-to-zero", quote(mgcv::gam(Sepal.Length ~ s(Petal.Width, k = 5) + s(Petal.Width, Species, bs = "sz", k = 5), data = iris, method = "REML")), gaps, plain)
case("gam-random", quote(mgcv::gam(mpg ~ s(wt, k = 5) + s(cyl, bs = "re") + s(cyl, wt, bs = "re"), data = full, method = "REML")), broken, one_by_one)
case("gam-tensor", quote(mgcv::gam(mpg ~ te(wt, hp, k = 3) + ti(disp, k = 3) + s(qsec, by = am, k = 4), data = full)), spoilt(full), one_by_one)
# -- the same on other data, with gaps ------------------------------------------------------------------------------
data(Soybean, package = "mlbench"); data(Glass, package = "mlbench"); data(HouseVotes84, package = "mlbench"); data(BostonHousing, package = "mlbench")
soy <- setNames(Soybean, make.names(names(Soybean)))
holes <- function(d) { for (j in names(d)) d[sample(nrow(d), 4), j] <- NA; d }
rpart_both <- function(m, d) classes(predict(m, d, type = "class"), predict(m, d))
case("rpart-soybean", quote(rpart(Class ~ ., soy, control = rpart.control(cp = 0, minsplit = 4))), soy, rpart_both)
case("rpart-votes", quote(rpart(Class ~ ., HouseVotes84, control = rpart.control(cp = 0, minbucket = 2, maxsurrogate = 2))), HouseVotes84, rpart_both)
case("rpart-loss", quote(rpart(low ~ . - bwt, bwt, parms = list(loss = matrix(c(0, 4, 1, 0), 2)))), holes(some(bwt)), rpart_both)
case("rpart-priors", quote(rpart(Type ~ ., Glass, parms = list(prior = rep(1 / 6, 6)))), holes(Glass), rpart_both)
case("rpart-terms", quote(rpart(log(medv) ~ log(lstat) + I(rm^2) + chas, BostonHousing)), holes(BostonHousing), plain)
case("rf-cutoff", quote(randomForest(Species ~ ., iris, ntree = 31, cutoff = c(0.5, 0.2, 0.3))), iris, function(m, d) classes(predict(m, d), predict(m, d, type = "prob")))
case("rf-bias", quote(randomForest(medv ~ ., BostonHousing, ntree = 20, corr.bias = TRUE)), some(BostonHousing), plain)
case("ranger-extratrees", quote(ranger(Species ~ ., iris, num.trees = 21, splitrule = "extratrees", num.threads = 1)), iris, function(m, d) classes(predict(m, d, num.threads = 1)$predictions, NULL))
case("gbm-ordered", quote(gb(mpg ~ ., cars, "gaussian", bag.fraction = 0.9)), cars, gbp)
case("gbm-tdist", quote(gb(medv ~ ., BostonHousing, list(name = "tdist", df = 4))), holes(some(BostonHousing)), gbp)
case("ctree-votes", quote(partykit::ctree(Class ~ ., HouseVotes84, control = partykit::ctree_control(majority = TRUE))), HouseVotes84, function(m, d) classes(predict(m, d), predict(m, d, type = "prob")))
case("bagging-regression", quote(ipred::bagging(medv ~ ., BostonHousing, nbagg = 5)), holes(BostonHousing), plain)
case("naive-bayes-votes", quote(naiveBayes(Class ~ ., HouseVotes84, laplace = 3)), HouseVotes84, function(m, d) classes(predict(m, d), predict(m, d, type = "raw")))
case("ksvm-one-column", quote(ksvm(mpg ~ wt, mtcars)), mtcars, plain)
case("ksvm-laplace", quote(ksvm(Type ~ ., Glass, kernel = "laplacedot")), Glass, function(m, d) classes(predict(m, d), NULL))
case("earth-poisson", quote(earth(Days ~ ., quine, glm = list(family = poisson))), quine, response)
case("earth-classes", quote(earth(Species ~ ., iris, glm = list(family = binomial))), iris, function(m, d) classes(predict(m, d, type = "class"), predict(m, d, type = "response")))
case("caret-lda2", quote(train(Species ~ ., iris, method = "lda2", tuneGrid = data.frame(dimen = 1), trControl = tc)), iris, both)
case("caret-gam", quote(train(low ~ age + lwt, bwt, method = "gam", tuneGrid = data.frame(select = FALSE, method = "GCV.Cp"), trControl = tc)), some(bwt), both)
case("caret-plsda", quote(train(Species ~ ., iris, method = "pls", tuneGrid = data.frame(ncomp = 2), trControl = tc)), iris, both)
case("caret-pca", quote(train(medv ~ ., BostonHousing, method = "lm", preProcess = c("BoxCox", "pca"), trControl = t0)), some(BostonHousing), plain)
case("caret-knn", quote(train(Species ~ ., iris, method = "knn", tuneGrid = data.frame(k = 7), preProcess = "range", trControl = t0)), iris, function(m, d) classes(predict(m, d), NULL))
for (m in c("avNNet", "bagEarth", "treebag", "ctree", "cforest", "multinom", "qda", "earth")) {
  case(paste0("caret-", tolower(m)), bquote(train(Species ~ ., iris, method = .(m), tuneLength = 1, trControl = tc)), iris, both)
}
steps <- list(cut = quote(step_cut(lstat, breaks = c(5, 10, 20))), discretize = quote(step_discretize(lstat, num_breaks = 4)),
  relevel = quote(step_relevel(chas, ref_level = "1")), relu = quote(step_relu(lstat, shift = 10)), logit = quote(step_logit(nox)),
  invlogit = quote(step_invlogit(rm)), rename = quote(step_rename(low = lstat)), poly = quote(step_poly(lstat, options = list(raw = TRUE))),
  ns = quote(step_ns(lstat, deg_free = 3)), pca = quote(step_pca(lstat, rm, dis, num_comp = 2)), mutate = quote(step_mutate(river = as.numeric(chas == "1"))),
  interact = quote(step_interact(~ chas:lstat)), novel = quote(step_novel(chas)), YeoJohnson = quote(step_YeoJohnson(zn)))
for (n in names(steps)) {
  trained <- as.call(append(as.list(steps[[n]]), quote(recipe(medv ~ lstat + rm + dis + nox + zn + chas, BostonHousing)), 1))
  case(paste0("recipe-", tolower(n)), bquote(prep(step_dummy(.(trained), all_nominal_predictors()))), some(BostonHousing),
    function(m, d) matrix_of(as.data.frame(bake(m, d, all_predictors()))))
}
cat(length(done), "cases\n")
