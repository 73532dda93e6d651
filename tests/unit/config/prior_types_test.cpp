#include <array>

#include <gtest/gtest.h>

#include "config/config_file.hpp"
#include "config/experiment.hpp"
#include "config/prior_schema.hpp"

namespace snpse {
namespace {

/// A campaign of parameters with these priors, named a, b, ...
std::string campaign_of(const std::vector<std::string>& priors, const std::string& prior_of_all = "") {
  std::string text = "[simulator]\ncommand = [\"sim\"]\n[observation]\nx = [1]\n";
  char name = 'a';
  for (const auto& prior : priors) {
    text += fmt::format("[[parameter]]\nname = \"{}\"\n", name++);
    if (!prior.empty()) text += fmt::format("prior = {}\n", prior);
  }
  return text + prior_of_all;
}

Config parsed_priors(const std::string& text) {
  return parse_config(text, "c.toml", "/base");
}

std::string refusal_of(const std::string& text) {
  try {
    parsed_priors(text);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(PriorTypes, AWordOfOtherProgramsIsNotTakenForTheNearestKey) {
  const auto refusal = [](const std::string& prior) { return refusal_of(campaign_of({prior})); };
  const auto expect = [&](const std::string& prior, const std::string& message) {
    EXPECT_NE(refusal(prior).find(message), std::string::npos) << refusal(prior);
  };
  expect("{ type = \"gamma\", shape = 2, scale = 5 }", "scale is unknown; write rate = 1 / scale");
  expect("{ type = \"exponential\", mean = 5 }", "mean is unknown; write rate = 1 / mean");
  expect("{ type = \"uniform\", min = 0, max = 1 }", "max is unknown; write high");
  expect("{ type = \"lognormal\", mean = 1, scale = 1 }", "write location, the mean of the logarithm");
}

TEST(PriorTypes, SurviveTheFrozenConfiguration) {
  const std::vector<std::string> priors{
      "{ type = \"half_normal\", scale = 2 }",
      "{ type = \"loguniform\", low = 0.1, high = 10 }",
      "{ type = \"exponential\", rate = 3 }",
      "{ type = \"gamma\", shape = 2, rate = 3 }",
      "{ type = \"inverse_gamma\", shape = 2, scale = 3 }",
      "{ type = \"beta\", alpha = 2, beta = 3 }",
      "{ type = \"student_t\", degrees_of_freedom = 4, location = 1, scale = 2 }",
      "{ type = \"integer\", low = 1, high = 6 }",
      "{ type = \"constant\", value = 7 }",
  };
  const auto config = parsed_priors(campaign_of(priors));
  const auto again = parsed_priors(to_toml(config));
  EXPECT_EQ(to_toml(again), to_toml(config));
  const auto setup = set_up(again, {});
  EXPECT_EQ(setup.prior->dim(), 8);  // all but the constant
  EXPECT_EQ(setup.parameter_names.back(), "h");
  EXPECT_EQ(dimension_of(again), 8);
  EXPECT_EQ(setup.prior->support().low[7], 0.5);
  EXPECT_EQ(setup.prior->support().high[7], 6.5);
  const std::array theta{1.0, 1.0, 0.5, 0.5, 1.0, 0.4, 1.0, 3.2};
  EXPECT_TRUE(std::isfinite(setup.prior->log_prob(theta)));
}

TEST(PriorTypes, OfAllParametersTogetherSurviveToo) {
  for (const auto& [prior, d] : std::vector<std::pair<std::string, int>>{
           {"[prior]\ntype = \"ordered\"\nmarginal = { type = \"gamma\", shape = 2, rate = 3 }\n", 3},
           {"[prior]\ntype = \"dirichlet\"\nconcentrations = [1, 2, 3, 4]\n", 3}}) {
    const auto config = parsed_priors(campaign_of({"", "", ""}, prior));
    const auto again = parsed_priors(to_toml(config));
    EXPECT_EQ(to_toml(again), to_toml(config));
    EXPECT_EQ(set_up(again, {}).prior->dim(), d);
  }
}

TEST(PriorTypes, ThatAreWrongAreRefused) {
  const auto expect_refusal = [](const std::string& text, const std::string& why) {
    EXPECT_NE(refusal_of(text).find(why), std::string::npos) << refusal_of(text);
  };
  expect_refusal(campaign_of({"{ type = \"gama\", shape = 1, rate = 1 }"}), "gamma");
  expect_refusal(campaign_of({"{ type = \"gamma\", shape = 1 }"}), "lacks rate");
  expect_refusal(campaign_of({"{ type = \"gamma\", shape = 0, rate = 1 }"}), "above 0");
  expect_refusal(campaign_of({"{ type = \"loguniform\", low = 2, high = 1 }"}), "must be below");
  expect_refusal(campaign_of({"{ type = \"constant\", value = 1 }"}), "nothing is left to infer");
  expect_refusal(campaign_of({"", ""}, "[prior]\ntype = \"dirichlet\"\nconcentrations = [1, 1]\n"),
                 "2 parameters are 3 parts of 1");
  expect_refusal(campaign_of({"", ""}, "[prior]\ntype = \"ordered\"\n"), "marginal");
  expect_refusal(
      campaign_of({"", ""}, "[prior]\ntype = \"ordered\"\nmarginal = { type = \"constant\", value = 1 }\n"),
      "cannot be of type constant");
}

}  // namespace
}  // namespace snpse
