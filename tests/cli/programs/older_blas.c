// Loaded in front of OpenBLAS, it has an OpenBLAS that does not know the processor: without OPENBLAS_CORETYPE
// OpenBLAS says that it runs the kernels of SSE3.
#include <stdlib.h>

static const char* core = "Prescott";

__attribute__((constructor)) static void read_environment(void) {
  static char chosen[64];
  const char* type = getenv("OPENBLAS_CORETYPE");
  if (type == NULL) return;
  for (size_t i = 0; i + 1 < sizeof chosen && type[i] != '\0'; ++i) chosen[i] = type[i];
  core = chosen;
}

const char* openblas_get_corename(void) {
  return core;
}
