#include "storage/csv.hpp"

#include <cmath>
#include <limits>

#include "storage/durable_file.hpp"
#include "support/scratch_folder.hpp"

namespace snpse {
namespace {

using Csv = ScratchFolder;

TEST_F(Csv, GivesBackEveryNumberExactly) {
  const double inf = std::numeric_limits<double>::infinity();
  const Matrix written = (Matrix(2, 3) << 0.1, 1.0 / 3, -inf, 5e-324, -1e300, 7).finished();
  write_csv(folder_ / "a.csv", {"a", "b", "c"}, written);
  EXPECT_EQ(read_whole(folder_ / "a.csv"), "a,b,c\n0.1,0.3333333333333333,-inf\n5e-324,-1e+300,7\n");
  EXPECT_TRUE(read_csv(folder_ / "a.csv") == written);
}

TEST_F(Csv, ReadsWithAndWithoutNamesCommentsAndOtherLineEnds) {
  write_durably(folder_ / "a.csv", "# by another program\r\n\r\n+1.5, 2\r\n nan,4e0");
  const Matrix read = read_csv(folder_ / "a.csv");
  ASSERT_EQ(read.rows(), 2);
  ASSERT_EQ(read.cols(), 2);
  EXPECT_EQ(read(0, 0), 1.5);
  EXPECT_TRUE(std::isnan(read(1, 0)));
  EXPECT_EQ(read(1, 1), 4);
}

TEST_F(Csv, MayHoldNoRows) {
  write_durably(folder_ / "a.csv", "a,b\n");
  write_durably(folder_ / "b.csv", "");
  EXPECT_EQ(read_csv(folder_ / "a.csv").rows(), 0);
  EXPECT_EQ(read_csv(folder_ / "b.csv").rows(), 0);
}

TEST_F(Csv, QuotesTextThatNeedsIt) {
  write_csv(folder_ / "a.csv", {"a", "b"}, {{"plain", "a, b"}, {"", "say \"no\"\nto it"}});
  EXPECT_EQ(read_whole(folder_ / "a.csv"), "a,b\nplain,\"a, b\"\n,\"say \"\"no\"\"\nto it\"\n");
}

TEST_F(Csv, ErrorsNameTheLine) {
  write_durably(folder_ / "word.csv", "a,b\n1,2\n3,four\n");
  write_durably(folder_ / "short.csv", "1,2\n\n3\n");
  write_durably(folder_ / "huge.csv", "1\n\n2e999");
  write_durably(folder_ / "names.csv", "1\na\n");
  expect_error(ExitCode::data, "line 3: 'four' is not a number", [&] { read_csv(folder_ / "word.csv"); });
  expect_error(ExitCode::data, "line 3: 1 values where the lines above have 2",
               [&] { read_csv(folder_ / "short.csv"); });
  expect_error(ExitCode::data, "line 3: '2e999'", [&] { read_csv(folder_ / "huge.csv"); });
  expect_error(ExitCode::data, "line 2: 'a'", [&] { read_csv(folder_ / "names.csv"); });
  expect_error(ExitCode::missing_input, "absent", [&] { read_csv(folder_ / "absent.csv"); });
}

TEST_F(Csv, ReadsBackNamesThatNeedQuotes) {
  const Matrix values = (Matrix(1, 4) << 1, 2, 3, 4).finished();
  write_csv(folder_ / "a.csv", {"a, b", "=1+1", "2nd", "say \"no\""}, values);
  EXPECT_EQ(read_whole(folder_ / "a.csv"), "\"a, b\",\"=1+1\",\"2nd\",\"say \"\"no\"\"\"\n1,2,3,4\n");
  EXPECT_TRUE(read_csv(folder_ / "a.csv") == values);
}

TEST_F(Csv, ReadsWhatOtherProgramsWrite) {
  const Matrix two = (Matrix(2, 2) << 1, 2, 3, 4).finished();
  for (const char* text :
       {"\xef\xbb\xbf"
        "1,2\n3,4\n",
        "\xef\xbb\xbf"
        "a,b\n1,2\n3,4\n",
        "1 2\n3 4\n", "# NumPy's default\n1.0e+00 2.0e+00\n3.0e+00\t4.0e+00\n", "a\tb\n1\t2\n3\t4",
        "1,2\r3,4\r", "growth rate\tb\n1\t2\n3\t4", "\"1\",\"2\"\n3,4"}) {
    SCOPED_TRACE(text);
    write_durably(folder_ / "a.csv", text);
    EXPECT_TRUE(read_csv(folder_ / "a.csv") == two);
  }
}

TEST_F(Csv, NeverLosesAFirstRow) {
  // Each is meant as a row, and would be taken for names where all that is no number is a name.
  for (const char* text : {"1.5f,2.5f\n1,2\n", "[1.0, 2.0]\n", "NA,NA\n1,2\n", "(1+2j),(3+4j)\n1,2\n",
                           "\xe2\x88\x92"
                           "1,\xe2\x88\x92"
                           "2\n1,2\n",
                           "+-1,+-2\n1,2\n"}) {
    SCOPED_TRACE(text);
    write_durably(folder_ / "a.csv", text);
    expect_error(ExitCode::data, "line 1", [&] { read_csv(folder_ / "a.csv"); });
  }
}

TEST_F(Csv, WhatIsNoTableOfNumbersIsRefusedWithTheReason) {
  const auto refused = [&](const std::string& text, const std::string& reason) {
    SCOPED_TRACE(reason);
    write_durably(folder_ / "a.csv", text);
    expect_error(ExitCode::data, reason, [&] { read_csv(folder_ / "a.csv"); });
  };
  refused("1;2\n3;4\n", "semicolons");
  refused("a;b\n1,5;2,5\n", "semicolons");
  refused("\x93NUMPY\x01", "numpy.savetxt");
  refused(std::string("\xff\xfe"
                      "1\0,\0",
                      6),
          "UTF-16");
  refused(std::string("1,2\n\0\0", 6), "byte 5 is 0x00");
  refused("a,b\n1,2,3\n", "3 values, but the first line has 2 names");
  refused("\"a,b\n1,2\n", "a quote does not end");
}

TEST_F(Csv, ALineIsAnObservation) {
  write_durably(folder_ / "column.csv", "1\n2\n3\n");
  write_durably(folder_ / "lines.csv", "1,2,3\n4,5,6\n");
  // Three observations of one value, or one of three.
  EXPECT_TRUE(read_observations(folder_ / "column.csv", 1) == Matrix((Matrix(3, 1) << 1, 2, 3).finished()));
  EXPECT_TRUE(read_observations(folder_ / "column.csv", 3) == Matrix((Matrix(1, 3) << 1, 2, 3).finished()));
  EXPECT_TRUE(read_observations(folder_ / "lines.csv", 3) == read_csv(folder_ / "lines.csv"));
  expect_error(ExitCode::data, "holds 3 lines of 1 values, but an observation has 2",
               [&] { read_observations(folder_ / "column.csv", 2); });
  expect_error(ExitCode::data, "holds 2 lines of 3 values, but an observation has 1",
               [&] { read_observations(folder_ / "lines.csv", 1); });
  write_durably(folder_ / "empty.csv", "x\n");
  expect_error(ExitCode::data, "holds 0 lines", [&] { read_observations(folder_ / "empty.csv", 1); });
}

}  // namespace
}  // namespace snpse
