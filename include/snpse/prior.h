/* A prior in a shared library, in C or any language that can export C functions: for parameters that depend
 * on one another in a way that no prior of the campaign file has. Build it, for example, with
 *
 *     cc -O2 -shared -fPIC -o my_prior.so my_prior.c -lm
 *
 * The library is loaded into the program itself, on every rank: a crash ends the run (what was simulated is
 * kept). It is called from one thread at a time, and must not keep random numbers of its own. */
#ifndef SNPSE_PRIOR_H
#define SNPSE_PRIOR_H

#include <stddef.h> /* NOLINT(modernize-deprecated-headers): this is C */
#include <stdint.h> /* NOLINT(modernize-deprecated-headers) */

#ifdef __cplusplus
extern "C" {
#endif

/* To be written by you: draws theta from the prior.
 *   seed   of all random numbers that the call uses, below 2^31: the same seed must give the same theta
 *   theta  [d], to be filled
 * Returns 0, or another number if it cannot. */
int snpse_prior_draw(uint64_t seed, double* theta, size_t d);

/* To be written by you: the log-density at theta [d], normalised; -INFINITY where the prior has none. */
double snpse_prior_log_density(const double* theta, size_t d);

#ifdef __cplusplus
}
#endif

#endif
