#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "numerics/matrix.hpp"

namespace snpse {

/// The bytes of a .npy file (format 1.0 of numpy.lib.format) of a C-ordered array. type: NumPy's, such as
/// "<f8".
std::string npy_bytes(const std::string& type, const std::vector<Eigen::Index>& shape, const void* data,
                      std::size_t bytes);

/// Whether the bytes begin as a .npy file does.
bool is_npy(std::string_view bytes);
enum class VectorArrays { skipped, as_columns };
/// The array in the bytes of a .npy file; none where it is not of numbers in two dimensions, or in one where
/// these are taken as a column. Error(data) that names the file where the bytes are damaged.
std::optional<Matrix> matrix_of_npy(std::string_view bytes, const std::filesystem::path& path,
                                    VectorArrays vectors = VectorArrays::skipped);

}  // namespace snpse
