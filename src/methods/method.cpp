#include "methods/method.hpp"

#include <algorithm>
#include <numeric>

#include "methods/nlse.hpp"
#include "methods/npse.hpp"
#include "methods/snpse_a.hpp"
#include "methods/snpse_b.hpp"
#include "methods/snpse_c.hpp"
#include "methods/tsnpse.hpp"
#include "util/nearest.hpp"

namespace snpse {

std::vector<std::string> method_names() {
  return {"npse", "nlse", "tsnpse", "snpse_a", "snpse_b", "snpse_c"};
}

std::int64_t Method::simulations_after(std::span<const RoundData> finished) const {
  const auto round = static_cast<int>(finished.size()) + 1;
  if (round > rounds()) return 0;
  if (round == 1) return simulations(1);
  std::int64_t left = 0;
  for (int i = 1; i <= rounds(); ++i) left += simulations(i);
  for (const auto& earlier : finished) left -= earlier.size;
  const std::int64_t rounds_left = rounds() - round + 1;
  // The remainder goes to the earliest rounds, so that the sum is exact.
  return std::max<std::int64_t>(1, (left + rounds_left - 1) / rounds_left);
}

std::int64_t Method::simulations_of(const ProposalFigures& /*figures*/, std::int64_t n,
                                    std::span<const RoundData> /*finished*/) const {
  return n;
}

std::shared_ptr<const Posterior> Method::joint_posterior(std::span<const RoundData> rounds,
                                                         const Matrix& observations) const {
  if (observations.rows() > 1)
    fail(ExitCode::usage,
         "this method's posterior is that of one observation, not of {} together: run a campaign with "
         "method.name = \"npse\"",
         observations.rows());
  return posterior(rounds, observations.row(0).transpose());
}

SampleOfRows Method::check_rows(std::span<const RoundData> /*rounds*/, const World& /*world*/) const {
  return {};
}

std::unique_ptr<Method> make_method(const Problem& problem, const MethodSettings& settings) {
  const auto& name = settings.method.name;
  if (name == "npse") return std::make_unique<Npse>(problem, settings);
  if (name == "nlse") return std::make_unique<Nlse>(problem, settings);
  if (name == "tsnpse") return std::make_unique<Tsnpse>(problem, settings);
  if (name == "snpse_a") return std::make_unique<SnpseA>(problem, settings);
  if (name == "snpse_b") return std::make_unique<SnpseB>(problem, settings);
  if (name == "snpse_c") return std::make_unique<SnpseC>(problem, settings);
  fail(ExitCode::config, "unknown method '{}'; did you mean '{}'?", name, nearest(name, method_names()));
}

}  // namespace snpse
