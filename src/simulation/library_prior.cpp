#include "simulation/library_prior.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "simulation/shared_library.hpp"
#include "snpse/prior.h"
#include "util/error.hpp"

namespace snpse {
namespace {

constexpr Eigen::Index kDrawsToStandardise = 10000;

class LibraryPrior final : public Prior {
 public:
  LibraryPrior(const SharedLibrary& library, const std::filesystem::path& path, int dim)
      : path_(path),
        dim_(dim),
        draw_(library.function<decltype(draw_)>("snpse_prior_draw", "snpse/prior.h")),
        log_density_(library.function<decltype(log_density_)>("snpse_prior_log_density", "snpse/prior.h")) {
    Matrix theta(kDrawsToStandardise, dim);
    for (Eigen::Index i = 0; i < theta.rows(); ++i) {
      RandomStream random(0, Purpose::prior, 0, static_cast<std::uint64_t>(i));
      draw(random, row_of(theta, i));
      if (std::isfinite(log_prob(row_of(theta, i)))) continue;
      fail(ExitCode::data,
           "the prior in '{}' has the log-density {} at ({}), which it drew: it must be finite wherever it "
           "draws",
           path.string(), log_prob(row_of(theta, i)), fmt::join(row_of(theta, i), ", "));
    }
    standardiser_ = Standardiser::fit(theta);
  }

  int dim() const override { return dim_; }

  void draw(RandomStream& random, std::span<double> theta) const override {
    constexpr std::uint64_t kSeeds = std::uint64_t{1} << 31U;
    const std::uint64_t seed = random.below(kSeeds);
    const int code = draw_(seed, theta.data(), theta.size());
    if (code != 0)
      fail(ExitCode::data, "snpse_prior_draw of '{}' returned {} for the seed {}", path_, code, seed);
  }

  double log_prob(std::span<const double> theta) const override {
    const double value = log_density_(theta.data(), theta.size());
    return std::isfinite(value) ? value : -std::numeric_limits<double>::infinity();
  }

  Box support() const override {
    const Vector edge = Vector::Constant(dim_, std::numeric_limits<double>::infinity());
    return {-edge, edge};
  }

  bool has_whitening() const override { return false; }

  void to_whitened(std::span<const double> theta, std::span<double> z) const override {
    for (std::size_t i = 0; i < theta.size(); ++i) z[i] = (theta[i] - mean(i)) / deviation(i);
  }

  void from_whitened(std::span<const double> z, std::span<double> theta) const override {
    for (std::size_t i = 0; i < theta.size(); ++i) theta[i] = mean(i) + deviation(i) * z[i];
  }

  std::shared_ptr<const Prior> restricted_to(const Box& /*box*/) const override { return nullptr; }

  std::optional<GaussianProduct> gaussian_product(const Standardiser& /*standardiser*/) const override {
    return std::nullopt;
  }

 private:
  double mean(std::size_t i) const { return standardiser_.mean[static_cast<Eigen::Index>(i)]; }
  double deviation(std::size_t i) const { return standardiser_.deviation[static_cast<Eigen::Index>(i)]; }

  std::string path_;
  int dim_;
  decltype(&snpse_prior_draw) draw_;
  decltype(&snpse_prior_log_density) log_density_;
  Standardiser standardiser_;
};

}  // namespace

std::shared_ptr<const Prior> load_prior(const std::filesystem::path& library, int dim) {
  return std::make_shared<LibraryPrior>(SharedLibrary(library), library, dim);
}

}  // namespace snpse
