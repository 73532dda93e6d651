#include "simulation/failures.hpp"

#include <gtest/gtest.h>

#include "simulation/bytes.hpp"

namespace snpse {
namespace {

TEST(Failures, AreOneLineWhereTheyDifferInNumbersAlone) {
  Failures failures;
  failures.add(17, Status::failed, "no convergence at -0.25 after 3 steps");
  failures.add(4, Status::failed, "no convergence at 1e-05 after 30 steps");
  failures.add(9, Status::timeout, "no answer within 0.5 s");
  Failures others;
  others.add(2, Status::failed, "no convergence at 7 after 2 steps");
  failures.add(from_bytes<Failures>(to_bytes(others)));
  EXPECT_EQ(failures.lines(),
            (std::vector<std::string>{
                "simulation 2: failed: no convergence at 7 after 2 steps (and 2 more like it)",
                "simulation 9: timeout: no answer within 0.5 s"}));
}

TEST(Failures, AreCausesWithTheirFirstSimulationAndCount) {
  Failures failures;
  failures.add(8, Status::failed, "out of range: 3");
  failures.add(5, Status::failed, "out of range: 11");
  const auto causes = failures.causes();
  ASSERT_EQ(causes.size(), 1U);
  EXPECT_EQ(causes[0].text, "failed: out of range: 11");
  EXPECT_EQ(causes[0].first, 5);
  EXPECT_EQ(causes[0].count, 2);
}

TEST(Failures, MostFrequentCauseIsShort) {
  Failures failures;
  EXPECT_EQ(failures.most_frequent(), "");
  failures.add(1, Status::timeout, "no answer within 0.5 s");
  failures.add(2, Status::failed, "a\x1b[31m" + std::string(100, 'z'));
  failures.add(3, Status::failed, "a\x1b[31m" + std::string(100, 'z'));
  const auto most = failures.most_frequent();
  EXPECT_TRUE(most.starts_with("failed: a\\x1b[31mzzz")) << most;
  EXPECT_LT(most.size(), 60U);
}

TEST(Failures, OfMoreThanTenKindsAreCounted) {
  Failures failures;
  for (char c = 'a'; c <= 'l'; ++c) failures.add(c, Status::invalid, std::string(1, c));
  const auto lines = failures.lines();
  ASSERT_EQ(lines.size(), 11U);
  EXPECT_EQ(lines.back(), "2 more simulations did not end well for other reasons");
}

}  // namespace
}  // namespace snpse
