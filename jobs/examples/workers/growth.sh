#!/bin/sh
# The size of a population at five times, measured with noise: a worker in the language of the shell.
echo "ready snpse 1"
while read -r _ id seed start rate; do
  awk -v id="$id" -v seed="$seed" -v start="$start" -v rate="$rate" 'BEGIN {
    srand(seed)
    printf "ok %s", id
    for (i = 0; i < 5; ++i)
      printf " %.17g", start * exp(rate * i / 2) + 0.1 * sqrt(-2 * log(1 - rand())) * cos(6.283185307179586 * rand())
    print "" }'
done
