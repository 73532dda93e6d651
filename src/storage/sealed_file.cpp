#include "storage/sealed_file.hpp"

#include <algorithm>
#include <limits>

#include "storage/durable_file.hpp"
#include "storage/seal.hpp"
#include "storage/string_type.hpp"

namespace snpse {
namespace fs = std::filesystem;
namespace {

struct OpenAttribute {
  OpenAttribute(hid_t file, const char* name)
      : attribute(H5Aopen(file, name, H5P_DEFAULT), H5Aclose, "find the header"),
        type(H5Aget_type(attribute.get()), H5Tclose, "inspect the header"),
        space(H5Aget_space(attribute.get()), H5Sclose, "inspect the header") {
    if (checked(H5Sget_simple_extent_npoints(space.get()), "inspect the header") != 1)
      throw Hdf5Error("understand the header");
  }
  Hdf5Handle attribute;
  Hdf5Handle type;
  Hdf5Handle space;
};

std::string read_text(hid_t file, const char* name) {
  const OpenAttribute open(file, name);
  require_string_type(open.type.get());
  std::vector<char*> texts(1, nullptr);
  checked(H5Aread(open.attribute.get(), open.type.get(), texts.data()), "read the header");
  return take_strings(texts, open.type.get(), open.space.get()).front();
}

template <typename T>
T read_number(hid_t file, const char* name, hid_t memory_type) {
  const OpenAttribute open(file, name);
  T value{};
  checked(H5Aread(open.attribute.get(), memory_type, &value), "read the header");
  return value;
}

}  // namespace

void check_seal(const fs::path& path, SealCheck check) {
  const bool fine = check == SealCheck::all_bytes ? is_sealed(path) : is_seal(read_end(path, Seal::kSize));
  if (!fine)
    fail(ExitCode::data,
         "'{}' is not a readable snpse file ({} bytes; truncated, damaged or of another program); move it "
         "away and run again to redo this step",
         path.string(), fs::file_size(path));
}

Hdf5Handle open_file(const fs::path& path) {
  const Hdf5Handle access = unlocked_access();
  return {H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.get()), H5Fclose, "open the file"};
}

std::array<hsize_t, 2> checked_extent(hid_t dataset, hid_t space, hid_t type) {
  std::array<hsize_t, 2> size{1, 1};
  const int rank = checked(H5Sget_simple_extent_ndims(space), "inspect a dataset");
  if (rank > 2) throw Hdf5Error("understand a dataset");
  checked(H5Sget_simple_extent_dims(space, size.data(), nullptr), "inspect a dataset");
  const Hdf5Handle file(H5Iget_file_id(dataset), H5Fclose, "inspect a dataset");
  hsize_t bytes = 0;
  checked(H5Fget_filesize(file.get(), &bytes), "inspect a dataset");
  const hsize_t unit = std::max<hsize_t>(1, H5Tget_size(type));
  // An empty dataset takes no bytes, but its other dimension is a size as well.
  const bool fits = size[0] <= bytes && size[1] <= bytes / std::max<hsize_t>(1, size[0]) / unit;
  const bool is_empty = size[0] == 0 || size[1] == 0;
  if (!fits && !(is_empty && std::max(size[0], size[1]) <= bytes))
    throw Hdf5Error("find all of a dataset: its size is not that of the file");
  return size;
}

FileHeader checked_header(hid_t file, const fs::path& path, const std::optional<std::string>& expected_type) {
  FileHeader header;
  header.type = read_text(file, "type");
  header.program_version = read_text(file, "program_version");
  if (expected_type && header.type != *expected_type)
    fail(ExitCode::data, "'{}' holds '{}' where '{}' is needed; was it renamed?", path.string(), header.type,
         *expected_type);
  const auto version = read_number<std::int64_t>(file, "format_version", H5T_NATIVE_INT64);
  if (version < 1 || version > kFormatVersion)
    fail(ExitCode::data,
         "'{}' has format version {} (written by snpse {}), this program reads up to {}; use a newer snpse",
         path.string(), version, header.program_version, kFormatVersion);
  header.seed = read_number<std::uint64_t>(file, "seed", H5T_NATIVE_UINT64);
  header.configuration = read_text(file, "configuration");
  constexpr std::int64_t kMostRounds = std::numeric_limits<int>::max();
  const auto round = version < 2 ? 0 : read_number<std::int64_t>(file, "round", H5T_NATIVE_INT64);
  if (round < 0 || round > kMostRounds)
    fail(ExitCode::data, "'{}' says that it is of round {}, which is none", path.string(), round);
  header.round = static_cast<int>(round);
  return header;
}

}  // namespace snpse
