#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "campaign/folder.hpp"
#include "core/record.hpp"
#include "inference/posterior.hpp"

namespace snpse {

/// What `snpse sample` writes: parameters, and columns of each.
class SampleTable {
 public:
  /// observations: [k, p], of all draws.
  SampleTable(const PosteriorSamples& samples, const std::vector<std::string>& names,
              const Matrix& observations);

  void add(const std::string& name, const Vector& column);
  /// Data, [n, p]: a matrix x in HDF5, and a column each in CSV.
  void add_data(const Matrix& x, const std::vector<std::string>& names);

  /// Writes it in the format that the output's name says.
  void write(const std::filesystem::path& output, const CampaignFolder& folder) const;

 private:
  Record record_;
  std::vector<std::string> names_;
  Matrix values_;
};

}  // namespace snpse
