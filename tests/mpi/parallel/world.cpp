#include "parallel/world.hpp"

#include <chrono>
#include <cmath>
#include <cstring>
#include <thread>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "util/error.hpp"

namespace snpse {
namespace {

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

TEST(World, SharesCoverAllRowsInOrderAndDifferByOneAtMost) {
  const World world;
  for (const Eigen::Index n : {0, 1, 2, 3, 7, 1000}) {
    Eigen::Index next = 0;
    for (int rank = 0; rank < world.size(); ++rank) {
      const RowRange range = world.rows_of(n, rank);
      EXPECT_EQ(range.begin, next);
      EXPECT_GE(range.size(), n / world.size());
      EXPECT_LE(range.size(), n / world.size() + 1);
      next = range.end;
    }
    EXPECT_EQ(next, n);
    EXPECT_EQ(world.rows_of(n).begin, world.rows_of(n, world.rank()).begin);
  }
}

TEST(World, AnyIsTrueIfOneRankSaysSo) {
  const World world;
  EXPECT_FALSE(world.any(false));
  EXPECT_TRUE(world.any(world.rank() == world.size() - 1));
}

TEST(World, SumOfDoublesIsExactForIntegers) {
  const World world;
  for (const std::size_t n : {0, 1, 3, 1000, 100'000}) {
    std::vector<double> values(n);
    for (std::size_t i = 0; i < n; ++i) values[i] = static_cast<double>(i) * (world.rank() + 1);
    world.sum(values);
    const double factor = world.size() * (world.size() + 1) / 2.0;  // 1 + 2 + ... + size
    for (std::size_t i = 0; i < n; ++i) EXPECT_EQ(values[i], static_cast<double>(i) * factor);
  }
}

TEST(World, SumOfFloatsIsBitEqualOnAllRanksAndInEveryRun) {
  const World world;
  for (const std::size_t n : {1, 17, 4099, 500'003}) {
    std::vector<float> mine(n);
    for (std::size_t i = 0; i < n; ++i)
      mine[i] = std::sin(static_cast<float>(i * 31 + 7) * (1.0F + world.rank()));
    std::vector<float> first = mine, second = mine;
    world.sum(first);
    world.sum(second);
    std::vector<float> of_root = first;
    world.broadcast(of_root);
    EXPECT_EQ(std::memcmp(first.data(), second.data(), n * sizeof(float)), 0);
    EXPECT_EQ(std::memcmp(first.data(), of_root.data(), n * sizeof(float)), 0);
  }
}

TEST(World, BroadcastsWithLengthAndShape) {
  const World world;
  std::vector<float> floats;
  std::vector<double> doubles(5, -1.0);
  std::string bytes = "to be replaced";
  Matrix matrix(1, 1);
  if (world.is_root()) {
    floats = {1.5F, 2.5F};
    doubles = {};
    bytes = std::string("with\0zero", 9);
    matrix.resize(2, 3);
    matrix << 1, 2, 3, 4, 5, 6;
  }
  world.broadcast(floats);
  world.broadcast(doubles);
  world.broadcast(bytes);
  world.broadcast(matrix);
  EXPECT_EQ(floats, (std::vector<float>{1.5F, 2.5F}));
  EXPECT_TRUE(doubles.empty());
  EXPECT_EQ(bytes, std::string("with\0zero", 9));
  EXPECT_EQ(matrix, (Matrix(2, 3) << 1, 2, 3, 4, 5, 6).finished());
  EXPECT_EQ(world.broadcast(world.is_root() ? 3.25 : 0.0), 3.25);
}

TEST(World, GathersRowsInTheOrderOfRanks) {
  const World world;
  const int mine = world.rank() == 1 ? 0 : world.rank() + 1;  // one rank has none
  const Matrix all = world.gather_rows(Matrix::Constant(mine, 2, world.rank()));
  Eigen::Index row = 0;
  for (int rank = 0; rank < world.size(); ++rank)
    for (int i = 0; i < (rank == 1 ? 0 : rank + 1); ++i, ++row)
      EXPECT_EQ(all.row(row), Matrix::Constant(1, 2, rank));
  EXPECT_EQ(all.rows(), row);
  EXPECT_EQ(world.gather_rows(Matrix(2, 0)).rows(), 2 * world.size());
}

TEST(World, ScattersRootsRowsInTheOrderOfRanks) {
  const World world;
  for (const Eigen::Index n : {0, 1, 7}) {
    Matrix of_root;
    if (world.is_root()) of_root = Vector::LinSpaced(n, 0, static_cast<double>(n - 1)).replicate(1, 2);
    const Matrix mine = world.scatter_rows(of_root);
    EXPECT_EQ(mine.rows(), world.rows_of(n).size());
    EXPECT_EQ(mine.cols(), 2);
    const Matrix all = world.gather_rows(mine);
    EXPECT_EQ(all.rows(), n);
    for (Eigen::Index i = 0; i < all.rows(); ++i) EXPECT_EQ(all(i, 1), static_cast<double>(i));
  }
}

TEST(World, ExchangesListsOfAnyLengthBetweenAllPairs) {
  const World world;
  // From rank a to rank b go a + b copies of 100 a + b.
  std::vector<std::vector<std::int64_t>> to;
  for (int b = 0; b < world.size(); ++b)
    to.emplace_back(static_cast<std::size_t>(world.rank() + b), 100 * world.rank() + b);
  const auto from = world.exchange(to);
  EXPECT_EQ(from.size(), static_cast<std::size_t>(world.size()));
  for (int a = 0; a < static_cast<int>(from.size()); ++a)
    EXPECT_EQ(from[static_cast<std::size_t>(a)],
              std::vector<std::int64_t>(static_cast<std::size_t>(world.rank() + a), 100 * a + world.rank()));
}

TEST(World, RaisesTheLowestRanksErrorOnAllRanks) {
  const World world;
  EXPECT_NO_THROW(world.raise_together(nullptr));
  const int first_culprit = world.size() / 2;
  std::exception_ptr error;
  if (world.rank() >= first_culprit)
    error = std::make_exception_ptr(Error(ExitCode::config, fmt::format("from {}", world.rank())));
  try {
    world.raise_together(error);
    ADD_FAILURE() << "nothing was thrown";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ExitCode::config);
    EXPECT_EQ(e.what(), fmt::format("from {}", first_culprit));
  }
}

TEST(World, RaisesOtherExceptionsAsInternalErrorsWithTheRank) {
  const World world;
  const int culprit = world.size() - 1;
  std::exception_ptr error;
  if (world.rank() == culprit) error = std::make_exception_ptr(std::logic_error("broken"));
  try {
    world.raise_together(error);
    ADD_FAILURE() << "nothing was thrown";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ExitCode::internal);
    EXPECT_EQ(e.what(), fmt::format("rank {}: broken", culprit));
  }
}

TEST(World, RunsOnRootAloneAndRaisesItsErrorOnAllRanks) {
  const World world;
  int calls = 0;
  world.on_root([&] { ++calls; });
  EXPECT_EQ(calls, world.is_root() ? 1 : 0);
  try {
    world.on_root([] { fail(ExitCode::io, "the disk is full"); });
    ADD_FAILURE() << "nothing was thrown";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ExitCode::io);
    EXPECT_STREQ(e.what(), "the disk is full");
  }
}

TEST(World, WaitingRanksBurnNoCore) {
  const World world;
  world.barrier();
  const double before = cpu_seconds();
  if (world.is_root()) std::this_thread::sleep_for(std::chrono::seconds(1));
  world.barrier();
  EXPECT_LT(cpu_seconds() - before, 0.2);
}

}  // namespace
}  // namespace snpse
