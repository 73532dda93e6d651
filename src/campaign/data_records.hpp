#pragma once

#include "campaign/step_report.hpp"
#include "core/data_set.hpp"
#include "core/record.hpp"
#include "inference/posterior.hpp"
#include "methods/method.hpp"
#include "parallel/world.hpp"

namespace snpse {

/// The stored form of what a campaign holds. The inverses throw Error(data) where fields are missing or their
/// lengths disagree.
Record to_record(const Simulations& simulations);
Simulations simulations_from(const Record& record);
std::vector<Status> statuses_from(const Record& record);  ///< of its simulations, from the field "status"
std::vector<std::int64_t> to_numbers(const std::vector<Status>& statuses);
Record to_record(const Provenance& provenance);
Provenance provenance_from(const Record& record);
/// Faults in a record that holds other fields too. A record of an earlier version has none.
void put_in(Record& record, const std::vector<Fault>& faults);
std::vector<Fault> faults_from(const Record& record);
/// All of a proposal but theta.
Record to_record(const ProposalFigures& figures, const std::optional<TruncatedRegion>& region);
/// A proposal of the parameters theta.
Proposal proposal_from(Matrix theta, const Record& record);
NetworkReport report_of(const RoundNetwork& trained);
/// All of a trained network's round but the network: its report and the history of the losses.
Record training_record(const RoundNetwork& trained);

/// What posterior.h5 and `snpse sample` hold: theta [n, d], the parameters' names, x_obs, leakage, and the
/// fraction of draws where hardly any simulation is valid, where it is known.
Record posterior_record(const PosteriorSamples& samples, const std::vector<std::string>& names,
                        const Matrix& observations, const std::optional<double>& invalid_draws = {});
/// Error(data) where a record of proposal.h5 or posterior.h5 holds no finite draws, where one of posterior.h5
/// is not of so many parameters, and where the history of losses in one of training.h5 has gaps.
void check_draws(const Record& record);
void check_posterior(const Record& posterior, Eigen::Index parameters);
void check_training(const Record& training);
/// The draws in a record of posterior_record(), and how many more were drawn for them.
PosteriorSamples posterior_samples_from(const Record& posterior);
/// That fraction in a record of posterior_record().
std::optional<double> invalid_draws_of(const Record& posterior);

}  // namespace snpse
