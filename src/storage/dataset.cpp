#include "storage/dataset.hpp"

#include <functional>
#include <numeric>
#include <vector>

#include "storage/durable_file.hpp"
#include "storage/hdf5_handle.hpp"
#include "util/error.hpp"

namespace snpse {
namespace fs = std::filesystem;
namespace {

bool is_number(hid_t type) {
  const auto kind = H5Tget_class(type);
  return kind == H5T_INTEGER || kind == H5T_FLOAT;
}

/// Every dimension of a dataset, outermost first; one of length 1 for a single number.
std::vector<hsize_t> dimensions_of(hid_t space) {
  const auto rank = checked(H5Sget_simple_extent_ndims(space), "inspect the dataset");
  std::vector<hsize_t> dimensions(static_cast<std::size_t>(rank));
  checked(H5Sget_simple_extent_dims(space, dimensions.data(), nullptr), "inspect the dataset");
  if (dimensions.empty()) dimensions.push_back(1);
  return dimensions;
}

Matrix read_numbers_of(const fs::path& path, const std::string& name) {
  const Hdf5Handle access = unlocked_access();
  const Hdf5Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.get()), H5Fclose, "open it");
  const Hdf5Handle dataset(H5Dopen2(file.get(), name.c_str(), H5P_DEFAULT), H5Dclose, "find the dataset");
  const Hdf5Handle type(H5Dget_type(dataset.get()), H5Tclose, "inspect the dataset");
  if (!is_number(type.get())) throw Hdf5Error("read the dataset as numbers");
  const Hdf5Handle space(H5Dget_space(dataset.get()), H5Sclose, "inspect the dataset");
  const auto dimensions = dimensions_of(space.get());
  const auto columns =
      std::accumulate(dimensions.begin() + 1, dimensions.end(), hsize_t{1}, std::multiplies<>());
  Matrix values(static_cast<Eigen::Index>(dimensions.front()), static_cast<Eigen::Index>(columns));
  checked(H5Dread(dataset.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()),
          "read the dataset");
  return values;
}

}  // namespace

Matrix read_dataset(const fs::path& path, const std::string& name) {
  const QuietHdf5 quiet;
  read_end(path, 1);  // for its error where the file is absent
  try {
    return read_numbers_of(path, name);
  } catch (const Hdf5Error& error) {
    fail(ExitCode::data, "'{}' has no dataset '{}' that can be used: HDF5 failed to {}", path.string(), name,
         error.what());
  }
}

bool has_dataset(const fs::path& path, const std::string& name) {
  const QuietHdf5 quiet;
  const Hdf5Handle access = unlocked_access();
  const Hdf5Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.get()), H5Fclose, "open the file");
  return H5Lexists(file.get(), name.c_str(), H5P_DEFAULT) > 0;
}

bool hdf5_is_thread_safe() {
  hbool_t is_safe = false;
  return H5is_library_threadsafe(&is_safe) >= 0 && is_safe;
}

bool is_hdf5(const fs::path& path) {
  const QuietHdf5 quiet;
  return H5Fis_hdf5(path.c_str()) > 0;
}

}  // namespace snpse
