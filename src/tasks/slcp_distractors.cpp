#include <cmath>

#include "tasks/builtin.hpp"
#include "tasks/numpy_random.hpp"

namespace snpse {
namespace {

constexpr int kInformative = 8;
constexpr int kDistractors = 92;
constexpr int kComponents = 20;

/// The frozen mixture of the distractors and the order of all data.
struct Frozen {
  Frozen() {
    NumpyRandom random(42);
    means = Matrix(kComponents, kDistractors);
    for (double& value : means.reshaped<Eigen::RowMajor>()) value = 15 * random.normal();
    for (int k = 0; k < kComponents; ++k) choleskys.push_back(draw_cholesky(random));
    order = random.permutation(kInformative + kDistractors);
  }

  static Matrix draw_cholesky(NumpyRandom& random) {
    Matrix square(kDistractors, kDistractors);
    for (double& value : square.reshaped<Eigen::RowMajor>()) value = 3 * random.normal();
    for (double& value : square.diagonal()) value += 3 * std::exp(random.normal());
    return square.triangularView<Eigen::Lower>();
  }

  Matrix means;                   // [components, distractors]
  std::vector<Matrix> choleskys;  // lower triangles
  std::vector<int> order;         // x_i is value order_i of the eight numbers of slcp and the distractors
};

/// slcp's eight numbers hidden among 92 that are drawn from an equal mixture of multivariate Student
/// distributions with 2 degrees of freedom, whatever theta is: the posterior is slcp's.
class SlcpDistractors final : public Task {
 public:
  std::string name() const override { return "slcp_distractors"; }
  std::vector<std::string> parameter_names() const override { return slcp_->parameter_names(); }
  int x_dim() const override { return kInformative + kDistractors; }
  std::shared_ptr<const Prior> prior() const override { return slcp_->prior(); }

  std::vector<double> simulate(std::span<const double> theta, RandomStream& random) const override {
    std::vector<double> values = slcp_->simulate(theta, random);
    for (const double value : draw_distractors(random)) values.push_back(value);
    std::vector<double> x;
    for (const int from : frozen_.order) x.push_back(values[static_cast<std::size_t>(from)]);
    return x;
  }

  Matrix reference_posterior(std::span<const double> x_obs, Eigen::Index n,
                             std::uint64_t seed) const override {
    require_observation(*this, x_obs);
    std::vector<double> informative(kInformative);
    for (std::size_t i = 0; i < x_obs.size(); ++i)
      if (frozen_.order[i] < kInformative) informative[static_cast<std::size_t>(frozen_.order[i])] = x_obs[i];
    return slcp_->reference_posterior(informative, n, seed);
  }

 private:
  Vector draw_distractors(RandomStream& random) const {
    const std::uint64_t component = random.below(kComponents);
    // Chi-squared with 2 degrees of freedom is -2 ln of a uniform number.
    const double stretch = 1 / std::sqrt(-std::log(random.uniform()));
    Vector noise(kDistractors);
    for (double& value : noise) value = stretch * random.normal();
    return frozen_.means.row(static_cast<Eigen::Index>(component)).transpose() +
           frozen_.choleskys[component].triangularView<Eigen::Lower>() * noise;
  }

  std::shared_ptr<const Task> slcp_ = make_slcp();
  Frozen frozen_;
};

}  // namespace

std::shared_ptr<const Task> make_slcp_distractors() {
  return std::make_shared<SlcpDistractors>();
}

}  // namespace snpse
