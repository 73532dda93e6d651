#include "util/shell.hpp"

#include <gtest/gtest.h>

namespace snpse {
namespace {

TEST(ShellWord, IsQuotedOnlyWhereTheShellWouldChangeIt) {
  EXPECT_EQ(shell_word("/work/a-b_1.2"), "/work/a-b_1.2");
  EXPECT_EQ(shell_word("my campaign"), "\"my campaign\"");
  EXPECT_EQ(shell_word("a'b"), "\"a'b\"");
  EXPECT_EQ(shell_word(R"(a$b"c`d\e)"), R"("a\$b\"c\`d\\e")");
  EXPECT_EQ(shell_word(""), "\"\"");
}

}  // namespace
}  // namespace snpse
