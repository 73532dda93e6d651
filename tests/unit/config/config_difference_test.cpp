#include "config/config_difference.hpp"

#include <gtest/gtest.h>

#include "config/config_file.hpp"

namespace snpse {
namespace {

TEST(ConfigDifference, DescribesWhatChanged) {
  const Config frozen = parse_config(R"([simulator]
command = ["python3", "sim.py", "--fast"]
[[parameter]]
name = "beta"
prior = { type = "lognormal", location = -0.9, scale = 0.5 }
[observation]
x = [1, 2, 3]
)",
                                     "c.toml", "/base");
  Config changed = frozen;
  changed.training.batch = 128;
  changed.training.learning_rate = 0.0010000000000000011;
  changed.parameters[0].scale = 0.25;
  changed.simulator.command.clear();
  changed.simulator.library = "/a.so";
  const auto differences = describe_difference(to_toml(frozen), to_toml(changed));
  EXPECT_EQ(differences, (std::vector<std::string>{
                             "parameter.beta.prior.scale: 0.5, now 0.25",
                             "simulator.batch: 1, now absent",
                             "simulator.command: ['python3', 'sim.py', '--fast'], now absent",
                             "simulator.library: absent, now '/a.so'",
                             "training.batch: 256, now 128",
                             "training.learning_rate: 0.001, now 0.001000000000000001",
                         }));
}

TEST(ConfigDifference, GivesAKeyThatAnOlderVersionDidNotHaveItsDefault) {
  const Config config =
      parse_config("[simulator]\ntask = \"two_moons\"\n[observation]\nx = [-0.6, 0.16]\n", "c.toml", "/base");
  const std::string now = to_toml(config);
  const auto begin = now.find("smoothing");
  ASSERT_NE(begin, std::string::npos);
  const std::string older = now.substr(0, begin) + now.substr(now.find('\n', begin) + 1);
  EXPECT_TRUE(describe_difference(older, now).empty());
  Config changed = config;
  changed.training.smoothing = 1;
  EXPECT_EQ(describe_difference(older, to_toml(changed)),
            (std::vector<std::string>{"training.smoothing: absent, now 1"}));
}

}  // namespace
}  // namespace snpse
