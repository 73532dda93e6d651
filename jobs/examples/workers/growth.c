/* The size of a population at five times, measured with noise: a worker in C. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

int main(void) {
  unsigned long id, seed;
  double start, rate;
  setvbuf(stdout, NULL, _IOLBF, 0); /* each answer leaves at once */
  puts("ready snpse 1");
  while (scanf(" simulate %lu %lu %lf %lf", &id, &seed, &start, &rate) == 4) {
    srand48((long)seed);
    printf("ok %lu", id);
    for (int i = 0; i < 5; ++i) {
      const double radius = sqrt(-2 * log(1 - drand48()));
      printf(" %.17g", start * exp(rate * i / 2) + 0.1 * radius * cos(6.283185307179586 * drand48()));
    }
    putchar('\n');
  }
}
