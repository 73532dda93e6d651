/* The size of a population at five times, measured with noise, for the interface of include/snpse/simulator.h. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "snpse/simulator.h"

int snpse_simulate(const double* theta, size_t d, uint64_t seed, double* x, size_t p) {
  if (d != 2) return 1;
  srand48((long)seed);
  for (size_t i = 0; i < p; ++i) {
    const double radius = sqrt(-2 * log(1 - drand48()));
    x[i] = theta[0] * exp(theta[1] * 0.5 * (double)i) + 0.1 * radius * cos(6.283185307179586 * drand48());
  }
  return 0;
}
