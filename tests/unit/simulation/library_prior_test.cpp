#include "simulation/library_prior.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "support/scratch_folder.hpp"

namespace snpse {
namespace {

TEST(LibraryPrior, DrawsAndKnowsItsDensity) {
  const auto prior = load_prior(SNPSE_TEST_TRIANGLE_PRIOR_LIBRARY, 2);
  const Matrix theta = draw_rows(*prior, 20000, 1, Purpose::prior, 1);
  EXPECT_GT(theta.minCoeff(), 0);
  EXPECT_LT(theta.rowwise().sum().maxCoeff(), 1);
  const double error = std::sqrt(1 / 18.0 / 20000);  // of the mean of a coordinate
  EXPECT_NEAR(theta.col(0).mean(), 1 / 3.0, 5 * error);
  EXPECT_NEAR(theta.col(1).mean(), 1 / 3.0, 5 * error);
  EXPECT_EQ(draw_rows(*prior, 20000, 1, Purpose::prior, 1), theta);
  EXPECT_EQ(log_prob_rows(*prior, theta.topRows(3)), Vector::Constant(3, std::log(2.0)));
  EXPECT_EQ(prior->log_prob(std::vector<double>{0.6, 0.5}), -std::numeric_limits<double>::infinity());
}

TEST(LibraryPrior, HasNoWhiteningButAStandardisedSpace) {
  const auto prior = load_prior(SNPSE_TEST_TRIANGLE_PRIOR_LIBRARY, 2);
  EXPECT_FALSE(prior->has_whitening());
  EXPECT_EQ(prior->restricted_to({Vector::Zero(2), Vector::Ones(2)}), nullptr);
  const Matrix theta = draw_rows(*prior, 20000, 1, Purpose::prior, 1);
  const Matrix z = to_whitened_rows(*prior, theta);
  EXPECT_LT(z.colwise().mean().cwiseAbs().maxCoeff(), 0.05);
  EXPECT_NEAR(z.squaredNorm() / static_cast<double>(z.size()), 1, 0.05);
  EXPECT_LT((from_whitened_rows(*prior, z) - theta).cwiseAbs().maxCoeff(), 1e-12);
}

TEST(LibraryPrior, SaysWhatIsWrongWithALibrary) {
  expect_error(ExitCode::missing_input, "cannot load the library: /no/such/prior.so",
               [] { load_prior("/no/such/prior.so", 2); });
  expect_error(ExitCode::data, "has no function snpse_prior_draw (see snpse/prior.h)",
               [] { load_prior(SNPSE_TEST_EMPTY_LIBRARY, 2); });
  expect_error(ExitCode::data, "has the log-density -inf at (",
               [] { load_prior(SNPSE_TEST_TRIANGLE_PRIOR_LIBRARY, 1); });
  expect_error(ExitCode::data, "returned 1 for the seed",
               [] { load_prior(SNPSE_TEST_TRIANGLE_PRIOR_LIBRARY, 3); });
}

}  // namespace
}  // namespace snpse
