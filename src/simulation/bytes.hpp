#pragma once

#include <sstream>
#include <string>

#include <boost/archive/binary_iarchive.hpp>
#include <boost/archive/binary_oarchive.hpp>
#include <boost/serialization/map.hpp>
#include <boost/serialization/string.hpp>
#include <boost/serialization/vector.hpp>

#include "parallel/serialize_matrix.hpp"

namespace snpse {

/// A value that Boost.Serialization knows as bytes, for a message to a rank of the same program.
template <typename T>
std::string to_bytes(const T& value) {
  std::ostringstream stream;
  boost::archive::binary_oarchive archive(stream, boost::archive::no_header);
  archive << value;
  return std::move(stream).str();
}

template <typename T>
T from_bytes(const std::string& bytes) {
  std::istringstream stream(bytes);
  boost::archive::binary_iarchive archive(stream, boost::archive::no_header);
  T value;
  archive >> value;
  return value;
}

}  // namespace snpse
