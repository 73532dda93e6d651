#pragma once

#include <boost/serialization/array_wrapper.hpp>
#include <boost/serialization/split_free.hpp>

#include "numerics/matrix.hpp"

// The one way in which a matrix is put into messages between ranks of the same program.
namespace boost::serialization {

template <typename Archive>
void save(Archive& archive, const snpse::Matrix& matrix, unsigned /*version*/) {
  const Eigen::Index rows = matrix.rows();
  const Eigen::Index cols = matrix.cols();
  archive << rows << cols << make_array(matrix.data(), static_cast<std::size_t>(matrix.size()));
}

template <typename Archive>
void load(Archive& archive, snpse::Matrix& matrix, unsigned /*version*/) {
  Eigen::Index rows = 0;
  Eigen::Index cols = 0;
  archive >> rows >> cols;
  matrix.resize(rows, cols);
  archive >> make_array(matrix.data(), static_cast<std::size_t>(matrix.size()));
}

}  // namespace boost::serialization
BOOST_SERIALIZATION_SPLIT_FREE(snpse::Matrix)
