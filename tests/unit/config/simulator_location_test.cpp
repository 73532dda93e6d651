#include "config/simulator_location.hpp"

#include <fstream>

#include <gtest/gtest.h>

#include "config/config_file.hpp"
#include "support/scratch_folder.hpp"

namespace snpse {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

/// A configuration whose simulator lies in /work.
Config config_in_work() {
  Config config;
  config.simulator.folder = "/work";
  config.simulator.command = {"python3", "/work/sim.py", "/work/data/table.csv", "/usr/share/other",
                              "--fast"};
  config.prior_library = "/work/lib/prior.so";
  return config;
}

TEST(SimulatorLocation, MovesWhatLiesInTheFolder) {
  auto config = config_in_work();
  move_simulator(config, "/moved/");
  EXPECT_EQ(config.simulator.folder, "/moved");
  EXPECT_EQ(config.simulator.command,
            (Words{"python3", "/moved/sim.py", "/moved/data/table.csv", "/usr/share/other", "--fast"}));
  EXPECT_EQ(config.prior_library, "/moved/lib/prior.so");
}

TEST(SimulatorLocation, MovesTheListedFilesAlone) {
  auto config = config_in_work();
  config.simulator.files = {"sim.py", "lib/"};
  move_simulator_files(config, "/moved");
  EXPECT_EQ(config.simulator.folder, "/moved");
  EXPECT_EQ(config.simulator.command,
            (Words{"python3", "/moved/sim.py", "/work/data/table.csv", "/usr/share/other", "--fast"}));
  EXPECT_EQ(config.prior_library, "/moved/lib/prior.so");
}

TEST(SimulatorLocation, NamesThePathsByAnotherFolder) {
  const auto relative = relative_to(config_in_work(), "/work/results");
  EXPECT_EQ(relative.simulator.folder, "..");
  EXPECT_EQ(relative.simulator.command,
            (Words{"python3", "sim.py", "data/table.csv", "/usr/share/other", "--fast"}));
  EXPECT_EQ(relative.prior_library, "../lib/prior.so");
}

class FrozenSimulator : public ScratchFolder {};

TEST_F(FrozenSimulator, MovesWithItsFolder) {
  const char* text = R"(
[simulator]
command = ["python3", "sim.py"]
[[parameter]]
name = "a"
prior = { type = "uniform", low = 0.0, high = 1.0 }
[observation]
x = [1.0]
)";
  const auto written_in = [&](const fs::path& folder) {
    fs::create_directories(folder);
    std::ofstream(folder / "sim.py") << "pass\n";
    return to_toml(relative_to(parse_config(text, "c.toml", folder), folder / "results"));
  };
  const auto here = folder_ / "here";
  const auto there = folder_ / "there";
  const auto frozen = written_in(here);
  EXPECT_EQ(written_in(there), frozen);
  const auto config = parse_config(frozen, "frozen", there / "results");
  EXPECT_EQ(config.simulator.folder, there.string());
  EXPECT_EQ(config.simulator.command, (Words{"python3", (there / "sim.py").string()}));
  EXPECT_EQ(to_toml(relative_to(config, there / "results")), frozen);
}

}  // namespace
}  // namespace snpse
