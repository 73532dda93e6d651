#include <array>

#include "storage/durable_file.hpp"
#include "storage/hdf5_handle.hpp"
#include "storage/record_file.hpp"
#include "storage/seal.hpp"
#include "storage/string_type.hpp"

namespace snpse {
namespace {

// What a file needs besides its data, about: of itself and for each value.
constexpr std::size_t kFileRoom = 8192;
constexpr std::size_t kValueRoom = 512;

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

Hdf5Handle create_file(const std::filesystem::path& path) {
  const Hdf5Handle access = unlocked_access();
  const Hdf5Handle creation = timeless(H5P_FILE_CREATE);
  return {H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation.get(), access.get()), H5Fclose, "create the file"};
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

Hdf5Handle create_dataset(hid_t file, const std::string& name, hid_t type, hid_t space) {
  const Hdf5Handle creation = timeless(H5P_DATASET_CREATE);
  return {H5Dcreate2(file, name.c_str(), type, space, H5P_DEFAULT, creation.get(), H5P_DEFAULT), H5Dclose,
          "create a dataset"};
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
    const Hdf5Handle dataset = create_dataset(file_, name_, stored_type, space.get());
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
  const std::int64_t round = header.round;
  write_attribute(file, "round", H5T_STD_I64LE, H5T_NATIVE_INT64, &round);
}

void write_streamed(hid_t file, const StreamedMatrix& matrix) {
  const Shape shape{{static_cast<hsize_t>(matrix.rows), static_cast<hsize_t>(matrix.columns)}, 2};
  const Hdf5Handle space = make_space(shape);
  const Hdf5Handle dataset = create_dataset(file, matrix.name, H5T_IEEE_F64LE, space.get());
  matrix.fill([&](Eigen::Index first, const Matrix& rows) {
    ensure(rows.cols() == matrix.columns && first >= 0 && first + rows.rows() <= matrix.rows,
           "rows of the streamed matrix");
    if (rows.size() == 0) return;
    const std::array<hsize_t, 2> start{static_cast<hsize_t>(first), 0};
    const Shape block{{static_cast<hsize_t>(rows.rows()), static_cast<hsize_t>(rows.cols())}, 2};
    const Hdf5Handle in_memory = make_space(block);
    checked(
        H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start.data(), nullptr, block.size.data(), nullptr),
        "select rows");
    checked(
        H5Dwrite(dataset.get(), H5T_NATIVE_DOUBLE, in_memory.get(), space.get(), H5P_DEFAULT, rows.data()),
        "write rows");
  });
}

void write(const std::filesystem::path& path, const FileHeader& header, const Record& record,
           const StreamedMatrix* streamed) {
  const QuietHdf5 quiet;
  std::uintmax_t room = kFileRoom + header.configuration.size() + kValueRoom * record.values().size();
  room += bytes_of(record);
  if (streamed) room += sizeof(double) * static_cast<std::uintmax_t>(streamed->rows * streamed->columns);
  write_durably(path, [&](const std::filesystem::path& aside) {
    try {
      // Before HDF5 writes its first bytes too: where these fail, it can neither say why nor close the file.
      reserve(aside, room);
      const Hdf5Handle file = create_file(aside);
      reserve(aside, room);
      write_header(file.get(), header);
      for (const auto& [name, value] : record.values()) {
        create_groups(file.get(), name);
        std::visit(ValueWriter(file.get(), name), value);
      }
      if (streamed) write_streamed(file.get(), *streamed);
      checked(H5Fflush(file.get(), H5F_SCOPE_GLOBAL), "flush the file");
    } catch (const Hdf5Error& error) {
      fail(ExitCode::io, "cannot write '{}': HDF5 failed to {}; make room and run the same command again",
           path.string(), error.what());
    }
    append(aside, Seal::of(aside).text());
  });
}

}  // namespace

void write_record(const std::filesystem::path& path, const FileHeader& header, const Record& record) {
  write(path, header, record, nullptr);
}

void write_record(const std::filesystem::path& path, const FileHeader& header, const Record& record,
                  const StreamedMatrix& streamed) {
  write(path, header, record, &streamed);
}

}  // namespace snpse
