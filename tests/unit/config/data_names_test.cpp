#include "config/data_names.hpp"

#include <gtest/gtest.h>

#include "config/config_file.hpp"

namespace snpse {
namespace {

/// A campaign with an x of these lines in [observation].
Config observed(const std::string& lines) {
  return parse_config(
      "[simulator]\ncommand = [\"sim\"]\n[[parameter]]\nname = \"beta\"\n"
      "prior = { type = \"normal\", mean = 0, standard_deviation = 1 }\n[observation]\n" +
          lines,
      "c.toml", "/base");
}

std::string mistake_of(const std::string& lines) {
  try {
    observed(lines);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

using Names = std::vector<std::string>;

TEST(DataNames, AreThoseOfTheValuesOrNumbers) {
  EXPECT_EQ(data_names(observed("x = [1, 2]")), Names());
  EXPECT_EQ(data_columns(observed("x = [1, 2]")), (Names{"x_1", "x_2"}));
  EXPECT_EQ(data_columns(observed("x = [1, 2]\nnames = [\"rate\", \"mean size\"]")),
            (Names{"rate", "mean size"}));
  EXPECT_EQ(
      data_columns(observed("x = [1, 2, 3, 4]\nrows = 2\nnames = [\"a\", \"b\"]\n[method]\nname = \"npse\"")),
      (Names{"a", "b"}));
}

TEST(DataNames, OfSeriesHaveTheTime) {
  EXPECT_EQ(data_names(observed("x = [1, 2]\ntimes = [0, 0.5]")), (Names{"x(0)", "x(0.5)"}));
  EXPECT_EQ(data_names(observed("x = [1, 2, 3, 4]\ntimes = [0, 0.5]")),
            (Names{"x_1(0)", "x_1(0.5)", "x_2(0)", "x_2(0.5)"}));
  const auto config = observed("x = [1, 2, 3, 4]\ntimes = [0, 0.5]\nnames = [\"S\", \"I\"]");
  EXPECT_EQ(data_names(config), (Names{"S(0)", "S(0.5)", "I(0)", "I(0.5)"}));
  EXPECT_EQ(data_layout(config).series, (Names{"S", "I"}));
  EXPECT_EQ(data_layout(config).count, 2U);
  EXPECT_EQ(data_names(observed("x = [1, 2]\ntimes = [0, 0.5]\nnames = [\"start\", \"end\"]")),
            (Names{"start", "end"}));
}

TEST(DataNames, SurviveTheFrozenConfiguration) {
  const auto config = observed("x = [1, 2]\ntimes = [0, 0.5]\nnames = [\"start\", \"end\"]");
  const auto again = parse_config(to_toml(config), "campaign.toml", "/base");
  EXPECT_EQ(again.observation.names, config.observation.names);
  EXPECT_EQ(again.observation.times, config.observation.times);
  EXPECT_EQ(to_toml(observed("x = [1, 2]")).find("times"), std::string::npos);
}

TEST(DataNames, ThatDoNotFitAreMistakes) {
  EXPECT_NE(mistake_of("x = [1, 2]\nnames = [\"a\"]").find("1 entries, but the observation has 2 values"),
            std::string::npos);
  EXPECT_NE(mistake_of("x = [1, 2, 3]\ntimes = [0, 1]").find("do not divide the 3 values"),
            std::string::npos);
  EXPECT_NE(mistake_of("x = [1, 2, 3, 4]\ntimes = [0, 1]\nnames = [\"a\"]").find("4 values in 2 series"),
            std::string::npos);
  EXPECT_NE(mistake_of("x = [1, 2]\ntimes = [0, nan]").find("not finite"), std::string::npos);
  EXPECT_NE(mistake_of("x = [1, 2]\nnames = [\"a\", \"a\"]").find("\"a\" is the name of something else"),
            std::string::npos);
  EXPECT_NE(
      mistake_of("x = [1, 2]\nnames = [\"a\", \"beta\"]").find("\"beta\" is the name of something else"),
      std::string::npos);
  EXPECT_NE(mistake_of("x = [1, 2]\nnames = [\"a\", \"7\"]").find("reads as a number"), std::string::npos);
}

}  // namespace
}  // namespace snpse
