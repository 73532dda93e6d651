#include "storage/netcdf_reader.hpp"

#include <numeric>

#include <hdf5_hl.h>

#include "storage/durable_file.hpp"
#include "storage/hdf5_handle.hpp"
#include "util/error.hpp"
#include "util/memory.hpp"

namespace snpse {
namespace {

extern "C" herr_t note_member(hid_t, const char* name, const H5L_info_t* info, void* names) {
  try {
    if (info->type == H5L_TYPE_HARD) static_cast<std::vector<std::string>*>(names)->emplace_back(name);
    return 0;
  } catch (const std::bad_alloc&) {
    return -1;
  }
}

/// The members of a group, in the order in which they were made where the file knows it.
std::vector<std::string> members_of(hid_t group) {
  const Hdf5Handle creation(H5Gget_create_plist(group), H5Pclose, "inspect a group");
  unsigned order = 0;
  checked(H5Pget_link_creation_order(creation.get(), &order), "inspect a group");
  const auto index = (order & H5P_CRT_ORDER_INDEXED) != 0 ? H5_INDEX_CRT_ORDER : H5_INDEX_NAME;
  std::vector<std::string> names;
  hsize_t first = 0;
  checked(H5Literate(group, index, H5_ITER_INC, &first, note_member, &names), "list the members of a group");
  return names;
}

/// The variable of that name; none where it is a group, a coordinate, or holds no numbers.
std::optional<NetcdfTable> table_of(hid_t group, const std::string& name, const std::filesystem::path& path) {
  H5O_info_t info;
  checked(H5Oget_info_by_name2(group, name.c_str(), &info, H5O_INFO_BASIC, H5P_DEFAULT), "inspect a member");
  if (info.type != H5O_TYPE_DATASET) return std::nullopt;
  const Hdf5Handle dataset(H5Dopen2(group, name.c_str(), H5P_DEFAULT), H5Dclose, "open a dataset");
  if (checked(H5DSis_scale(dataset.get()), "inspect a dataset") > 0) return std::nullopt;
  const Hdf5Handle type(H5Dget_type(dataset.get()), H5Tclose, "inspect a dataset");
  const auto kind = H5Tget_class(type.get());
  if (kind != H5T_FLOAT && kind != H5T_INTEGER) return std::nullopt;
  const Hdf5Handle space(H5Dget_space(dataset.get()), H5Sclose, "inspect a dataset");
  std::vector<hsize_t> shape(
      static_cast<std::size_t>(checked(H5Sget_simple_extent_ndims(space.get()), "inspect a dataset")));
  checked(H5Sget_simple_extent_dims(space.get(), shape.data(), nullptr), "inspect a dataset");
  const double numbers = std::accumulate(shape.begin(), shape.end(), 1.0,
                                         [](double a, hsize_t b) { return a * static_cast<double>(b); });
  require_memory(sizeof(double) * numbers, fmt::format("the variable '{}' of '{}'", name, path.string()),
                 ExitCode::data);
  NetcdfTable table{
      name, {shape.begin(), shape.end()}, std::vector<double>(static_cast<std::size_t>(numbers))};
  checked(H5Dread(dataset.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, table.values.data()),
          "read a dataset");
  return table;
}

}  // namespace

std::optional<std::vector<NetcdfTable>> read_netcdf_group(const std::filesystem::path& path,
                                                          const std::string& group) {
  const QuietHdf5 quiet;
  read_end(path, 1);  // says why a file cannot be read
  try {
    const auto access = unlocked_access();
    const Hdf5Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.get()), H5Fclose,
                          "open the file, which is no netCDF-4 file");
    if (checked(H5Lexists(file.get(), group.c_str(), H5P_DEFAULT), "look for a group") == 0)
      return std::nullopt;
    const Hdf5Handle opened(H5Gopen2(file.get(), group.c_str(), H5P_DEFAULT), H5Gclose, "open a group");
    std::vector<NetcdfTable> tables;
    for (const auto& name : members_of(opened.get()))
      if (auto table = table_of(opened.get(), name, path)) tables.push_back(std::move(*table));
    return tables;
  } catch (const Hdf5Error& error) {
    fail(ExitCode::data, "'{}' cannot be understood: HDF5 failed to {}", path.string(), error.what());
  }
}

}  // namespace snpse
