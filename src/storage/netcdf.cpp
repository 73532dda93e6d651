#include "storage/netcdf.hpp"

#include <algorithm>
#include <cctype>

#include <hdf5_hl.h>

#include "storage/durable_file.hpp"
#include "storage/hdf5_handle.hpp"
#include "storage/string_type.hpp"
#include "util/error.hpp"

namespace snpse {
namespace {

// What a file needs besides its values, about: of itself, for each group and for each variable.
constexpr std::size_t kRoomOfFile = 16384;
constexpr std::size_t kRoomOfObject = 8192;
constexpr std::size_t kRoomOfText = 32;  // besides its letters

std::size_t size_of(const NetcdfValues& values) {
  return std::visit([](const auto& v) { return v.size(); }, values);
}

std::size_t room_of(const NetcdfValues& values) {
  std::size_t room = kRoomOfObject + sizeof(double) * size_of(values);
  if (const auto* texts = std::get_if<std::vector<std::string>>(&values))
    for (const auto& text : *texts) room += text.size() + kRoomOfText;
  return room;
}

std::size_t room_of(const NetcdfAttributes& attributes) {
  std::size_t room = 0;
  for (const auto& [name, value] : attributes)
    room += kRoomOfObject + (value.index() == 2 ? std::get<std::string>(value).size() : 0);
  return room;
}

std::size_t room_of(const std::vector<NetcdfGroup>& groups) {
  std::size_t room = kRoomOfFile;
  for (const auto& group : groups) {
    room += kRoomOfObject + room_of(group.attributes);
    for (const auto& dimension : group.dimensions) room += room_of(dimension.coordinates);
    for (const auto& variable : group.variables)
      room += room_of(variable.values) + room_of(variable.attributes);
  }
  return room;
}

/// A creation list of a file or a group whose members keep their order, as netCDF wants it.
Hdf5Handle ordered(hid_t property_class) {
  auto list = timeless(property_class);
  checked(H5Pset_link_creation_order(list.get(), H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED),
          "keep the order of members");
  checked(H5Pset_attr_creation_order(list.get(), H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED),
          "keep the order of attributes");
  return list;
}

Hdf5Handle space_of(const std::vector<hsize_t>& sizes) {
  return {sizes.empty() ? H5Screate(H5S_SCALAR)
                        : H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), nullptr),
          H5Sclose, "create a data space"};
}

/// Gives write() the stored type, the type in memory and the address of values.
template <typename Write>
void with_address(const std::vector<std::string>& texts, const Write& write) {
  std::vector<const char*> addresses;
  for (const auto& text : texts) addresses.push_back(text.c_str());
  const auto type = string_type();
  write(type.get(), type.get(), addresses.data());
}
template <typename Write>
void with_address(const std::vector<std::int64_t>& values, const Write& write) {
  write(H5T_STD_I64LE, H5T_NATIVE_INT64, values.data());
}
template <typename Write>
void with_address(const std::vector<double>& values, const Write& write) {
  write(H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, values.data());
}

void put_attributes(hid_t object, const NetcdfAttributes& attributes) {
  const auto space = space_of({});
  for (const auto& [name, value] : attributes)
    std::visit(
        [&, &key = name](const auto& v) {
          with_address(std::vector{v}, [&](hid_t stored, hid_t in_memory, const void* address) {
            const Hdf5Handle attribute(
                H5Acreate2(object, key.c_str(), stored, space.get(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose,
                "create an attribute");
            checked(H5Awrite(attribute.get(), in_memory, address), "write an attribute");
          });
        },
        value);
}

Hdf5Handle put_dataset(hid_t group, const std::string& name, const std::vector<hsize_t>& sizes,
                       const NetcdfValues& values) {
  std::size_t count = 1;
  for (const auto size : sizes) count *= size;
  ensure(count == size_of(values), "a netCDF variable has as many values as its dimensions say");
  const auto creation = timeless(H5P_DATASET_CREATE);
  checked(H5Pset_attr_creation_order(creation.get(), H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED),
          "keep the order of attributes");
  const auto space = space_of(sizes);
  hid_t dataset = -1;
  std::visit(
      [&](const auto& v) {
        with_address(v, [&](hid_t stored, hid_t in_memory, const void* address) {
          dataset = checked(
              H5Dcreate2(group, name.c_str(), stored, space.get(), H5P_DEFAULT, creation.get(), H5P_DEFAULT),
              "create a dataset");
          checked(H5Dwrite(dataset, in_memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, address), "write a dataset");
        });
      },
      values);
  return {dataset, H5Dclose, "create a dataset"};
}

void put_group(hid_t file, const NetcdfGroup& group) {
  const auto creation = ordered(H5P_GROUP_CREATE);
  const Hdf5Handle created(H5Gcreate2(file, group.name.c_str(), H5P_DEFAULT, creation.get(), H5P_DEFAULT),
                           H5Gclose, "create a group");
  put_attributes(created.get(), group.attributes);
  std::map<std::string, Hdf5Handle> scales;
  std::map<std::string, hsize_t> sizes;
  for (const auto& [name, coordinates] : group.dimensions) {
    sizes[name] = size_of(coordinates);
    auto dataset = put_dataset(created.get(), name, {sizes[name]}, coordinates);
    checked(H5DSset_scale(dataset.get(), name.c_str()), "make a dimension scale");
    scales.emplace(name, std::move(dataset));
  }
  for (const auto& variable : group.variables) {
    std::vector<hsize_t> shape;
    for (const auto& dimension : variable.dimensions) shape.push_back(sizes.at(dimension));
    const auto dataset = put_dataset(created.get(), variable.name, shape, variable.values);
    for (std::size_t i = 0; i < shape.size(); ++i)
      checked(
          H5DSattach_scale(dataset.get(), scales.at(variable.dimensions[i]).get(), static_cast<unsigned>(i)),
          "attach a dimension scale");
    put_attributes(dataset.get(), variable.attributes);
  }
}

}  // namespace

void write_netcdf(const std::filesystem::path& path, const std::vector<NetcdfGroup>& groups,
                  const NetcdfAttributes& attributes) {
  const QuietHdf5 quiet;
  const auto room = room_of(groups) + room_of(attributes);
  write_durably(path, [&](const std::filesystem::path& aside) {
    try {
      reserve(aside, room);  // where HDF5 meets a full disk it can neither say so nor close the file
      const auto access = unlocked_access();
      const auto creation = ordered(H5P_FILE_CREATE);
      const Hdf5Handle file(H5Fcreate(aside.c_str(), H5F_ACC_TRUNC, creation.get(), access.get()), H5Fclose,
                            "create the file");
      reserve(aside, room);
      put_attributes(file.get(), attributes);
      for (const auto& group : groups) put_group(file.get(), group);
      checked(H5Fflush(file.get(), H5F_SCOPE_GLOBAL), "flush the file");
    } catch (const Hdf5Error& error) {
      fail(ExitCode::io, "cannot write '{}': HDF5 failed to {}; make room and run the same command again",
           path.string(), error.what());
    }
  });
}

std::string netcdf_name(const std::string& name) {
  std::string result = name;
  std::ranges::replace(result, '/', '_');
  while (result.ends_with(' ')) result.pop_back();
  const auto first = static_cast<unsigned char>(result.empty() ? ' ' : result.front());
  const bool may_begin = std::isalnum(first) != 0 || first == '_' || first >= 0x80;
  return may_begin ? result : "_" + result;
}

}  // namespace snpse
