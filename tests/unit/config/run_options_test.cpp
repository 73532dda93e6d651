#include <fstream>

#include "config/config_file.hpp"
#include "config/simulator_location.hpp"
#include "support/scratch_folder.hpp"

namespace snpse {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

class RunOptionsTest : public ScratchFolder {
 protected:
  Config config_with(const std::string& keys) const {
    return parse_config("[simulator]\n" + keys + R"(
[[parameter]]
name = "rate"
prior = { type = "uniform", low = 0, high = 1 }
[observation]
x = [1, 2]
)",
                        "c.toml", folder_);
  }
  OutputOptions output_of(const std::string& keys) const {
    return *config_with("run = [\"p\"]\n" + keys).simulator.run_options.output;
  }
  void expect_refused(const std::string& keys, const std::string& message) const {
    expect_error(ExitCode::config, message, [&] { config_with(keys); });
  }
};

TEST_F(RunOptionsTest, WhatIsNotGivenFollows) {
  EXPECT_TRUE(output_of("").is_printed());
  const auto config = config_with(R"(run = ["p", "--out={output}"])");
  const auto& run = config.simulator.run_options;
  EXPECT_EQ(run.output->file, "{output}");
  EXPECT_EQ(run.workdir, KeptWorkdirs::on_failure);
  EXPECT_EQ(run.ranks, 0);
  EXPECT_EQ(config.simulator.folder, folder_.string());
}

TEST_F(RunOptionsTest, EveryOutputIsWrittenAsItIsRead) {
  for (const auto& [text, output] : std::vector<std::pair<std::string, OutputOptions>>{
           {R"("dakota")", {.format = OutputFormat::dakota, .file = "{output}"}},
           {R"("x.txt")", {.file = "x.txt"}},
           {R"({ stdout = true })", {}},
           {R"({ stdout = true, pointer = "/a" })", {.format = OutputFormat::json, .key = "/a"}},
           {R"({ file = "{output}", columns = [1, 2], skip = 1 })",
            {.file = "{output}", .columns = {1, 2}, .skip = 1}},
           {R"({ file = "out.json", pointer = "/u" })",
            {.format = OutputFormat::json, .file = "out.json", .key = "/u"}},
           {R"({ file = "out.h5", dataset = "/u" })",
            {.format = OutputFormat::hdf5, .file = "out.h5", .key = "/u"}}}) {
    const auto config = config_with("run = [\"p\"]\noutput = " + text);
    EXPECT_EQ(*config.simulator.run_options.output, output) << text;
    const auto again = parse_config(to_toml(config), "c.toml", folder_);
    EXPECT_EQ(*again.simulator.run_options.output, output) << to_toml(config);
    EXPECT_EQ(to_toml(again), to_toml(config));
  }
}

TEST_F(RunOptionsTest, OtherSimulatorsHaveNoKeysOfRun) {
  const auto text = to_toml(config_with("command = [\"p\"]"));
  EXPECT_EQ(text.find("workdir"), std::string::npos);
  EXPECT_NE(text.find("memory_limit"), std::string::npos);
  expect_refused("command = [\"p\"]\nranks = 2", "simulator.ranks is for run alone; remove the key");
  expect_refused("task = \"two_moons\"\nmemory_limit = 1",
                 "simulator.memory_limit is for command, run and library");
  expect_refused("command = [\"p\"]\nrun = [\"p\"]", "simulator has 2 of task, command, run, library");
}

TEST_F(RunOptionsTest, FilesAreFoundBesideTheCampaignFileAndMoveWithIt) {
  for (const char* name : {"heat", "mesh"}) std::ofstream(folder_ / name) << "";
  auto config = config_with(R"(run = ["./heat", "{input}", "mesh"]
template = "heat.in"
link = ["mesh"]
copy = ["/usr/share/dict"])");
  const auto at = [&](const char* name) { return (folder_ / name).string(); };
  EXPECT_EQ(config.simulator.run, (Words{at("heat"), "{input}", at("mesh")}));
  EXPECT_EQ(config.simulator.run_options.template_file, at("heat.in"));
  EXPECT_EQ(config.simulator.run_options.link, Words{at("mesh")});
  EXPECT_EQ(config.simulator.run_options.copy, Words{"/usr/share/dict"});
  const auto relative = relative_to(config, folder_ / "results");
  EXPECT_EQ(relative.simulator.run, (Words{"heat", "{input}", "mesh"}));
  EXPECT_EQ(relative.simulator.run_options.template_file, "../heat.in");
  EXPECT_EQ(relative.simulator.run_options.link, Words{"mesh"});
  const auto again = parse_config(to_toml(relative), "c.toml", folder_ / "results");
  EXPECT_EQ(again.simulator.run, config.simulator.run);
  EXPECT_EQ(again.simulator.run_options.template_file, config.simulator.run_options.template_file);
  EXPECT_EQ(again.simulator.run_options.link, config.simulator.run_options.link);
  move_simulator(config, "/moved");
  EXPECT_EQ(config.simulator.run, (Words{"/moved/heat", "{input}", "/moved/mesh"}));
  EXPECT_EQ(config.simulator.run_options.template_file, "/moved/heat.in");
  EXPECT_EQ(config.simulator.run_options.link, Words{"/moved/mesh"});
}

TEST_F(RunOptionsTest, AParameterIsNoFieldOfRun) {
  const std::string text = R"([simulator]
run = ["p"]
input = "dakota"
[[parameter]]
name = "NAME"
prior = { type = "uniform", low = 0, high = 1 }
[observation]
x = [1]
)";
  for (const auto& [name, message] :
       {std::pair("seed", "a parameter is named 'seed'"), std::pair("my rate", "has a blank in its name")}) {
    auto wrong = text;
    wrong.replace(wrong.find("NAME"), 4, name);
    expect_error(ExitCode::config, message, [&] { parse_config(wrong, "c.toml", folder_); });
  }
}

}  // namespace
}  // namespace snpse
