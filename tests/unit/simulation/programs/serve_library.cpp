#include <cstdlib>

#include "simulation/library_worker.hpp"

// serve_library PATH D P
int main(int, char** argv) {
  snpse::serve_library(argv[1], std::strtoul(argv[2], nullptr, 10), std::strtoul(argv[3], nullptr, 10));
}
