# The size of a population at five times, measured with noise: a worker in R.
input <- file("stdin", "r")
cat("ready snpse 1\n")
while (length(line <- readLines(input, 1)) > 0) {
  words <- strsplit(line, " ")[[1]]
  set.seed(as.integer(words[3]))
  theta <- as.numeric(words[4:5])
  x <- theta[1] * exp(theta[2] * seq(0, 2, 0.5)) + rnorm(5, 0, 0.1)
  cat("ok", words[2], format(x, digits = 17), "\n")
}
