#pragma once

#include "hdf5_handle.hpp"

namespace snpse {

/// Zero-terminated UTF-8 of any length: the type of all our strings, on disk and in memory.
inline Hdf5Handle string_type() {
  Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose, "create a string type");
  checked(H5Tset_size(type.get(), H5T_VARIABLE), "create a string type");
  checked(H5Tset_cset(type.get(), H5T_CSET_UTF8), "create a string type");
  return type;
}

}  // namespace snpse
