#include "report/status_text.hpp"

#include <limits>
#include <sstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace snpse {
namespace {

using Json = nlohmann::ordered_json;

/// A campaign in the training of its second round.
Json training_status() {
  return {{"state", "running"},
          {"method", "tsnpse"},
          {"rounds", 3},
          {"simulations", 10000},
          {"simulations_done", 5100},
          {"seconds", 60.0},
          {"elapsed_seconds", 70.0},
          {"seconds_left", 90.0},
          {"round", 2},
          {"phase", "train"},
          {"progress",
           {{"what", "train"},
            {"done", 1000},
            {"total", 3000},
            {"detail", "best validation loss 0.4"},
            {"seconds_left", 40.0}}},
          {"losses", {3.0, 2.0, 1.0, 0.5}},
          {"round_table",
           {{{"round", 1},
             {"proposed", 3000},
             {"simulated", 3000},
             {"invalid", 5},
             {"failed", 12},
             {"timeout", 3},
             {"causes", {{{"text", "failed: " + std::string(200, 'z')}, {"first", 7}, {"count", 12}}}},
             {"valid_share", 0.993},
             {"steps", 3000},
             {"validation_loss", -12.4564}},
            {{"round", 2},
             {"proposed", 2100},
             {"simulated", 2100},
             {"invalid", 0},
             {"failed", 0},
             {"timeout", 0},
             {"valid_share", 1.0},
             {"acceptance", 0.0000123}}}}};
}

std::size_t longest_line(const std::string& text) {
  std::istringstream lines(text);
  std::size_t longest = 0;
  for (std::string line; std::getline(lines, line);) longest = std::max(longest, line.size());
  return longest;
}

TEST(Sparkline, ScalesFromTheLowestToTheHighest) {
  EXPECT_EQ(sparkline({1, 8}, 10, false), "_#");
  EXPECT_EQ(sparkline({8, 1}, 10, true), "\u2588\u2581");
  EXPECT_EQ(sparkline({2, 2, 2}, 10, false), "___");
  EXPECT_EQ(sparkline({}, 10, false), "");
  EXPECT_EQ(sparkline({std::numeric_limits<double>::infinity(), 1}, 10, false), "_");
}

TEST(Sparkline, TakesMeansWhereValuesAreManyMore) {
  std::vector<double> values(1000, 0);
  for (std::size_t i = 500; i < 1000; ++i) values[i] = 1;
  EXPECT_EQ(sparkline(values, 4, false), "__##");
}

TEST(StatusText, FitsInEightyColumns) {
  EXPECT_LE(longest_line(status_text(training_status())), 80U);
  EXPECT_LE(longest_line(watched_text(std::string(120, 'n'), training_status(), false)), 80U);
}

TEST(WatchedText, HasBarsRatesTheLossAndFailures) {
  const auto text = watched_text("results", training_status(), false);
  EXPECT_NE(text.find("running (tsnpse), round 2 of 3, train: results\n"), std::string::npos) << text;
  EXPECT_NE(text.find("simulations [############------------] 5100/10000  51 %\n"), std::string::npos)
      << text;
  // 2000 steps in 40 s.
  EXPECT_NE(text.find("train       [########----------------] 1000/3000  33 % 50 a second, 40 s left\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("time        1 min 10 s so far, about 1 min 30 s left\n"), std::string::npos) << text;
  EXPECT_NE(text.find("loss        #=._ 0.5000\n"), std::string::npos) << text;
  EXPECT_NE(text.find("not ok      12 failed, 3 timed out, 5 invalid\n        12  round 1: failed: zzz"),
            std::string::npos)
      << text;
}

TEST(PrometheusText, HasAFigureOnALineWithItsLabels) {
  const auto text = prometheus_text("/data/\"a\"", training_status());
  EXPECT_NE(text.find("# TYPE snpse_simulations_done gauge\n"
                      "snpse_simulations_done{campaign=\"/data/\\\"a\\\"\"} 5100\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("snpse_round_failed{campaign=\"/data/\\\"a\\\"\",round=\"1\"} 12\n"), std::string::npos)
      << text;
  EXPECT_NE(text.find(",state=\"running\"} 1\n"), std::string::npos);
  EXPECT_NE(text.find(",state=\"finished\"} 0\n"), std::string::npos);
  EXPECT_NE(text.find("snpse_error{campaign=\"/data/\\\"a\\\"\"} 0\n"), std::string::npos);
}

}  // namespace
}  // namespace snpse
