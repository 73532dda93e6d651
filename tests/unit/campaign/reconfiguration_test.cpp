#include "campaign/reconfiguration.hpp"

#include <fstream>

#include "campaign/folder.hpp"
#include "support/scratch_folder.hpp"

namespace snpse {
namespace {

class Reconfiguration : public ScratchFolder {
 protected:
  /// Opens a campaign of two rounds whose configurations differ in these keys.
  CampaignFolder open(const std::string& configuration, std::vector<KeyDifference> differences = {}) const {
    return CampaignFolder::create(folder_, configuration, 1, 2,
                                  [&](const std::string&, const std::string&) { return differences; });
  }
  void commit(const std::string& file) const {
    std::filesystem::create_directories((folder_ / file).parent_path());
    std::ofstream(folder_ / file) << "committed";
  }
};

TEST_F(Reconfiguration, NumbersOfSimulationsGrowUntilTheLastNetworkIsTrained) {
  const auto folder = open("a");
  EXPECT_TRUE(may_change({"method.simulations", "100", "200"}, folder, 2));
  EXPECT_FALSE(may_change({"method.simulations", "100", "99"}, folder, 2));
  EXPECT_TRUE(may_change({"method.first_round", "0", "50"}, folder, 2));
  commit("rounds/001/network.h5");
  EXPECT_TRUE(may_change({"method.simulations", "100", "200"}, folder, 2));
  EXPECT_FALSE(may_change({"method.first_round", "0", "50"}, folder, 2));
  commit("rounds/002/network.h5");
  EXPECT_FALSE(may_change({"method.simulations", "100", "200"}, folder, 2));
}

TEST_F(Reconfiguration, AKeyMayChangeUntilItsLastStepIsCommitted) {
  const auto folder = open("a");
  const KeyDifference epsilon{"truncation.epsilon", "0.01", "0.001"};
  const KeyDifference rate{"training.learning_rate", "0.001", "0.0001"};
  const KeyDifference acceptance{"sampler.min_acceptance", "0.01", "0.001"};
  EXPECT_TRUE(may_change(epsilon, folder, 2));
  commit("rounds/002/proposal.h5");
  EXPECT_FALSE(may_change(epsilon, folder, 2));
  EXPECT_TRUE(may_change(rate, folder, 2));
  commit("rounds/002/network.h5");
  EXPECT_FALSE(may_change(rate, folder, 2));
  EXPECT_TRUE(may_change(acceptance, folder, 2));
  commit("posterior.h5");
  EXPECT_FALSE(may_change(acceptance, folder, 2));
}

TEST_F(Reconfiguration, KeysThatDecideNoNumberMayChangeInAFinishedCampaign) {
  const auto folder = open("a");
  for (const char* step : {"rounds/001/network.h5", "rounds/002/network.h5", "posterior.h5"}) commit(step);
  for (const char* key :
       {"training.memory", "training.checkpoint_seconds", "training.device", "simulator.failure_budget",
        "simulator.time_limit", "simulator.start_limit", "simulator.retries", "posterior.samples"})
    EXPECT_TRUE(may_change({key, "2", "1"}, folder, 2)) << key;
  for (const char* key : {"method.simulations", "method.rounds", "training.learning_rate", "model.width"})
    EXPECT_FALSE(may_change({key, "1", "2"}, folder, 3)) << key;
}

TEST_F(Reconfiguration, TheSimulatorMayLieElsewhereAtAnyTime) {
  const auto folder = open("a");
  commit("posterior.h5");
  EXPECT_TRUE(may_change({"simulator.folder", "absent", "'../work'"}, folder, 2));
  EXPECT_TRUE(may_change({"simulator.files", "absent", "[ 'sim.py' ]"}, folder, 2));
  EXPECT_TRUE(may_change(
      {"simulator.command", "[ 'python3', '/a/b/sim.py' ]", "[ '/bin/python3', 'sim.py' ]"}, folder, 2));
  EXPECT_FALSE(
      may_change({"simulator.command", "[ 'python3', 'sim.py' ]", "[ 'python3', 'other.py' ]"}, folder, 2));
  EXPECT_FALSE(may_change({"simulator.command", "[ 'python3', 'sim.py' ]", "absent"}, folder, 2));
  EXPECT_TRUE(may_change({"prior.library", "'/a/prior.so'", "'../prior.so'"}, folder, 2));
}

TEST_F(Reconfiguration, WhatMayChangeIsFrozenAnewAndWhatMayNotIsRefused) {
  open("a");
  const auto changed = open("b", {{"training.learning_rate", "0.001", "0.0001"}});
  EXPECT_EQ(read_whole(folder_ / "campaign.toml"), "b");
  EXPECT_EQ(changed.configuration(), "b");
  ASSERT_EQ(changed.changes().size(), 1U);
  EXPECT_EQ(changed.changes()[0].text(), "training.learning_rate: 0.001, now 0.0001");
  expect_error(ExitCode::config, "another configuration:\n  model.width: 32, now 64\nUndo", [&] {
    open("c", {{"model.width", "32", "64"}, {"training.learning_rate", "0.0001", "0.1"}});
  });
  expect_error(ExitCode::config, "another configuration:\n  line 3 is no TOML\nUndo", [&] {
    open("c", {{"line 3 is no TOML", "", ""}});
  });
  EXPECT_EQ(read_whole(folder_ / "campaign.toml"), "b");
  // Comments and the order of keys may differ.
  EXPECT_EQ(open("c").configuration(), "b");
}

TEST_F(Reconfiguration, ATrainingUnderWayBeginsAnew) {
  open("a");
  commit("rounds/001/checkpoint.h5");
  open("a");
  EXPECT_TRUE(std::filesystem::exists(folder_ / "rounds/001/checkpoint.h5"));
  open("b", {{"training.memory", "4.0", "1.0"}, {"posterior.samples", "100", "200"}});
  EXPECT_TRUE(std::filesystem::exists(folder_ / "rounds/001/checkpoint.h5"));
  open("c", {{"training.learning_rate", "0.001", "0.0001"}});
  EXPECT_FALSE(std::filesystem::exists(folder_ / "rounds/001/checkpoint.h5"));
}

}  // namespace
}  // namespace snpse
