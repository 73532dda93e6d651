#include "parallel/broadcast_record.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace snpse {
namespace {

/// A record with a value of every type, empty ones too.
Record full_record() {
  Record record;
  record.put("integer", std::numeric_limits<std::int64_t>::min());
  record.put("real", 0.1);
  record.put("infinite", -std::numeric_limits<double>::infinity());
  record.put("text", std::string("with\0zero", 9));
  record.put("integers", std::vector<std::int64_t>{1, -2, 3});
  record.put("floats", std::vector<float>(100'000, 0.3F));
  record.put("doubles", std::vector<double>{1e-300, -0.0});
  record.put("texts", std::vector<std::string>{"a", "", "\xc3\xa9"});
  record.put("matrix", Matrix((Matrix(2, 3) << 1, 2, 3, 4, 5, 6).finished()));
  record.put("empty/text", std::string());
  record.put("empty/doubles", std::vector<double>());
  record.put("empty/texts", std::vector<std::string>());
  record.put("empty/matrix", Matrix(0, 3));
  return record;
}

TEST(BroadcastRecord, BringsEveryTypeToEveryRank) {
  const World world;
  Record record;
  if (world.is_root())
    record = full_record();
  else
    record.put("to be", std::string("replaced"));
  broadcast(world, record);
  EXPECT_EQ(record.values(), full_record().values());
  EXPECT_EQ(record.get<Matrix>("empty/matrix").cols(), 3);
  EXPECT_TRUE(std::signbit(record.get<std::vector<double>>("doubles")[1]));
}

TEST(BroadcastRecord, BringsAnEmptyRecord) {
  const World world;
  Record record;
  if (!world.is_root()) record.put("to be", std::string("replaced"));
  broadcast(world, record);
  EXPECT_TRUE(record.values().empty());
}

}  // namespace
}  // namespace snpse
