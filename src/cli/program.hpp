#pragma once

namespace snpse {

/// The whole program: from the arguments of main() to its exit code.
int run_program(int argc, char** argv);

}  // namespace snpse
