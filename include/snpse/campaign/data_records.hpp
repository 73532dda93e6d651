#pragma once

#include "snpse/core/data_set.hpp"
#include "snpse/core/record.hpp"
#include "snpse/inference/posterior.hpp"
#include "snpse/methods/method.hpp"
#include "snpse/parallel/world.hpp"

namespace snpse {

/// The stored form of what a campaign holds. The inverses throw Error(data) where fields are missing or their
/// lengths disagree.
Record to_record(const Simulations& simulations);
Simulations simulations_from(const Record& record);
std::vector<Status> statuses_from(const Record& record);  ///< of its simulations, from the field "status"
std::vector<std::int64_t> to_numbers(const std::vector<Status>& statuses);
Record to_record(const Provenance& provenance);
Provenance provenance_from(const Record& record);
/// All of it but the network.
Record training_record(const TrainedNetwork& trained);

/// What posterior.h5 and `snpse sample` hold: theta [n, d], the parameters' names, x_obs, leakage.
Record posterior_record(const PosteriorSamples& samples, const std::vector<std::string>& names,
                        const Matrix& observations);

}  // namespace snpse
