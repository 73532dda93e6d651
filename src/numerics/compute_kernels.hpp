#pragma once

#include <string>

#include "util/multiversion.hpp"

namespace snpse {

/// Which code the numerical libraries run on this processor. Each library chooses among versions of its
/// kernels while it is loaded. Two machines with different kernels compute at different speeds, and their
/// results differ in the last bits.
struct ComputeKernels {
  std::string openblas;      ///< the name of OpenBLAS's kernels; empty where the BLAS is another one
  std::string onednn;        ///< the instructions that oneDNN makes code of; empty without oneDNN
  std::string libtorch;      ///< the instructions of LibTorch's element-wise kernels
  std::string multiversion;  ///< the instructions of the program's own loops
};
ComputeKernels compute_kernels();

/// Such as "OpenBLAS Haswell, oneDNN AVX2, LibTorch AVX2, own loops AVX2".
std::string to_string(const ComputeKernels& kernels);

/// The level of the code that oneDNN makes; baseline without oneDNN.
VectorLevel onednn_level();

}  // namespace snpse
