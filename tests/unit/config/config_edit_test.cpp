#include "config/config_edit.hpp"

#include <gtest/gtest.h>

#include "util/error.hpp"

namespace snpse {
namespace {

TEST(WithValue, ReplacesOneValueAndNothingElse) {
  const std::string text =
      "# \u00fcber\n[a]\nrounds = 2\n[method]  # how\nname = \"x\"\nrounds = 12  # keep\n";
  std::string wanted = text;
  wanted.replace(wanted.find("12"), 2, "345");
  EXPECT_EQ(with_value(text, "method", "rounds", "345"), wanted);
  EXPECT_EQ(with_value("method.rounds = 1", "method", "rounds", "2"), "method.rounds = 2");
}

TEST(WithValue, MissesAKey) {
  EXPECT_THROW(with_value("[method]\n", "method", "rounds", "2"), Error);
  EXPECT_THROW(with_value("[method\n", "method", "rounds", "2"), Error);
}

}  // namespace
}  // namespace snpse
