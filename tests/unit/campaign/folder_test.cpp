#include "campaign/folder.hpp"

#include <fstream>

#include "support/scratch_folder.hpp"

namespace snpse {
namespace {

using FolderTest = ScratchFolder;

CampaignFolder open(const std::filesystem::path& path) {
  return CampaignFolder::create(path, "", 1, 1,
                                [](const auto&, const auto&) { return std::vector<KeyDifference>(); });
}

/// Five simulations with the ids from 20 on, one of which is invalid and one failed.
SimulationPart some_part() {
  SimulationPart part;
  part.simulations.theta = Vector::LinSpaced(5, 0, 4);
  part.simulations.x = Vector::LinSpaced(10, 0, 9).reshaped(5, 2);
  part.simulations.id = {20, 21, 22, 23, 24};
  part.simulations.seed = {5, 6, 7, 8, 9};
  part.simulations.status = {Status::ok, Status::invalid, Status::ok, Status::failed, Status::ok};
  part.provenance = {{0, 1, 0, 1, 0}, {1, 1, 1, 2, 1}, {0.1, 0.2, 0.3, 0.4, 0.5}};
  return part;
}

TEST_F(FolderTest, ReopenedSimulationsAreThoseThatWereCommittedAndMoreCanJoin) {
  const auto folder = open(folder_);
  make_folder(folder.round_folder(1));
  const auto part = some_part();
  {
    SimulationParts parts(folder.parts(1), folder.header("part", 1), 5, 2, 20);
    parts.append(part);
    folder.save_simulations(1, part.simulations.theta, parts);
    parts.remove();
  }
  std::ofstream(folder.round_folder(1) / "checkpoint.h5") << "of a training on them";
  folder.reopen(1);
  EXPECT_FALSE(folder.committed({1, Phase::simulate}));
  EXPECT_FALSE(std::filesystem::exists(folder.round_folder(1) / "checkpoint.h5"));

  // Eight of them now: the failed one and the three new ones are to be simulated.
  const SimulationParts parts(folder.parts(1), folder.header("part", 1), 8, 2, 20);
  EXPECT_EQ(parts.todo(), (std::vector<std::int64_t>{3, 5, 6, 7}));
  Matrix x = Matrix::Zero(8, 2);
  parts.x().fill([&](Eigen::Index first, const Matrix& rows) { x.middleRows(first, rows.rows()) = rows; });
  EXPECT_EQ(x.topRows(5), part.simulations.x);
  const auto seeds = parts.outcomes().get<std::vector<std::int64_t>>("seed");
  EXPECT_TRUE(std::equal(part.simulations.seed.begin(), part.simulations.seed.end(), seeds.begin()));
  EXPECT_EQ(parts.provenance().seconds[4], 0.5);

  // A second time there is nothing to reopen, and what is there stays.
  folder.reopen(1);
  EXPECT_EQ(SimulationParts(folder.parts(1), folder.header("part", 1), 8, 2, 20).todo().size(), 4U);
}

}  // namespace
}  // namespace snpse
