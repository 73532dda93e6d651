#!/bin/sh
# A driver of Dakota: driver.sh PARAMETERS RESULTS. The size of a population at five times, measured with noise.
awk '$2 == "start" { start = $1 } $2 == "rate" { rate = $1 } $2 == "seed" { seed = $1 }
     END { srand(seed)
           if (start <= 0) { print "FAIL"; exit }
           for (i = 0; i < 5; ++i) {
             noise = 0.1 * sqrt(-2 * log(1 - rand())) * cos(6.283185307179586 * rand())
             printf "%.17g size_%d\n", start * exp(rate * i / 2) + noise, i + 1 } }' "$1" > "$2"
