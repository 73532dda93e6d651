/* A shared-library simulator whose first parameter says how it behaves. */
#include <stdio.h>
#include <stdlib.h>

#include "snpse/simulator.h"

int snpse_simulate(const double* theta, size_t d, uint64_t seed, double* x, size_t p) {
  if (theta[0] == 1) abort();
  if (theta[0] == 2) return 42;
  printf("ok 1 2 3 4 5\n"); /* must not be taken for an answer */
  fflush(stdout);
  for (size_t i = 0; i < p; ++i) x[i] = theta[i % d] + (double)seed;
  return 0;
}
