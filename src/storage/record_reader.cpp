#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

#include "hdf5_handle.hpp"
#include "string_type.hpp"
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "snpse/storage/durable_file.hpp"
#include "snpse/storage/record_file.hpp"
#include "snpse/storage/seal.hpp"

namespace snpse {
namespace {

namespace fs = std::filesystem;

Hdf5Handle open_file(const fs::path& path) {
  const Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "create a property list");
  // Files appear complete by rename and never change, so locks are not needed; not every file system has
  // them.
  checked(H5Pset_file_locking(access.get(), false, true), "switch file locks off");
  return {H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.get()), H5Fclose, "open the file"};
}

/// Copies what HDF5 allocated and gives it back.
std::vector<std::string> take_strings(std::vector<char*>& texts, hid_t type, hid_t space) {
  std::vector<std::string> strings;
  for (const char* text : texts) strings.emplace_back(text == nullptr ? "" : text);
  if (!texts.empty()) checked(H5Dvlen_reclaim(type, space, H5P_DEFAULT, texts.data()), "release strings");
  return strings;
}

void require_string_type(hid_t type) {
  if (checked(H5Tis_variable_str(type), "inspect a type") == 0) throw Hdf5Error("read text");
}

/// Reads one dataset as the Record::Value whose shape and type it has.
class DatasetReader {
 public:
  DatasetReader(hid_t file, const std::string& name)
      : dataset_(H5Dopen2(file, name.c_str(), H5P_DEFAULT), H5Dclose, "open a dataset"),
        space_(H5Dget_space(dataset_.get()), H5Sclose, "inspect a dataset"),
        type_(H5Dget_type(dataset_.get()), H5Tclose, "inspect a dataset"),
        rank_(checked(H5Sget_simple_extent_ndims(space_.get()), "inspect a dataset")),
        type_size_(H5Tget_size(type_.get())) {
    if (type_size_ == 0 || rank_ > 2) throw Hdf5Error("understand a dataset");
    count_ =
        static_cast<std::size_t>(checked(H5Sget_simple_extent_npoints(space_.get()), "inspect a dataset"));
  }

  Record::Value read() const {
    switch (H5Tget_class(type_.get())) {
      case H5T_INTEGER:
        if (type_size_ == sizeof(std::int64_t)) return scalar_or_list<std::int64_t>(H5T_NATIVE_INT64);
        break;
      case H5T_FLOAT:
        if (type_size_ == sizeof(float) && rank_ == 1) return list<float>(H5T_NATIVE_FLOAT);
        if (type_size_ == sizeof(double) && rank_ == 2) return matrix();
        if (type_size_ == sizeof(double)) return scalar_or_list<double>(H5T_NATIVE_DOUBLE);
        break;
      case H5T_STRING:
        return strings();
      default:
        break;
    }
    throw Hdf5Error("understand a dataset");
  }

 private:
  template <typename T>
  std::vector<T> list(hid_t memory_type) const {
    std::vector<T> values(count_);
    read_into(memory_type, values.data());
    return values;
  }

  template <typename T>
  Record::Value scalar_or_list(hid_t memory_type) const {
    if (rank_ > 1) throw Hdf5Error("understand a dataset");
    auto values = list<T>(memory_type);
    if (rank_ == 0) return values.at(0);
    return values;
  }

  Matrix matrix() const {
    std::array<hsize_t, 2> size{};
    checked(H5Sget_simple_extent_dims(space_.get(), size.data(), nullptr), "inspect a dataset");
    Matrix values(static_cast<Eigen::Index>(size[0]), static_cast<Eigen::Index>(size[1]));
    read_into(H5T_NATIVE_DOUBLE, values.data());
    return values;
  }

  Record::Value strings() const {
    require_string_type(type_.get());
    if (rank_ > 1) throw Hdf5Error("understand a dataset");
    std::vector<char*> texts(count_, nullptr);
    read_into(type_.get(), texts.data());
    auto values = take_strings(texts, type_.get(), space_.get());
    if (rank_ == 0) return std::move(values.at(0));
    return values;
  }

  void read_into(hid_t memory_type, void* values) const {
    checked(H5Dread(dataset_.get(), memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), "read a dataset");
  }

  Hdf5Handle dataset_;
  Hdf5Handle space_;
  Hdf5Handle type_;
  int rank_;
  std::size_t type_size_;
  std::size_t count_ = 0;
};

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

/// Checks in the order that read_record() promises; the type only where one is expected.
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
  return header;
}

extern "C" herr_t note_dataset(hid_t, const char* name, const H5O_info_t* info, void* names) {
  try {
    if (info->type == H5O_TYPE_DATASET) static_cast<std::vector<std::string>*>(names)->emplace_back(name);
    return 0;
  } catch (const std::bad_alloc&) {
    return -1;
  }
}

enum class SealCheck {
  all_bytes,  ///< the file is ours, complete and undamaged
  end_only    ///< ours and complete
};

void check_seal(const fs::path& path, SealCheck check) {
  const bool fine =
      check == SealCheck::all_bytes ? is_sealed(read_whole(path)) : is_seal(read_end(path, kSealSize));
  if (!fine)
    fail(ExitCode::data,
         "'{}' is not a readable snpse file ({} bytes; truncated, damaged or of another program); move it "
         "away and run again to redo this step",
         path.string(), fs::file_size(path));
}

/// Opens the file and gives it to read; what HDF5 cannot do becomes Error(data).
template <typename Read>
auto with_file(const fs::path& path, SealCheck check, Read read) {
  check_seal(path, check);
  const QuietHdf5 quiet;
  try {
    const Hdf5Handle file = open_file(path);
    return read(file.get());
  } catch (const Hdf5Error& error) {
    fail(ExitCode::data,
         "'{}' cannot be understood: HDF5 failed to {}; was it written by another version of snpse?",
         path.string(), error.what());
  }
}

}  // namespace

Record read_record(const fs::path& path, const std::string& expected_type) {
  return with_file(path, SealCheck::all_bytes, [&](hid_t file) {
    checked_header(file, path, expected_type);
    std::vector<std::string> names;
    checked(H5Ovisit(file, H5_INDEX_NAME, H5_ITER_INC, note_dataset, &names), "list the datasets");
    Record record;
    for (const auto& name : names) record.put(name, DatasetReader(file, name).read());
    return record;
  });
}

Record read_fields(const fs::path& path, const std::string& expected_type,
                   const std::vector<std::string>& names) {
  return with_file(path, SealCheck::end_only, [&](hid_t file) {
    checked_header(file, path, expected_type);
    Record record;
    for (const auto& name : names) record.put(name, DatasetReader(file, name).read());
    return record;
  });
}

FileHeader read_header(const fs::path& path) {
  return with_file(path, SealCheck::all_bytes,
                   [&](hid_t file) { return checked_header(file, path, std::nullopt); });
}

}  // namespace snpse
