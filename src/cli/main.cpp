#include "snpse/cli/program.hpp"

int main(int argc, char** argv) {
  return snpse::run_program(argc, argv);
}
