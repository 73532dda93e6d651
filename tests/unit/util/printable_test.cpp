#include "util/printable.hpp"

#include <gtest/gtest.h>

namespace snpse {
namespace {

TEST(Printable, KeepsTextAndItsLines) {
  EXPECT_EQ(printable("α β\n\tM\xc3\xbcnchen ~"), "α β\n\tM\xc3\xbcnchen ~");
}

TEST(Printable, WritesControlCharactersAndWhatIsNoUtf8AsNumbers) {
  EXPECT_EQ(printable("a\x1b[31mb\rc\x7f"), "a\\x1b[31mb\\x0dc\\x7f");
  EXPECT_EQ(printable(std::string_view("\0", 1)), "\\x00");
  EXPECT_EQ(printable("\xff\xc3"), "\\xff\\xc3");
  EXPECT_EQ(printable("\xc2\x9b"), "\\xc2\\x9b");  // a control character beyond ASCII
}

TEST(Printable, CutsWhatIsLong) {
  EXPECT_EQ(printable("abcdef", 3), "abc...");
  EXPECT_EQ(printable("abc", 3), "abc");
}

}  // namespace
}  // namespace snpse
