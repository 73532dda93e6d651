#include <array>

#include "hdf5_handle.hpp"
#include "string_type.hpp"

#include "snpse/storage/durable_file.hpp"
#include "snpse/storage/record_file.hpp"
#include "snpse/storage/seal.hpp"

namespace snpse {
namespace {

// Room for headers and names, added to the size of the data so that the image grows in few steps.
constexpr std::size_t kMetadataRoom = std::size_t{1} << 16U;

std::size_t bytes_of(const Record& record) {
  std::size_t sum = 0;
  for (const auto& [key, value] : record.values())
    sum += std::visit(
        [](const auto& v) -> std::size_t {
          if constexpr (requires { v.size() * sizeof(*v.data()); })
            return static_cast<std::size_t>(v.size()) * sizeof(*v.data());
          else
            return sizeof v;
        },
        value);
  return sum;
}

const char* text_of(const std::string& value) {
  ensure(value.find('\0') == std::string::npos, "stored text must not hold zero bytes");
  return value.c_str();
}

/// A creation property list without time stamps.
Hdf5Handle timeless(hid_t property_class) {
  Hdf5Handle list(H5Pcreate(property_class), H5Pclose, "create a property list");
  checked(H5Pset_obj_track_times(list.get(), false), "switch time stamps off");
  return list;
}

/// An empty file in memory that never reaches a disk by itself.
Hdf5Handle create_in_memory(std::size_t increment) {
  const Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "create a property list");
  checked(H5Pset_fapl_core(access.get(), increment, false), "choose the memory driver");
  const Hdf5Handle creation = timeless(H5P_FILE_CREATE);
  return {H5Fcreate("snpse", H5F_ACC_TRUNC, creation.get(), access.get()), H5Fclose,
          "create a file in memory"};
}

/// Dimensions of a dataset; none for a scalar.
struct Shape {
  std::array<hsize_t, 2> size{};
  int rank = 0;
};

Hdf5Handle make_space(const Shape& shape) {
  return {shape.rank == 0 ? H5Screate(H5S_SCALAR) : H5Screate_simple(shape.rank, shape.size.data(), nullptr),
          H5Sclose, "create a data space"};
}

/// Puts one Record::Value into the file under a name.
class ValueWriter {
 public:
  ValueWriter(hid_t file, const std::string& name) : file_(file), name_(name) {}

  void operator()(std::int64_t value) const { write({}, H5T_STD_I64LE, H5T_NATIVE_INT64, &value); }
  void operator()(double value) const { write({}, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, &value); }
  void operator()(const std::string& value) const {
    const char* text = text_of(value);
    write_strings({}, &text);
  }
  void operator()(const std::vector<std::int64_t>& values) const {
    write(list_of(values.size()), H5T_STD_I64LE, H5T_NATIVE_INT64, values.data());
  }
  void operator()(const std::vector<float>& values) const {
    write(list_of(values.size()), H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, values.data());
  }
  void operator()(const std::vector<double>& values) const {
    write(list_of(values.size()), H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, values.data());
  }
  void operator()(const std::vector<std::string>& values) const {
    std::vector<const char*> texts;
    for (const auto& value : values) texts.push_back(text_of(value));
    write_strings(list_of(values.size()), texts.data());
  }
  void operator()(const Matrix& values) const {
    const Shape shape{{static_cast<hsize_t>(values.rows()), static_cast<hsize_t>(values.cols())}, 2};
    write(shape, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, values.data());
  }

 private:
  static Shape list_of(std::size_t size) { return {{size, 0}, 1}; }

  void write_strings(const Shape& shape, const char* const* texts) const {
    const Hdf5Handle type = string_type();
    write(shape, type.get(), type.get(), texts);
  }

  void write(const Shape& shape, hid_t stored_type, hid_t memory_type, const void* values) const {
    const Hdf5Handle space = make_space(shape);
    const Hdf5Handle creation = timeless(H5P_DATASET_CREATE);
    const Hdf5Handle dataset(
        H5Dcreate2(file_, name_.c_str(), stored_type, space.get(), H5P_DEFAULT, creation.get(), H5P_DEFAULT),
        H5Dclose, "create a dataset");
    checked(H5Dwrite(dataset.get(), memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), "write a dataset");
  }

  hid_t file_;
  const std::string& name_;
};

/// Creates the groups that name's '/' ask for: HDF5 would create them with time stamps.
void create_groups(hid_t file, const std::string& name) {
  for (auto end = name.find('/'); end != std::string::npos; end = name.find('/', end + 1)) {
    const std::string group = name.substr(0, end);
    if (checked(H5Lexists(file, group.c_str(), H5P_DEFAULT), "look for a group") > 0) continue;
    const Hdf5Handle creation = timeless(H5P_GROUP_CREATE);
    const Hdf5Handle created(H5Gcreate2(file, group.c_str(), H5P_DEFAULT, creation.get(), H5P_DEFAULT),
                             H5Gclose, "create a group");
  }
}

void write_attribute(hid_t file, const char* name, hid_t type, hid_t memory_type, const void* value) {
  const Hdf5Handle space = make_space({});
  const Hdf5Handle attribute(H5Acreate2(file, name, type, space.get(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose,
                             "create an attribute");
  checked(H5Awrite(attribute.get(), memory_type, value), "write an attribute");
}

void write_header(hid_t file, const FileHeader& header) {
  const Hdf5Handle type = string_type();
  const auto write_text = [&](const char* name, const std::string& value) {
    const char* text = text_of(value);
    write_attribute(file, name, type.get(), type.get(), &text);
  };
  const std::int64_t version = kFormatVersion;
  write_text("format", "snpse");
  write_text("type", header.type);
  write_attribute(file, "format_version", H5T_STD_I64LE, H5T_NATIVE_INT64, &version);
  write_text("program_version", header.program_version);
  write_attribute(file, "seed", H5T_STD_U64LE, H5T_NATIVE_UINT64, &header.seed);
  write_text("configuration", header.configuration);
}

std::string image_of(hid_t file) {
  checked(H5Fflush(file, H5F_SCOPE_GLOBAL), "flush the file in memory");
  const ssize_t size = checked(H5Fget_file_image(file, nullptr, 0), "measure the file in memory");
  std::string image(static_cast<std::size_t>(size), '\0');
  checked(H5Fget_file_image(file, image.data(), image.size()), "copy the file in memory");
  return image;
}

}  // namespace

void write_record(const std::filesystem::path& path, const FileHeader& header, const Record& record) {
  const QuietHdf5 quiet;
  std::string image;
  try {
    const Hdf5Handle file = create_in_memory(bytes_of(record) + kMetadataRoom);
    write_header(file.get(), header);
    for (const auto& [name, value] : record.values()) {
      create_groups(file.get(), name);
      std::visit(ValueWriter(file.get(), name), value);
    }
    image = image_of(file.get());
  } catch (const Hdf5Error& error) {
    fail(ExitCode::internal, "cannot compose '{}': HDF5 failed to {}; out of memory?", path.string(),
         error.what());
  }
  image += seal_of(image);
  write_durably(path, image);
}

}  // namespace snpse
