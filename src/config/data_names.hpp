#pragma once

#include <string>
#include <vector>

#include "config/config.hpp"

namespace snpse {

/// How the values of an x are laid out: as series one after the other, each at the same times.
struct DataLayout {
  std::vector<std::string> series;  ///< [s], their names; empty: not named
  std::vector<double> times;        ///< [t]; empty: x is no series
  std::size_t count = 1;            ///< s
};
/// The layout that observation.names and observation.times say.
DataLayout data_layout(const Config& config);

/// The names of the values of an x, [p], such as "V" or "V(0.5)" of the series V at time 0.5; empty where
/// neither observation.names nor observation.times is given.
std::vector<std::string> data_names(const Config& config);

/// The same as columns of a table: "x_1", "x_2" ... where there are no names.
std::vector<std::string> data_columns(const Config& config);

/// What is wrong with observation.names and observation.times; empty where they are right.
std::string mistake_in_data_names(const Config& config);

}  // namespace snpse
