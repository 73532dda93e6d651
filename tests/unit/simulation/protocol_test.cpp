#include "simulation/protocol.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace snpse::protocol {
namespace {

TEST(Protocol, RequestsKeepEveryBit) {
  const std::vector<double> theta{0.1, -1.0 / 3.0, 1e-300, 5e-324, std::numeric_limits<double>::max()};
  const auto request = parse_request(format_request(12, 34, theta));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->id, 12U);
  EXPECT_EQ(request->seed, 34U);
  EXPECT_EQ(request->theta, theta);
  EXPECT_EQ(format_request(1, 2, std::vector{0.1}), "simulate 1 2 0.1");
}

TEST(Protocol, AnswersMayHoldNanAndInf) {
  const auto answer = parse_answer("ok 7 nan -inf NaN Infinity +1.5 2e3");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->id, 7U);
  ASSERT_EQ(answer->x.size(), 6U);
  EXPECT_TRUE(std::isnan(answer->x[0]));
  EXPECT_EQ(answer->x[1], -std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(answer->x[2]));
  EXPECT_EQ(answer->x[3], std::numeric_limits<double>::infinity());
  EXPECT_EQ(answer->x[4], 1.5);
  EXPECT_EQ(answer->x[5], 2000);
}

TEST(Protocol, ErrorsKeepTheirMessage) {
  const auto answer = parse_answer(format_error(3, "no  convergence: 1 2"));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->id, 3U);
  EXPECT_EQ(answer->error, "no  convergence: 1 2");
  EXPECT_EQ(parse_answer("error 3")->error, "");
}

TEST(Protocol, GarbageIsNoAnswer) {
  for (const char* line :
       {"", "ok", "ok x 1", "ok -1 1", "ok 1 one", "ok 1 1,5", "hello 1 2", "ok 1 2.5abc", "1 2"})
    EXPECT_FALSE(parse_answer(line)) << line;
}

}  // namespace
}  // namespace snpse::protocol
