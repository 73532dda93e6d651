#include "methods/method.hpp"

#include <algorithm>
#include <array>
#include <numeric>

#include "util/nearest.hpp"

namespace snpse {

// The methods, a line each. A method NAME is what make_NAME() returns, which methods/NAME.cpp defines.
#define SNPSE_METHODS(METHOD)   \
  METHOD(npse, kAmortised)      \
  METHOD(nlse, kAmortised)      \
  METHOD(tsnpse, kTruncated)    \
  METHOD(snpse_a, kOfProposals) \
  METHOD(snpse_b, kOfProposals) \
  METHOD(snpse_c, kOfProposals)

#define SNPSE_DECLARE_METHOD(name, traits) \
  std::unique_ptr<Method> make_##name(const Problem& problem, const MethodSettings& settings);
SNPSE_METHODS(SNPSE_DECLARE_METHOD)
#undef SNPSE_DECLARE_METHOD

namespace {

constexpr MethodTraits kAmortised{.sequential = false, .amortised = true, .holds_at_simulated_data = true};
constexpr MethodTraits kTruncated{.sequential = true, .amortised = false, .holds_at_simulated_data = true};
constexpr MethodTraits kOfProposals{.sequential = true, .amortised = false, .holds_at_simulated_data = false};

struct NamedMethod {
  const char* name;
  MethodTraits traits;
  std::unique_ptr<Method> (*make)(const Problem& problem, const MethodSettings& settings);
};

#define SNPSE_NAME_METHOD(name, traits) NamedMethod{#name, traits, make_##name},
constexpr std::array kMethods{SNPSE_METHODS(SNPSE_NAME_METHOD)};
#undef SNPSE_NAME_METHOD

const NamedMethod& method_named(const std::string& name) {
  const auto found = std::ranges::find(kMethods, name, &NamedMethod::name);
  if (found == kMethods.end())
    fail(ExitCode::config, "unknown method '{}'; did you mean '{}'?", name, nearest(name, method_names()));
  return *found;
}

}  // namespace

std::vector<std::string> method_names() {
  std::vector<std::string> names;
  for (const auto& method : kMethods) names.emplace_back(method.name);
  return names;
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
  return left > 0 ? (left + rounds_left - 1) / rounds_left : 0;
}

std::int64_t Method::simulations_of(const ProposalFigures& /*figures*/, std::int64_t n,
                                    std::span<const RoundData> /*finished*/) const {
  return n;
}

std::vector<std::int64_t> Method::planned_sizes() const {
  std::vector<std::int64_t> sizes;
  for (int round = 1; round <= rounds(); ++round) sizes.push_back(simulations(round));
  return sizes;
}

std::vector<PlannedRound> Method::plan() const {
  const auto sizes = planned_sizes();
  std::vector<PlannedRound> rounds;
  std::int64_t simulated = 0;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    simulated += sizes[i];
    rounds.push_back({sizes[i], simulated, fit_settings(simulated, i + 1 == sizes.size())});
  }
  return rounds;
}

std::shared_ptr<const PosteriorDistribution> Method::joint_posterior(std::span<const RoundData> rounds,
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

MethodTraits method_traits(const std::string& name) {
  return method_named(name).traits;
}

std::unique_ptr<Method> make_method(const Problem& problem, const MethodSettings& settings) {
  return method_named(settings.method.name).make(problem, settings);
}

}  // namespace snpse
