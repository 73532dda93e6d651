#include "report/summary.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "core/prior.hpp"
#include "report/kernel_density.hpp"
#include "report/quantiles.hpp"
#include "report/summary_text.hpp"
#include "storage/durable_file.hpp"
#include "storage/netcdf.hpp"
#include "storage/npz.hpp"
#include "support/scratch_folder.hpp"

namespace snpse {
namespace {

/// n quantiles of the marginal in equal steps of probability: a sample without noise.
Vector even_draws(const Marginal& marginal, Eigen::Index n) {
  Vector draws(n);
  for (Eigen::Index i = 0; i < n; ++i)
    draws(i) = marginal.quantile((static_cast<double>(i) + 0.5) / static_cast<double>(n));
  return draws;
}

TEST(Quantiles, InterpolateBetweenOrderedValues) {
  const Vector values = (Vector(5) << 4, 0, 3, 1, 2).finished();
  // Position p (n - 1) among 0, 1, 2, 3, 4.
  EXPECT_EQ(quantiles_of(values, {0, 0.05, 0.5, 0.95, 1}), (std::vector<double>{0, 0.2, 2, 3.8, 4}));
  EXPECT_EQ(quantiles_of(Vector::Constant(1, 7.0), {0.05, 0.95}), (std::vector<double>{7, 7}));
}

TEST(KernelDensity, IsThatOfANormal) {
  const auto density = kernel_density(even_draws(*make_normal(3, 2), 20000));
  EXPECT_NEAR(density.mode(), 3, 2 * density.step);
  // The kernel's width h = 0.9 sd n^(-1/5) widens the standard deviation to sqrt(4 + h^2).
  const double width = 0.9 * 2 * std::pow(20000, -0.2);
  const double height = 1 / std::sqrt(2 * M_PI * (4 + width * width));
  EXPECT_NEAR(*std::ranges::max_element(density.density), height, 0.002 * height);
  double mass = 0;
  for (std::size_t i = 1; i < density.density.size(); ++i)
    mass += density.step * (density.density[i - 1] + density.density[i]) / 2;
  EXPECT_NEAR(mass, 1, 1e-3);
}

TEST(KernelDensity, KeepsItsHeightAtAnEdge) {
  const auto draws = even_draws(*make_truncated_normal(-1, 1, 0, kInfinity), 20000);
  const auto density = kernel_density(draws);
  EXPECT_EQ(density.mode(), density.low);  // the density falls from the edge on
  EXPECT_LT(density.low, 1e-4);
  // phi(1) / (1 - Phi(1)); the kernel takes at most its width times the slope, which is as large.
  const double height = std::exp(-0.5) / std::sqrt(2 * M_PI) / (0.5 * std::erfc(1 / std::sqrt(2.0)));
  EXPECT_NEAR(density.density.front(), height, 0.1 * height);
}

TEST(KernelDensity, OfEqualDrawsIsAPoint) {
  EXPECT_EQ(kernel_density(Vector::Constant(10, 2.5)).mode(), 2.5);
}

DrawSet two_normals() {
  const Vector a = even_draws(*make_normal(1, 0.5), 1001);
  DrawSet draws{.source = "results",
                .names = {"a", "b", "fixed"},
                .theta = Matrix::Constant(1001, 3, 4.0),
                .log_density = {},
                .prior = Matrix::Constant(1001, 3, 4.0),
                .leakage = 0.25};
  draws.theta.col(0) = a;
  draws.theta.col(1) = 10 - 3 * a.array();
  draws.prior.col(0) = 2 * a;
  draws.prior.col(1) = draws.theta.col(1);
  return draws;
}

TEST(Summary, HasTheFiguresOfEachParameter) {
  const auto summary = summary_of(two_normals());
  ASSERT_EQ(summary.parameters.size(), 3U);
  const auto& a = summary.parameters[0];
  EXPECT_NEAR(a.mean, 1, 1e-9);
  EXPECT_NEAR(a.sd, 0.5, 0.005);
  EXPECT_NEAR(a.median, 1, 1e-9);
  EXPECT_NEAR(a.q05, 1 - 0.5 * 1.6449, 0.005);
  EXPECT_NEAR(a.q95, 1 + 0.5 * 1.6449, 0.005);
  EXPECT_NEAR(a.mode, 1, 0.02);
  EXPECT_EQ(summary.mode_by, ModeBy::kernel);
  EXPECT_NEAR(a.shrinkage.value(), 1 - 0.25, 1e-9);  // half the prior's standard deviation
  EXPECT_NEAR(summary.parameters[1].shrinkage.value(), 0, 1e-9);
  EXPECT_FALSE(summary.parameters[2].shrinkage.has_value());
  EXPECT_EQ(summary.parameters[2].mode, 4);
  ASSERT_EQ(summary.correlations.size(), 1U);  // a fixed parameter has none
  EXPECT_NEAR(summary.correlations[0].value, -1, 1e-9);
}

TEST(Summary, TakesTheModeFromDensities) {
  auto draws = two_normals();
  draws.log_density = Vector::Zero(1001);
  draws.log_density(17) = 1;
  const auto summary = summary_of(draws);
  EXPECT_EQ(summary.mode_by, ModeBy::density);
  for (std::size_t j = 0; j < 3; ++j)
    EXPECT_EQ(summary.parameters[j].mode, draws.theta(17, static_cast<Eigen::Index>(j)));
}

TEST(Summary, LeavesCorrelationsOfChanceOut) {
  RandomStream random(1, Purpose::prior, 1, 1);
  Matrix theta(400, 8);
  for (double& value : theta.reshaped()) value = random.normal();
  theta.col(7) = theta.col(0) + theta.col(7);  // correlation 1 / sqrt(2)
  const auto found = strongest_correlations(theta);
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found[0].first, 0U);
  EXPECT_EQ(found[0].second, 7U);
  EXPECT_NEAR(found[0].value, 1 / std::sqrt(2), 0.1);
  EXPECT_LE(found.size(), 3U);  // of 27 others, beyond three deviations
}

TEST(SummaryText, FitsEightyColumnsAndPutsSeveralSideBySide) {
  const auto one = summary_of(two_normals());
  auto other = one;
  other.source = "other";
  other.parameters[0].mean = -123456789.5;
  other.leakage.reset();
  const auto text = summary_table({one, other});
  std::string line;
  for (std::istringstream lines(text); std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << line;
  EXPECT_NE(text.find("1  results: 1001 draws, 25 % leaked"), std::string::npos) << text;
  EXPECT_NE(text.find("2  other: 1001 draws\n"), std::string::npos) << text;
  EXPECT_NE(text.find("\na           1       1.000  0.500   1.000  0.180"), std::string::npos) << text;
  EXPECT_NE(text.find("\na           2  -1.235e+08  0.500"), std::string::npos) << text;
  EXPECT_NE(text.find("correlation -1.00: a, b"), std::string::npos) << text;
  auto centred = one;
  centred.parameters[0].mean = -1e-9;
  EXPECT_EQ(summary_table({centred}).find("-0.000"), std::string::npos) << summary_table({centred});
}

TEST(SummaryText, JsonOfOneHasItsParametersAtTheTop) {
  const auto one = summary_of(two_normals());
  const auto json = summary_json({one});
  EXPECT_EQ(json.at("parameters").at(0).at("name"), "a");
  for (const char* key : {"mean", "sd", "median", "q05", "q95", "mode"})
    EXPECT_TRUE(json.at("parameters").at(0).at(key).is_number()) << key;
  EXPECT_TRUE(json.at("parameters").at(2).at("shrinkage").is_null());
  EXPECT_EQ(summary_json({one, one}).at("summaries").size(), 2U);
}

using DrawFiles = ScratchFolder;

TEST_F(DrawFiles, OfOtherProgramsHaveColumnsThatAreNoParameters) {
  write_durably(folder_ / "a.csv", "chain,draw,lp__,energy__,mu,tau\n0,0,-3,9,1,2\n0,1,-2,9,3,4\n");
  const auto draws = read_draws(folder_ / "a.csv");
  EXPECT_EQ(draws.names, (std::vector<std::string>{"mu", "tau"}));
  EXPECT_EQ(draws.theta, (Matrix(2, 2) << 1, 2, 3, 4).finished());
  EXPECT_EQ(draws.log_density, Eigen::Vector2d(-3, -2));
  EXPECT_EQ(draws.prior.rows(), 0);
}

TEST_F(DrawFiles, OfNumpyHaveOneArrayOfDraws) {
  Record record;
  record.put("x", Matrix(Matrix::Zero(3, 4)));
  record.put("samples", (Matrix(2, 2) << 1, 2, 3, 4).finished());
  write_npz(folder_ / "a.npz", record);
  const auto draws = read_draws(folder_ / "a.npz");
  EXPECT_EQ(draws.names, (std::vector<std::string>{"parameter_1", "parameter_2"}));
  EXPECT_EQ(draws.theta, (Matrix(2, 2) << 1, 2, 3, 4).finished());
  Record unclear;
  unclear.put("one", Matrix(Matrix::Zero(3, 4)));
  unclear.put("two", Matrix(Matrix::Zero(3, 4)));
  write_npz(folder_ / "b.npz", unclear);
  expect_error(ExitCode::data, "2 arrays of two dimensions", [&] { read_draws(folder_ / "b.npz"); });
}

TEST_F(DrawFiles, OfArvizHaveChainsAndArrays) {
  const std::vector<std::int64_t> two{0, 1};
  const std::vector<NetcdfDimension> axes{{"chain", two}, {"draw", two}, {"school", two}};
  const std::vector<double> lp{-1, -2, -3, -4};
  write_netcdf(folder_ / "a.nc",
               {{"posterior",
                 axes,
                 {{"mu", {"chain", "draw"}, std::vector<double>{1, 2, 3, 4}},
                  {"eta", {"chain", "draw", "school"}, std::vector<double>{1, 10, 2, 20, 3, 30, 4, 40}}}},
                {"sample_stats", axes, {{"lp", {"chain", "draw"}, lp}}}},
               {});
  const auto draws = read_draws(folder_ / "a.nc");
  EXPECT_EQ(draws.names, (std::vector<std::string>{"mu", "eta[0]", "eta[1]"}));
  EXPECT_EQ(draws.theta, (Matrix(4, 3) << 1, 1, 10, 2, 2, 20, 3, 3, 30, 4, 4, 40).finished());
  EXPECT_EQ(draws.log_density, Eigen::Vector4d(-1, -2, -3, -4));
  write_netcdf(folder_ / "b.nc", {{"prior", axes, {}}}, {});
  expect_error(ExitCode::data, "no group 'posterior'", [&] { read_draws(folder_ / "b.nc"); });
}

TEST_F(DrawFiles, ThatAreWrongAreRefused) {
  const auto refused = [&](const std::string& text, const std::string& why) {
    write_durably(folder_ / "a.csv", text);
    expect_error(ExitCode::data, why, [&] { read_draws(folder_ / "a.csv"); });
  };
  refused("mu,tau\n1,2\n1,nan\n", "draw 2 has the value nan of tau");
  refused("mu,tau\n", "no draws");
  refused("chain,draw\n1,2\n", "no column of a parameter");
  refused("mu,observation\n1,1\n1,2\n", "several posteriors");
  refused("a b c\n1 2\n", "3 names");
}

}  // namespace
}  // namespace snpse
