#pragma once

#include <filesystem>
#include <string>

#include "numerics/matrix.hpp"

namespace snpse {

/// A dataset of numbers of an HDF5 file that any program wrote: the first dimension by all others together;
/// one number is a matrix of one row. Errors: missing_input where the file is absent; data where it is no
/// HDF5 file, or has no such dataset of numbers.
Matrix read_dataset(const std::filesystem::path& path, const std::string& name);

/// Whether the HDF5 file has a dataset of that name in its root.
bool has_dataset(const std::filesystem::path& path, const std::string& name);

/// Whether several threads may use HDF5 at a time.
bool hdf5_is_thread_safe();

/// Whether the file begins as HDF5 files do.
bool is_hdf5(const std::filesystem::path& path);

}  // namespace snpse
