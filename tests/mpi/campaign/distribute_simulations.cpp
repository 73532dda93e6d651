#include "campaign/distribute_simulations.hpp"

#include <numeric>
#include <string>

#include "campaign/data_records.hpp"
#include "storage/durable_file.hpp"
#include "storage/record_file.hpp"
#include "support/scratch_folder.hpp"

namespace snpse {
namespace {

constexpr Eigen::Index kData = 5;

Simulations simulations_of(Eigen::Index n, double offset) {
  Simulations all{Matrix(n, 2), Matrix(n, kData), {}, {}, {}};
  for (Eigen::Index i = 0; i < n; ++i) {
    all.theta.row(i).setConstant(static_cast<double>(i));
    all.x.row(i).setConstant(offset + static_cast<double>(i));
    all.id.push_back(100 + i);
    all.seed.push_back(i);
    all.status.push_back(i % 3 == 0 ? Status::invalid : Status::ok);
  }
  return all;
}

/// The folder of rank 0's test, which all ranks of this machine see.
class SharedSimulations : public ScratchFolder {
 protected:
  void SetUp() override {
    ScratchFolder::SetUp();
    file_ = (folder_ / "simulations.h5").string();
    world_.broadcast(file_);
  }
  void TearDown() override {
    world_.barrier();
    ScratchFolder::TearDown();
  }

  void write(const std::filesystem::path& file, Eigen::Index n, double offset) const {
    FileHeader header;
    header.type = "simulations";
    if (world_.is_root()) write_record(file, header, to_record(simulations_of(n, offset)));
    world_.barrier();
  }

  void expect_own_rows(const LocalSimulations& got, Eigen::Index n) const {
    const auto all = simulations_of(n, 1000);
    const auto range = world_.rows_of(n);
    EXPECT_EQ(got.theta, all.theta.middleRows(range.begin, range.size()));
    EXPECT_EQ(got.x->block(0, got.x->size()), all.x.middleRows(range.begin, range.size()));
    for (Eigen::Index i = 0; i < range.size(); ++i) {
      EXPECT_EQ(got.id[static_cast<std::size_t>(i)], 100 + range.begin + i);
      EXPECT_EQ(got.status[static_cast<std::size_t>(i)],
                all.status[static_cast<std::size_t>(range.begin + i)]);
    }
  }

  static bool in_memory(const LocalSimulations& local) {
    return std::dynamic_pointer_cast<const RowsInMemory>(local.x) != nullptr;
  }

  World world_;
  std::string file_;
};

TEST_F(SharedSimulations, StayInAFileThatAllRanksSee) {
  for (const Eigen::Index n : {1, 2, 3, 1000}) {
    write(file_, n, 1000);
    const auto local = distribute_simulations(world_, file_);
    expect_own_rows(local, n);
    EXPECT_FALSE(in_memory(local));
  }
}

TEST_F(SharedSimulations, AreSentToRanksThatDoNotSeeTheFile) {
  // So many that they are sent in several blocks, whose last is uneven.
  for (const Eigen::Index n : {Eigen::Index{1}, Eigen::Index{7}, 2 * rows_at_once(kData) + 5}) {
    write(file_, n, 1000);
    const bool blind = !world_.is_root() && world_.rank() == world_.size() - 1;
    const auto local = distribute_simulations(world_, blind ? "/nowhere/simulations.h5" : file_);
    expect_own_rows(local, n);
    EXPECT_EQ(in_memory(local), world_.size() > 1);
  }
}

TEST_F(SharedSimulations, AreNotMistakenForAnotherCampaignsUnderTheSamePath) {
  const auto other = std::filesystem::path(file_).parent_path() / "other.h5";
  write(file_, 50, 1000);
  write(other, 50, 0);
  expect_own_rows(distribute_simulations(world_, world_.rank() == 1 ? other.string() : file_), 50);
}

TEST_F(SharedSimulations, ThatAreDamagedAreRefusedByAllRanks) {
  write(file_, 50, 1000);
  if (world_.is_root()) {
    std::string bytes = read_whole(file_);
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
    write_durably(file_, bytes);
  }
  world_.barrier();
  expect_error(ExitCode::data, "simulations.h5", [&] { distribute_simulations(world_, file_); });
}

}  // namespace
}  // namespace snpse
