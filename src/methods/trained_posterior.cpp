#include "methods/trained_posterior.hpp"

#include <utility>

#include "core/record_checks.hpp"
#include "training/replacement.hpp"
#include "util/error.hpp"

namespace snpse {

Vector complete_observation(const Record& network, const Vector& x_obs) {
  const auto p = static_cast<std::size_t>(x_obs.size());
  numbers_in(network, "x/mean", p);  // a network of so many data
  const auto replacement = Replacement::from_record(network);
  if (replacement && replacement->values.size() != x_obs.size())
    network.reject("replacement/values",
                   fmt::format("has {} entries, but the observation has {}", replacement->values.size(), p));
  const Vector x = replacement ? Vector(replacement->apply(x_obs.transpose()).transpose()) : x_obs;
  if (!x.allFinite())
    fail(
        ExitCode::data,
        "the observation has a value that is not finite, but the network was trained on complete data alone: "
        "complete it, or run a campaign with invalid.policy = \"replace\"");
  return x;
}

std::unique_ptr<ScorePosterior> trained_posterior(const Record& network, std::shared_ptr<const Prior> prior,
                                                  const Vector& x_obs, const SamplerOptions& options) {
  auto model = std::make_shared<const ScoreModel>(ScoreModel::from_record(network, prior));
  return std::make_unique<ScorePosterior>(std::move(model), std::move(prior),
                                          complete_observation(network, x_obs), options);
}

}  // namespace snpse
