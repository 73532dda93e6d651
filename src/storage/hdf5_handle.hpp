#pragma once

#include <stdexcept>
#include <utility>

#include <hdf5.h>

namespace snpse {

/// An HDF5 call failed; the layer's public functions turn it into an Error that names the file.
class Hdf5Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Passes on the result of an HDF5 call, or throws Hdf5Error(what) where it is negative.
template <typename Result>
Result checked(Result result, const char* what) {
  if (result < 0) throw Hdf5Error(what);
  return result;
}

/// Owns an HDF5 identifier.
class Hdf5Handle {
 public:
  using Closer = herr_t (*)(hid_t);

  /// id: what the HDF5 call gave; Hdf5Error(what) where it is negative.
  Hdf5Handle(hid_t id, Closer closer, const char* what) : id_(checked(id, what)), closer_(closer) {}
  ~Hdf5Handle() {
    if (id_ >= 0) closer_(id_);
  }
  Hdf5Handle(Hdf5Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), closer_(other.closer_) {}
  Hdf5Handle& operator=(Hdf5Handle&&) = delete;

  hid_t get() const { return id_; }

 private:
  hid_t id_;
  Closer closer_;
};

/// A creation property list without time stamps.
inline Hdf5Handle timeless(hid_t property_class) {
  Hdf5Handle list(H5Pcreate(property_class), H5Pclose, "create a property list");
  checked(H5Pset_obj_track_times(list.get(), false), "switch time stamps off");
  return list;
}

/// Access to a file without HDF5's locks: files appear complete by rename and never change, and not every
/// file system has locks.
inline Hdf5Handle unlocked_access() {
  Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "create a property list");
  checked(H5Pset_file_locking(access.get(), false, true), "switch file locks off");
  return access;
}

/// Switches HDF5's automatic printing of errors off while it lives.
class QuietHdf5 {
 public:
  QuietHdf5() {
    H5Eget_auto2(H5E_DEFAULT, &function_, &data_);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  }
  ~QuietHdf5() { H5Eset_auto2(H5E_DEFAULT, function_, data_); }
  QuietHdf5(const QuietHdf5&) = delete;
  QuietHdf5& operator=(const QuietHdf5&) = delete;

 private:
  H5E_auto2_t function_ = nullptr;
  void* data_ = nullptr;
};

}  // namespace snpse
