#include "campaign/simulation_parts.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "support/scratch_folder.hpp"

namespace snpse {
namespace {

constexpr std::int64_t kRows = 200;
constexpr std::int64_t kFirstId = 1000;

FileHeader header() {
  FileHeader header;
  header.type = "part";
  return header;
}

class SimulationPartsTest : public ScratchFolder {
 protected:
  SimulationParts open(int x_dim = 2) const { return {folder_ / "parts", header(), kRows, x_dim, kFirstId}; }

  std::ptrdiff_t files() const {
    return std::distance(std::filesystem::directory_iterator(folder_ / "parts"),
                         std::filesystem::directory_iterator());
  }
};

/// Simulations of these rows, whose x begins with which row they are and how often it was tried.
SimulationPart part_of(const std::vector<std::int64_t>& rows, Status status, double attempt, int x_dim = 2) {
  SimulationPart part;
  const auto n = static_cast<Eigen::Index>(rows.size());
  part.simulations.theta = Matrix::Zero(n, 3);
  part.simulations.x = Matrix::Zero(n, x_dim);
  for (Eigen::Index i = 0; i < n; ++i) {
    const auto row = rows[static_cast<std::size_t>(i)];
    part.simulations.x.row(i).head(2) << static_cast<double>(row), attempt;
    part.simulations.id.push_back(kFirstId + row);
    part.simulations.seed.push_back(7 * row);
    part.simulations.status.push_back(status);
    part.provenance.worker.push_back(0);
    part.provenance.attempts.push_back(static_cast<std::int64_t>(attempt));
    part.provenance.seconds.push_back(0.5);
  }
  return part;
}

Matrix x_of(const SimulationParts& parts) {
  const auto streamed = parts.x();
  Matrix x = Matrix::Constant(streamed.rows, streamed.columns, std::numeric_limits<double>::quiet_NaN());
  streamed.fill([&](Eigen::Index first, const Matrix& rows) { x.middleRows(first, rows.rows()) = rows; });
  return x;
}

TEST_F(SimulationPartsTest, AreMergedAndGivenInOrder) {
  auto parts = open();
  EXPECT_EQ(parts.todo().size(), static_cast<std::size_t>(kRows));
  // Backwards, in pairs that are not neighbours.
  for (std::int64_t row = kRows / 2; row-- > 0;) parts.append(part_of({row, row + kRows / 2}, Status::ok, 1));
  EXPECT_LT(files(), 40);
  const auto check = [](const SimulationParts& those) {
    EXPECT_TRUE(those.todo().empty());
    const Matrix x = x_of(those);
    for (std::int64_t row = 0; row < kRows; ++row) EXPECT_EQ(x(row, 0), static_cast<double>(row));
    const Record outcomes = those.outcomes();
    EXPECT_EQ(outcomes.get<std::vector<std::int64_t>>("id").back(), kFirstId + kRows - 1);
    EXPECT_EQ(outcomes.get<std::vector<std::int64_t>>("seed").back(), 7 * (kRows - 1));
  };
  check(parts);
  check(open());
}

TEST_F(SimulationPartsTest, OfFailuresAreTriedAgainInTheNextSitting) {
  std::vector<std::int64_t> all(kRows);
  std::iota(all.begin(), all.end(), 0);
  auto sitting = open();
  sitting.append(part_of(all, Status::failed, 1));
  EXPECT_TRUE(sitting.todo().empty());  // each was tried
  auto next = open();
  EXPECT_EQ(next.todo(), all);
  next.append(part_of({3, 4}, Status::invalid, 2));
  next.append(part_of({5}, Status::ok, 2));
  auto last = open();
  EXPECT_EQ(last.todo().size(), all.size() - 3);
  const Matrix x = x_of(last);
  EXPECT_EQ(x(4, 1), 2);
  EXPECT_EQ(x(5, 1), 2);
  EXPECT_EQ(x(6, 1), 1);
}

TEST_F(SimulationPartsTest, OfFailuresThatAreMergedLateDoNotUndoWhatALargePartBrought) {
  constexpr int kWide = 210'000;  // 20 rows of it are too large to be merged
  constexpr std::int64_t kFailed = 20;
  auto first = open(kWide);
  std::vector<std::int64_t> rows;
  for (std::int64_t row = 0; row < kFailed; ++row) {
    first.append(part_of({row}, Status::failed, 1, kWide));
    rows.push_back(row);
  }
  auto next = open(kWide);
  next.append(part_of(rows, Status::ok, 2, kWide));
  EXPECT_EQ(files(), kFailed + 1);
  for (std::int64_t row = kFailed; files() > kFailed; ++row)
    next.append(part_of({row}, Status::ok, 2, kWide));
  const auto last = open(kWide);
  EXPECT_EQ(last.todo().front(), 33);  // 33 small files make one
  EXPECT_EQ(x_of(last).col(1).head(33).minCoeff(), 2);
}

/// A part of one simulation, with a fault of each attempt.
SimulationPart part_with_faults(std::int64_t row, std::int64_t attempts) {
  auto part = part_of({row}, Status::failed, static_cast<double>(attempts));
  for (std::int64_t attempt = 1; attempt <= attempts; ++attempt)
    part.faults.push_back({.id = kFirstId + row,
                           .attempt = attempt,
                           .exit_code = attempt == 1 ? std::optional(3) : std::nullopt,
                           .signal = attempt == 1 ? std::nullopt : std::optional(11),
                           .seconds = 0.5,
                           .rank = 2,
                           .host = "node",
                           .message = "no mesh",
                           .printed = "two\nlines"});
  return part;
}

TEST_F(SimulationPartsTest, FaultsAreKeptByTheirIdsThroughMergesAndSittings) {
  std::vector<Fault> expected;
  {
    auto parts = open();
    for (std::int64_t row = 50; row-- > 0;) parts.append(part_with_faults(row, 2));
    EXPECT_LT(files(), 40);  // some were merged
  }
  for (std::int64_t row = 0; row < 50; ++row)
    for (const auto& fault : part_with_faults(row, 2).faults) expected.push_back(fault);
  auto next = open();
  EXPECT_EQ(next.faults(), expected);
  next.append(part_of({3}, Status::ok, 1));  // a simulation that succeeds later keeps its history
  EXPECT_EQ(open().faults(), expected);
}

TEST_F(SimulationPartsTest, AFaultInTwoFilesIsOne) {
  auto parts = open();
  parts.append(part_with_faults(7, 1));
  std::filesystem::copy_file(folder_ / "parts" / "000000000.h5", folder_ / "parts" / "000000001.h5");
  EXPECT_EQ(open().faults(), part_with_faults(7, 1).faults);
}

TEST_F(SimulationPartsTest, SayWhichRowsWereImported) {
  auto imported = part_of({0, 1}, Status::ok, 0);
  imported.provenance.imported_from = {"data.csv", "more.csv"};
  imported.provenance.imported_file = {0, 1};
  imported.provenance.imported_row = {4, 9};
  {
    auto parts = open();
    parts.append(imported);
    parts.append(part_of({2}, Status::ok, 1));
  }
  const auto provenance = open().provenance();
  EXPECT_EQ(provenance.imported_from, (std::vector<std::string>{"data.csv", "more.csv"}));
  EXPECT_EQ(std::vector(provenance.imported_file.begin(), provenance.imported_file.begin() + 3),
            (std::vector<std::int64_t>{0, 1, 0}));
  EXPECT_EQ(std::vector(provenance.imported_row.begin(), provenance.imported_row.begin() + 3),
            (std::vector<std::int64_t>{4, 9, 0}));
}

TEST_F(SimulationPartsTest, OfAnotherRoundOrShapeAreRefused) {
  open().append(part_of({1}, Status::ok, 1));
  expect_error(ExitCode::data, "not of its round",
               [&] { SimulationParts(folder_ / "parts", header(), kRows, 2, kFirstId + 500); });
  expect_error(ExitCode::data, "2 data, not 3",
               [&] { SimulationParts(folder_ / "parts", header(), kRows, 3, kFirstId); });
}

TEST_F(SimulationPartsTest, WithIdsThatNoSimulationHasAreRefused) {
  for (const std::int64_t id :
       {std::int64_t{-1}, std::int64_t{1} << 62U, std::numeric_limits<std::int64_t>::min(),
        std::numeric_limits<std::int64_t>::max()}) {
    SCOPED_TRACE(id);
    std::filesystem::remove_all(folder_ / "parts");
    open();
    auto part = part_of({1}, Status::ok, 1);
    part.simulations.id = {id};
    Record record;
    record.put("theta", part.simulations.theta);
    record.put("x", part.simulations.x);
    record.put("id", part.simulations.id);
    record.put("seed", part.simulations.seed);
    record.put("status", std::vector<std::int64_t>{0});
    record.put("worker", part.provenance.worker);
    record.put("attempts", part.provenance.attempts);
    record.put("seconds", part.provenance.seconds);
    write_record(folder_ / "parts" / "000000000.h5", header(), record);
    expect_error(ExitCode::data, "000000000.h5", [&] { open(); });
  }
}

TEST_F(SimulationPartsTest, StrayFilesAreRefused) {
  open().append(part_of({1}, Status::ok, 1));
  for (const char* name : {"stray.h5", "1.h5", "99999999999999999999.h5", "-00000001.h5"}) {
    const auto stray = folder_ / "parts" / name;
    std::filesystem::copy_file(folder_ / "parts" / "000000000.h5", stray);
    expect_error(ExitCode::data, name, [&] { open(); });
    std::filesystem::remove(stray);
  }
  EXPECT_EQ(open().todo().size(), static_cast<std::size_t>(kRows - 1));
}

}  // namespace
}  // namespace snpse
