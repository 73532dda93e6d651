#pragma once

#include <string>
#include <vector>

#include "storage/hdf5_handle.hpp"

namespace snpse {

/// Zero-terminated UTF-8 of any length: the type of all our strings, on disk and in memory.
inline Hdf5Handle string_type() {
  Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose, "create a string type");
  checked(H5Tset_size(type.get(), H5T_VARIABLE), "create a string type");
  checked(H5Tset_cset(type.get(), H5T_CSET_UTF8), "create a string type");
  return type;
}

/// Copies what HDF5 allocated and gives it back.
inline std::vector<std::string> take_strings(std::vector<char*>& texts, hid_t type, hid_t space) {
  std::vector<std::string> strings;
  for (const char* text : texts) strings.emplace_back(text == nullptr ? "" : text);
  if (!texts.empty()) checked(H5Dvlen_reclaim(type, space, H5P_DEFAULT, texts.data()), "release strings");
  return strings;
}

inline void require_string_type(hid_t type) {
  if (checked(H5Tis_variable_str(type), "inspect a type") == 0) throw Hdf5Error("read text");
}

}  // namespace snpse
