#include "core/record.hpp"

#include <gtest/gtest.h>

#include "support/scratch_folder.hpp"

namespace snpse {
namespace {

TEST(Record, GivesBackEveryTypeOfValue) {
  Record record;
  record.put("integer", std::int64_t{-3});
  record.put("real", 0.1);
  record.put("text", std::string("with\0zero", 9));
  record.put("integers", std::vector<std::int64_t>{1, 2});
  record.put("floats", std::vector<float>{1.5F});
  record.put("doubles", std::vector<double>{});
  record.put("texts", std::vector<std::string>{"a", ""});
  record.put("group/matrix", Matrix(Matrix::Identity(2, 3)));
  EXPECT_EQ(record.get<std::int64_t>("integer"), -3);
  EXPECT_EQ(record.get<double>("real"), 0.1);
  EXPECT_EQ(record.get<std::string>("text"), std::string("with\0zero", 9));
  EXPECT_EQ(record.get<std::vector<std::int64_t>>("integers"), (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(record.get<std::vector<float>>("floats"), std::vector<float>{1.5F});
  EXPECT_TRUE(record.get<std::vector<double>>("doubles").empty());
  EXPECT_EQ(record.get<std::vector<std::string>>("texts"), (std::vector<std::string>{"a", ""}));
  EXPECT_EQ(record.get<Matrix>("group/matrix"), Matrix::Identity(2, 3));
  EXPECT_EQ(record.values().size(), 8U);
}

TEST(Record, TellsWhetherItHasAKey) {
  Record record;
  record.put("a", 1.0);
  EXPECT_TRUE(record.has("a"));
  EXPECT_FALSE(record.has("b"));
}

TEST(Record, ReplacesAValueAndItsType) {
  Record record;
  record.put("a", 1.0);
  record.put("a", std::string("now text"));
  EXPECT_EQ(record.get<std::string>("a"), "now text");
  EXPECT_EQ(record.values().size(), 1U);
}

TEST(Record, NamesTheKeyThatIsMissingOrOfAnotherType) {
  Record record;
  record.put("present", 1.0);
  expect_error(ExitCode::data, "'absent' is missing", [&] { record.get<double>("absent"); });
  expect_error(ExitCode::data, "'present' has the wrong type", [&] { record.get<Matrix>("present"); });
}

}  // namespace
}  // namespace snpse
