#include "util/nearest.hpp"

#include <gtest/gtest.h>

namespace snpse {
namespace {

const std::vector<std::string> kMethods{"npse", "tsnpse", "snpse-a", "snpse-b", "nlse"};

TEST(Nearest, FindsTheWordItself) {
  EXPECT_EQ(nearest("snpse-b", kMethods), "snpse-b");
}
TEST(Nearest, MendsAMissingLetter) {
  EXPECT_EQ(nearest("tnpse", {"tsnpse", "nlse"}), "tsnpse");
}
TEST(Nearest, MendsASurplusLetter) {
  EXPECT_EQ(nearest("nlsse", kMethods), "nlse");
}
TEST(Nearest, MendsAWrongLetter) {
  EXPECT_EQ(nearest("snpse-q", {"nlse", "snpse-a"}), "snpse-a");
}

TEST(Nearest, CountsASwapOfNeighboursAsOneEdit) {
  EXPECT_EQ(nearest("ab", {"xb", "ba"}), "xb");  // one edit each: the first candidate wins
  EXPECT_EQ(nearest("abcd", {"xyd", "bacd"}), "bacd");
  EXPECT_EQ(nearest("abcd", {"axxd", "bacd"}), "bacd");  // two substitutions against one swap
}

TEST(Nearest, TakesTheEmptyWord) {
  EXPECT_EQ(nearest("", {"long", "a"}), "a");
}
TEST(Nearest, RefusesNoCandidates) {
  EXPECT_THROW(nearest("a", {}), std::logic_error);
}

}  // namespace
}  // namespace snpse
