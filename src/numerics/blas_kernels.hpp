#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "util/multiversion.hpp"

namespace snpse {

/// The name of the kernels that OpenBLAS runs in this process, such as "Haswell"; empty where the BLAS is not
/// OpenBLAS.
std::string openblas_core();

/// The level that OpenBLAS's kernels of a name are written for, or nothing where the name is not known here.
std::optional<VectorLevel> level_of_core(std::string_view core);

/// The value of OPENBLAS_CORETYPE under which OpenBLAS runs faster kernels than those named `core`, or
/// nothing where those suit the processor or set_by_user says that the user has chosen.
///
/// OpenBLAS knows processors by their model numbers. Where the processor is newer than the library (an
/// Emerald Rapids and OpenBLAS 0.3.21 of Debian 12), OpenBLAS runs kernels of SSE3, at a fourth of the speed.
/// The answer depends on the processor and the library alone, so that equal machines compute equal bits.
std::optional<std::string> better_core_type(std::string_view core, VectorLevel processor, bool set_by_user);

/// To be called first in main(), before MPI starts. Starts the program again with the same arguments where
/// better_core_type() has an answer, because OpenBLAS reads OPENBLAS_CORETYPE while it is loaded. The program
/// is started again once at most, and the second start removes the variable, so that simulators see the
/// environment of the user.
void restart_with_better_blas(char** argv);

}  // namespace snpse
