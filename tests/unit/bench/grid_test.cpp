#include <cmath>
#include <set>

#include "bench/grid_cell.hpp"
#include "bench/grid_file.hpp"
#include "bench/grid_table.hpp"
#include "storage/durable_file.hpp"
#include "storage/record_file.hpp"
#include "support/scratch_folder.hpp"

namespace snpse {
namespace {

constexpr const char* kGrid = R"(tasks = ["two_moons", "slcp"]
methods = ["npse", "tsnpse"]
simulations = [100, 1000]
observations = [1, 2, 3]
seeds = [1, 2]
[[observation]]
task = "slcp"
file = "slcp_7.csv"
reference = "exact.csv"
[set.training]
max_steps = 20
[set]
model.space = "standardised"
)";

Grid parsed_grid(const std::string& text) {
  return parse_grid(text, "g.toml", "/base");
}

/// The grid with some text in another's place is refused, and the message holds part.
void expect_refused(const std::string& part, const std::string& old_text, const std::string& new_text) {
  std::string text = kGrid;
  const auto place = text.find(old_text);
  ASSERT_NE(place, std::string::npos) << old_text;
  expect_error(ExitCode::config, part, [&] { parsed_grid(text.replace(place, old_text.size(), new_text)); });
}

TEST(GridFile, IsReadWithDefaults) {
  const auto grid = parsed_grid(kGrid);
  EXPECT_EQ(grid.tasks, (std::vector<std::string>{"two_moons", "slcp"}));
  EXPECT_EQ(grid.processes, (std::vector<std::string>{"ve"}));
  EXPECT_EQ(grid.simulations, (std::vector<std::int64_t>{100, 1000}));
  EXPECT_EQ(grid.preset, "default");
  ASSERT_EQ(grid.observation_files.size(), 1U);
  EXPECT_EQ(grid.observation_files[0].file, "/base/slcp_7.csv");
  EXPECT_EQ(grid.settings,
            (std::vector<std::string>{"model.space = 'standardised'", "training.max_steps = 20"}));
}

TEST(GridFile, MistakesNameTheNearestAndTheirLine) {
  expect_refused("g.toml:2: metods is unknown; did you mean methods?", "methods", "metods");
  expect_refused("tasks[1] = \"slpc\" is unknown; did you mean \"slcp\"?", "\"slcp\"]", "\"slpc\"]");
  expect_refused("set.training.max_step is unknown; did you mean set.training.max_steps?", "max_steps",
                 "max_step");
  expect_refused("set.trainin is unknown; did you mean set.training?", "[set.training]", "[set.trainin]");
  expect_refused("simulations[1] = 0 must be at least 1", "1000", "0");
  expect_refused("observations has 2 twice", "[1, 2, 3]", "[1, 2, 2]");
  expect_refused("observation.fil is unknown; did you mean observation.file?", "file = ", "fil = ");
  expect_refused("seeds must be a list", "[1, 2]\n[[", "[]\n[[");
}

TEST(GridFile, EveryTaskNeedsObservationsAndSomethingToCompareWith) {
  expect_refused("'two_moons' has no observation", "observations = [1, 2, 3]\n", "");
  expect_refused("'pyloric' has no exact posterior", "\"two_moons\"", "\"pyloric\"");
  expect_refused("are called 2; rename a file", "slcp_7.csv", "2.csv");
}

TEST(GridFile, SettingsMayNotTouchWhatTheGridDecides) {
  expect_refused("set.method.simulations is unknown", "[set]", "[set]\nmethod.simulations = 7");
  expect_refused("set.campaign is unknown", "[set]", "[set]\ncampaign.seed = 7");
}

// two_moons has 3 observations, slcp 4; each with 2 budgets, 2 methods and 2 seeds.
TEST(Cells, AreAllCombinationsAndShareAnAmortisedNetwork) {
  const auto cells = cells_of(parsed_grid(kGrid));
  EXPECT_EQ(cells.size(), 7U * 8U);
  std::set<std::string> names;
  std::set<std::string> campaigns;
  for (const auto& cell : cells) {
    names.insert(cell.name());
    campaigns.insert(cell.campaign());
  }
  EXPECT_EQ(names.size(), cells.size());
  EXPECT_EQ(campaigns.size(), 2U * 4U + 7U * 4U);  // npse: by task, budget and seed
  EXPECT_EQ(cells[0].name(), "two_moons-npse-ve-100-seed1-1");
  EXPECT_EQ(cells[0].campaign(), cells[1].campaign());
  EXPECT_EQ(cells.back().name(), "slcp-tsnpse-ve-1000-seed2-slcp_7");
}

Row row_of(int observation, double c2st) {
  return {{"task", "a"}, {"method", "m"},       {"process", "ve"},
          {"seed", 1},   {"simulations", 1000}, {"observation", std::to_string(observation)},
          {"c2st", c2st}};
}

TEST(Table, SummaryHasTheMeanAndItsStandardError) {
  auto failed = row_of(4, 0);
  failed.erase("c2st");
  auto other = row_of(1, 0.9);
  other["simulations"] = 100;
  const auto summary = summarise({row_of(1, 0.5), row_of(2, 0.6), row_of(3, 0.7), failed, other});
  ASSERT_EQ(summary.size(), 2U);
  EXPECT_EQ(summary[0].at("simulations"), 100);
  EXPECT_TRUE(summary[0].at("standard_error").is_null());  // of one value
  EXPECT_EQ(summary[1].at("rows"), 4);
  EXPECT_EQ(summary[1].at("failed"), 1);
  EXPECT_NEAR(summary[1].at("c2st").get<double>(), 0.6, 1e-12);
  // The variance of 0.5, 0.6, 0.7 is 0.01.
  EXPECT_NEAR(summary[1].at("standard_error").get<double>(), 0.1 / std::sqrt(3.0), 1e-12);
}

using TableFile = ScratchFolder;

TEST_F(TableFile, IsWrittenInOrderAndWithGaps) {
  auto failed = row_of(1, 0);
  failed.erase("c2st");
  failed["error"] = "too few, alas";
  write_table(folder_, "rounds = 0", {row_of(2, 0.75), failed});
  EXPECT_EQ(
      read_whole(folder_ / "table.csv"),
      "task,method,process,preset,simulations,rounds,seed,observation,ranks,program,c2st,seconds_propose,"
      "seconds_simulate,seconds_train,seconds_infer,acceptance,effective_share,leakage,error\n"
      "a,m,ve,,1000,,1,1,,,,,,,,,,,\"too few, alas\"\n"
      "a,m,ve,,1000,,1,2,,,0.75,,,,,,,,\n");
  const auto record = read_record(folder_ / "table.h5", "table");
  EXPECT_EQ(record.get<std::vector<std::string>>("observation"), (std::vector<std::string>{"1", "2"}));
  EXPECT_TRUE(std::isnan(record.get<std::vector<double>>("c2st")[0]));
  EXPECT_EQ(record.get<std::vector<double>>("c2st")[1], 0.75);
}

}  // namespace
}  // namespace snpse
