#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <boost/math/tools/toms748_solve.hpp>

#include "core/prior.hpp"
#include "util/error.hpp"

namespace snpse {
namespace {

struct Component {
  double weight;
  std::shared_ptr<const Marginal> marginal;
};

class MixtureMarginal final : public Marginal {
 public:
  explicit MixtureMarginal(std::vector<Component> components) : components_(std::move(components)) {}

  double log_pdf(double value) const override {
    double largest = -std::numeric_limits<double>::infinity();
    for (const auto& c : components_) largest = std::max(largest, c.marginal->log_pdf(value));
    if (!std::isfinite(largest)) return largest;
    return largest + std::log(sum([&](const Marginal& m) { return std::exp(m.log_pdf(value) - largest); }));
  }
  double cdf(double value) const override {
    return sum([&](const Marginal& m) { return m.cdf(value); });
  }
  double survival(double value) const override {
    return sum([&](const Marginal& m) { return m.survival(value); });
  }
  double quantile(double p) const override {
    return invert([&](double value) { return cdf(value); }, [&](const Marginal& m) { return m.quantile(p); },
                  p);
  }
  double upper_quantile(double q) const override {
    return invert([&](double value) { return survival(value); },
                  [&](const Marginal& m) { return m.upper_quantile(q); }, q);
  }
  double low() const override {
    return extremes([](const Marginal& m) { return m.low(); }).first;
  }
  double high() const override {
    return extremes([](const Marginal& m) { return m.high(); }).second;
  }
  std::vector<GaussianTerm> gaussian_terms() const override {
    std::vector<GaussianTerm> result;
    for (const auto& c : components_) {
      const auto terms = c.marginal->gaussian_terms();
      if (terms.empty()) return {};
      for (const auto& [piece, log_height] : terms)
        result.push_back({piece, log_height + std::log(c.weight)});
    }
    return result;
  }

 private:
  template <typename Value>
  double sum(const Value& value) const {
    double total = 0;
    for (const auto& c : components_) total += c.weight * value(*c.marginal);
    return total;
  }

  /// The least and the largest over the components.
  template <typename Value>
  std::pair<double, double> extremes(const Value& value) const {
    std::pair<double, double> result{value(*components_.front().marginal),
                                     value(*components_.front().marginal)};
    for (const auto& c : components_) {
      result.first = std::min(result.first, value(*c.marginal));
      result.second = std::max(result.second, value(*c.marginal));
    }
    return result;
  }

  /// Where a tail's probability is p: between the components' own such places. Solved in its logarithm, so
  /// that it is exact far out.
  template <typename Tail, typename OwnPlace>
  double invert(const Tail& tail, const OwnPlace& own_place, double p) const {
    const auto [from, to] = extremes(own_place);
    const auto missing = [&](double value) {
      return std::log(std::max(tail(value), std::numeric_limits<double>::min())) - std::log(p);
    };
    const double at_from = missing(from);
    const double at_to = missing(to);
    if (!(at_from * at_to < 0)) return std::abs(at_from) < std::abs(at_to) ? from : to;
    std::uintmax_t evaluations = 200;
    const auto [low, high] = boost::math::tools::toms748_solve(
        missing, from, to, at_from, at_to, boost::math::tools::eps_tolerance<double>(), evaluations);
    return low + (high - low) / 2;
  }

  std::vector<Component> components_;
};

}  // namespace

std::shared_ptr<const Marginal> make_mixture(const std::vector<double>& weights,
                                             const std::vector<std::shared_ptr<const Marginal>>& components) {
  if (components.empty() || weights.size() != components.size())
    fail(ExitCode::config, "a mixture has {} weights of {} components: give one of each, and at least one",
         weights.size(), components.size());
  double total = 0;
  for (const double weight : weights) {
    if (!(weight > 0 && std::isfinite(weight)))
      fail(ExitCode::config, "the weight {} of a mixture is not a positive number: give one above 0", weight);
    total += weight;
  }
  std::vector<Component> parts;
  for (std::size_t i = 0; i < weights.size(); ++i) parts.push_back({weights[i] / total, components[i]});
  return std::make_shared<MixtureMarginal>(std::move(parts));
}

}  // namespace snpse
