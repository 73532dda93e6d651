/* A simulator in a shared library, in C or any language that can export a C function. Build it, for example,
 * with
 *
 *     cc -O2 -shared -fPIC -o my_simulator.so my_simulator.c
 *
 * The library runs in a process of its own: it may crash, print and keep global state. One process calls it
 * from one thread only. */
#ifndef SNPSE_SIMULATOR_H
#define SNPSE_SIMULATOR_H

#include <stddef.h> /* NOLINT(modernize-deprecated-headers): this is C */
#include <stdint.h> /* NOLINT(modernize-deprecated-headers) */

#ifdef __cplusplus
extern "C" {
#endif

/* To be written by you: draws x given theta.
 *   theta  [d], the parameters
 *   seed   of all random numbers that the call uses, below 2^31: the same theta and seed must give the same x
 *   x      [p], to be filled
 * Returns 0, or another number if this simulation failed. */
int snpse_simulate(const double* theta, size_t d, uint64_t seed, double* x, size_t p);

#ifdef __cplusplus
}
#endif

#endif
