#include <array>
#include <cstdint>
#include <new>
#include <string>
#include <vector>

#include "storage/sealed_file.hpp"
#include "storage/string_type.hpp"

namespace snpse {
namespace fs = std::filesystem;
namespace {

/// Reads one dataset as the Record::Value whose shape and type it has.
class DatasetReader {
 public:
  DatasetReader(hid_t file, const std::string& name)
      : dataset_(H5Dopen2(file, name.c_str(), H5P_DEFAULT), H5Dclose, "open a dataset"),
        space_(H5Dget_space(dataset_.get()), H5Sclose, "inspect a dataset"),
        type_(H5Dget_type(dataset_.get()), H5Tclose, "inspect a dataset"),
        rank_(checked(H5Sget_simple_extent_ndims(space_.get()), "inspect a dataset")),
        type_size_(H5Tget_size(type_.get())),
        size_(checked_extent(dataset_.get(), space_.get(), type_.get())),
        count_(static_cast<std::size_t>(size_[0] * size_[1])) {
    if (type_size_ == 0) throw Hdf5Error("understand a dataset");
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
    Matrix values(static_cast<Eigen::Index>(size_[0]), static_cast<Eigen::Index>(size_[1]));
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
  std::array<hsize_t, 2> size_;
  std::size_t count_;
};

extern "C" herr_t note_dataset(hid_t, const char* name, const H5O_info_t* info, void* names) {
  try {
    if (info->type == H5O_TYPE_DATASET) static_cast<std::vector<std::string>*>(names)->emplace_back(name);
    return 0;
  } catch (const std::bad_alloc&) {
    return -1;
  }
}

Record record_of(hid_t file, const std::vector<std::string>& names, const fs::path& path) {
  Record record;
  for (const auto& name : names) record.put(name, DatasetReader(file, name).read());
  record.set_origin(path.string());
  return record;
}

/// Opens the file and gives it to read.
template <typename Read>
auto with_file(const fs::path& path, SealCheck check, Read read) {
  check_seal(path, check);
  return understood(path, [&] {
    const Hdf5Handle file = open_file(path);
    return read(file.get());
  });
}

}  // namespace

Record read_record(const fs::path& path, const std::string& expected_type, const HeaderCheck& accept) {
  return with_file(path, SealCheck::all_bytes, [&](hid_t file) {
    const auto header = checked_header(file, path, expected_type);
    if (accept) accept(path, header);
    std::vector<std::string> names;
    checked(H5Ovisit(file, H5_INDEX_NAME, H5_ITER_INC, note_dataset, &names), "list the datasets");
    return record_of(file, names, path);
  });
}

Record read_fields(const fs::path& path, const std::string& expected_type,
                   const std::vector<std::string>& names, const HeaderCheck& accept) {
  return with_file(path, SealCheck::end_only, [&](hid_t file) {
    const auto header = checked_header(file, path, expected_type);
    if (accept) accept(path, header);
    return record_of(file, names, path);
  });
}

FileHeader read_header(const fs::path& path) {
  return with_file(path, SealCheck::all_bytes,
                   [&](hid_t file) { return checked_header(file, path, std::nullopt); });
}

}  // namespace snpse
