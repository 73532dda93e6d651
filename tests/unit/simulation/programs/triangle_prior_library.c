/* The uniform prior on the triangle theta_1, theta_2 > 0, theta_1 + theta_2 < 1. Of one parameter it draws
 * where it has no density; of three it cannot draw. */
#include <math.h>

#include "snpse/prior.h"

static double uniform(uint64_t* state) {
  uint64_t z = (*state += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return (double)((z ^ (z >> 31)) >> 11) / 9007199254740992.0;
}

int snpse_prior_draw(uint64_t seed, double* theta, size_t d) {
  if (d > 2) return 1;
  for (size_t i = 0; i < d; ++i) theta[i] = uniform(&seed);
  if (d == 2 && theta[0] + theta[1] >= 1) {
    theta[0] = 1 - theta[0];
    theta[1] = 1 - theta[1];
  }
  return 0;
}

double snpse_prior_log_density(const double* theta, size_t d) {
  return d == 2 && theta[0] > 0 && theta[1] > 0 && theta[0] + theta[1] < 1 ? log(2.0) : -INFINITY;
}
