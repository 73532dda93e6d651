#include "simulation/output_reader.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "script_folder.hpp"
#include "storage/record_file.hpp"

namespace snpse {
namespace {

using Values = std::vector<double>;

class OutputReaderTest : public ScriptFolder {
 protected:
  Values values_in(const std::string& text, const OutputOptions& options = {}) {
    return read_output(write("out", text), options);
  }
  void expect_refused(const std::string& message, const std::string& text,
                      const OutputOptions& options = {}) {
    expect_error(ExitCode::data, message, [&] { values_in(text, options); });
  }
};

TEST_F(OutputReaderTest, ReadsNumbersHoweverTheyAreSeparated) {
  EXPECT_EQ(values_in("1 2.5,3\n\n# a comment\n\t+4e-1\r\n"), (Values{1, 2.5, 3, 0.4}));
  EXPECT_EQ(values_in("1.5D-3 -2d2"), (Values{1.5e-3, -200}));
  EXPECT_TRUE(values_in("").empty());
  const auto undefined = values_in("NaN Infinity -inf nan");
  EXPECT_TRUE(std::isnan(undefined[0]) && std::isnan(undefined[3]));
  EXPECT_TRUE(std::isinf(undefined[1]) && undefined[2] < 0);
  expect_refused("line 2 of 'out' has '***', which is no number", "1\n2 ***\n");
  expect_refused("'1.5.2'", "1.5.2");
}

TEST_F(OutputReaderTest, TakesColumnsBehindSkippedLines) {
  const OutputOptions second{.columns = {2, 1}, .skip = 1};
  EXPECT_EQ(values_in("time size name\n0 1.5 a\n1 2.5 b\n", second), (Values{1.5, 0, 2.5, 1}));
  expect_refused("line 3 of 'out' has 1 columns, and column 2 is asked for", "t s\n0 1\n1\n", second);
  EXPECT_EQ(values_in("no number\n1 2 3", {.skip = 1}), (Values{1, 2, 3}));
}

TEST_F(OutputReaderTest, ReadsResultsOfDakota) {
  const OutputOptions dakota{.format = OutputFormat::dakota};
  EXPECT_EQ(values_in(" 1.5 f1\n2.5e0\n[ 1.0 2.0 ]\n[[ 1 ]]\n", dakota), (Values{1.5, 2.5}));
  EXPECT_EQ(values_in("1 2 3", dakota), (Values{1, 2, 3}));
  for (const char* text : {"FAIL", "fail: no convergence\n", "1.0 f1\nFailure of the mesh\n"})
    expect_refused("the simulator says '", text, dakota);
  expect_refused("line 1 of 'out' has 'label', which is no number", "label 1", dakota);
}

TEST_F(OutputReaderTest, ReadsJson) {
  const OutputOptions u{.format = OutputFormat::json, .key = "/a/u"};
  EXPECT_EQ(values_in(R"({"a": {"u": [[1, 2.5], [3, -4]], "v": "NaN"}})", u), (Values{1, 2.5, 3, -4}));
  EXPECT_EQ(values_in(R"({"a": {"u": 7}})", u), Values{7});
  const auto undefined = values_in(R"({"s": "a \" NaN", "a": {"u": [NaN, -Infinity, null, 1]}})", u);
  EXPECT_TRUE(std::isnan(undefined[0]) && std::isnan(undefined[1]) && std::isnan(undefined[2]));
  EXPECT_EQ(undefined[3], 1);
  expect_refused("'out' has nothing at '/a/u'", R"({"a": 1})", u);
  expect_refused("has \"x\", which is no number", R"({"a": {"u": ["x"]}})", u);
  expect_refused("'out' is no JSON", R"({"a": {"u": [1,)", u);
  expect_refused("'out' is no JSON", "", u);
}

TEST_F(OutputReaderTest, ReadsDatasets) {
  Record record;
  record.put("group/u", Matrix{{1, 2}, {3, 4}});
  record.put("n", std::int64_t{5});
  record.put("text", std::string("no number"));
  FileHeader header;
  header.type = "simulations";
  write_record(folder_ / "out", header, record);
  const auto dataset = [&](const char* name) {
    return read_output(folder_ / "out", {.format = OutputFormat::hdf5, .key = name});
  };
  EXPECT_EQ(dataset("/group/u"), (Values{1, 2, 3, 4}));
  EXPECT_EQ(dataset("n"), Values{5});
  expect_error(ExitCode::data, "has no dataset 'v'", [&] { dataset("v"); });
  expect_error(ExitCode::data, "as numbers", [&] { dataset("text"); });
  expect_refused("has no dataset '/u'", "no HDF5", {.format = OutputFormat::hdf5, .key = "/u"});
}

TEST_F(OutputReaderTest, AFileThatIsAbsentIsNamed) {
  expect_error(ExitCode::data, "the simulator left no file 'results.out'",
               [&] { read_output(folder_ / "results.out", {}); });
}

}  // namespace
}  // namespace snpse
