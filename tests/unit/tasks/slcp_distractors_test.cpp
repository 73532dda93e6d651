#include <array>
#include <cmath>

#include <gtest/gtest.h>

#include "support/columns.hpp"
#include "support/statistics.hpp"
#include "tasks/builtin.hpp"

namespace snpse {
namespace {

// Where the benchmark hides slcp's eight numbers: numpy's permutation of its frozen random numbers.
constexpr std::array<Eigen::Index, 8> kPositions{22, 33, 23, 67, 42, 21, 16, 90};
const std::vector<double> kSlcpTheta{0.7, -2.9, -1.1, -0.9, 0.6};

TEST(SlcpDistractors, HidesTheNumbersOfSlcp) {
  // Both draw slcp's numbers first from the same stream.
  RandomStream random(1, Purpose::simulator, 0, 0);
  RandomStream copy = random;
  const std::vector<double> x = make_slcp_distractors()->simulate(kSlcpTheta, random);
  const std::vector<double> informative = make_slcp()->simulate(kSlcpTheta, copy);
  ASSERT_EQ(x.size(), 100U);
  for (std::size_t i = 0; i < 8; ++i) EXPECT_EQ(x[static_cast<std::size_t>(kPositions[i])], informative[i]);
}

TEST(SlcpDistractors, DistractorsFollowAHeavyTailedMixture) {
  // Distractor 51, at this position, whatever theta is: its means, and its scales (norms of the rows of the
  // Cholesky factors), by numpy. A Student distribution with 2 degrees of freedom has the distribution
  // function 1/2 + t / (2 sqrt(2 + t^2)).
  const Matrix x = testing::simulate_often(*make_slcp_distractors(), kSlcpTheta, 5000);
  const auto cdf = [](double value) {
    constexpr std::array<double, 20> kMeans{4.8613,  -24.1122, 32.1592, 17.3717, 17.6895, 4.0569,  13.0441,
                                            8.8965,  12.5088,  -0.2463, 1.9216,  17.2315, 24.6302, 0.5113,
                                            -5.8227, 4.6111,   -3.3973, -2.7072, 10.0886, 16.1401};
    constexpr std::array<double, 20> kScales{23.3635, 20.2420, 18.8315, 20.9561, 20.5561, 21.2995, 21.5599,
                                             20.3214, 19.7252, 27.4904, 25.4001, 21.6552, 28.4114, 17.9696,
                                             19.5089, 25.2190, 20.7173, 22.7769, 25.0031, 21.5711};
    double sum = 0;
    for (std::size_t k = 0; k < 20; ++k) {
      const double t = (value - kMeans[k]) / kScales[k];
      sum += 0.5 + t / (2 * std::sqrt(2 + t * t));
    }
    return sum / 20;
  };
  EXPECT_LT(testing::ks_distance(testing::column(x, 94), cdf), testing::ks_bound(5000));
}

TEST(SlcpDistractors, PosteriorIsThatOfSlcp) {
  const std::vector informative{2.37, 0.5, 9.9, 1.7, -10.4, -1.9, -1.2, -0.1};
  std::vector<double> x_obs(100, 1e3);
  for (std::size_t i = 0; i < 8; ++i) x_obs[static_cast<std::size_t>(kPositions[i])] = informative[i];
  EXPECT_EQ(make_slcp_distractors()->reference_posterior(x_obs, 50, 1),
            make_slcp()->reference_posterior(informative, 50, 1));
}

}  // namespace
}  // namespace snpse
