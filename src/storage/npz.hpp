#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/record.hpp"
#include "numerics/matrix.hpp"
#include "storage/npy.hpp"

namespace snpse {

/// Writes the values of a record durably (see write_durably) as NumPy's .npz, which numpy.load() opens: one
/// array a value. The bytes depend on the arguments alone: no time stamps.
void write_npz(const std::filesystem::path& path, const Record& record);

/// An array of a NumPy file.
struct NumpyTable {
  std::string name;  ///< of the array in a .npz file; empty in a .npy file
  Matrix values;
};
/// All two-dimensional arrays of numbers in a .npz file, in its order, or the one in a .npy file; with
/// VectorArrays::as_columns the one-dimensional ones too. Errors: missing_input where the file is absent or
/// unreadable; data where it is damaged or no such file.
std::vector<NumpyTable> read_numpy(const std::filesystem::path& path,
                                   VectorArrays vectors = VectorArrays::skipped);

}  // namespace snpse
