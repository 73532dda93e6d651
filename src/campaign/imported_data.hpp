#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/data_set.hpp"
#include "core/prior.hpp"
#include "numerics/matrix.hpp"

namespace snpse {

/// Simulations that were run elsewhere.
struct ImportedData {
  std::vector<std::string> files;
  Matrix theta;                    // [n, d]
  Matrix x;                        // [n, p]
  std::vector<Status> status;      // [n]
  std::vector<std::int64_t> file;  // [n], which of the files
  std::vector<std::int64_t> row;   // [n], of the file, from 1
};

/// Reads the simulations of all files, one file after the other, of these parameters and of p data each: the
/// datasets theta [n, d] and x [n, p] of an HDF5 file, or the arrays of these names in a .npz file of NumPy,
/// without the rows that the dataset or array status, if there is one, says failed or timed out; or the
/// columns of a CSV file, those of the parameters by their names, all others in their order as x. Errors:
/// missing_input where the file is absent; data for anything that is not so, for parameters that are not
/// finite, and for a file with log_prob, the density of a proposal other than the prior.
ImportedData read_imported(const std::vector<std::filesystem::path>& files,
                           const std::vector<std::string>& parameters, Eigen::Index p);

/// Error(data) for parameters outside the prior's support, for a simulation that is there twice, and for
/// parameters that are no draws of the prior: a false alarm once in a million imports.
void require_prior_draws(const ImportedData& data, const std::vector<std::string>& parameters,
                         const Prior& prior, std::uint64_t seed);

}  // namespace snpse
