#include "config/config_file.hpp"

#include <cmath>
#include <fstream>
#include <limits>

#include "support/scratch_folder.hpp"

namespace snpse {
namespace {

using ConfigFile = ScratchFolder;

constexpr const char* kTwoMoons = R"([campaign]
seed = 7
[simulator]
task = "two_moons"
[observation]
x = [-0.6, 0.16]
)";

constexpr const char* kEpidemic = R"([simulator]
command = ["python3", "sim.py", "--fast"]
[[parameter]]
name = "beta"
prior = { type = "lognormal", location = -0.9, scale = 0.5 }
[[parameter]]
name = "gamma"
prior = { type = "truncated_normal", mean = 0.1, standard_deviation = 1, low = 0, high = inf }
[observation]
x = [1, 2, 3]
)";

Config parsed_config(const std::string& text) {
  return parse_config(text, "c.toml", "/base");
}

/// The message of the error that the text gives.
std::string message_of(const std::string& text, ExitCode code = ExitCode::config) {
  try {
    parsed_config(text);
  } catch (const Error& error) {
    EXPECT_EQ(static_cast<int>(error.code()), static_cast<int>(code)) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "no error in\n" << text;
  return "";
}

void expect_message(const std::string& text, const std::string& part, ExitCode code = ExitCode::config) {
  const std::string message = message_of(text, code);
  EXPECT_NE(message.find(part), std::string::npos) << message;
}

TEST_F(ConfigFile, FillsInDefaultsAndPresets) {
  const Config config = parsed_config(kTwoMoons);
  EXPECT_EQ(config.seed, 7U);
  EXPECT_EQ(config.simulator.task, "two_moons");
  EXPECT_EQ(config.observation.x, (std::vector<double>{-0.6, 0.16}));
  EXPECT_EQ(config.training.batch, TrainingOptions{}.batch);

  Config paper;
  paper.method.preset = "paper";
  apply_preset(paper);
  const Config read =
      parsed_config(std::string(kTwoMoons) + "[method]\npreset = \"paper\"\n[training]\nwarmup = 3\n");
  EXPECT_EQ(read.training.patience, paper.training.patience);
  EXPECT_EQ(read.model.space, paper.model.space);
  EXPECT_EQ(read.training.warmup, 3);
}

/// The configuration of a task by the published protocol.
Config paper_config(const std::string& task, const std::string& method, int simulations) {
  const std::string x = task == "sir" ? "[0, 0, 0, 0, 0, 0, 0, 0, 0, 0]" : "[0, 0]";
  return parsed_config(
      fmt::format("[simulator]\ntask = \"{}\"\n[observation]\nx = {}\n[method]\nname = \"{}\"\n"
                  "preset = \"paper\"\nsimulations = {}\n",
                  task, x, method, simulations));
}

TEST_F(ConfigFile, ThePublishedProtocolDependsOnBudgetMethodAndTask) {
  // Batches of appendix E.3.2, by the budget of the campaign and not of a round; iterations of the authors'
  // code.
  const auto batch = [](const std::string& method, int simulations) {
    return paper_config("two_moons", method, simulations).training.batch;
  };
  EXPECT_EQ(batch("npse", 1000), 50);
  EXPECT_EQ(batch("npse", 10000), 50);
  EXPECT_EQ(batch("tsnpse", 10000), 200);
  EXPECT_EQ(batch("npse", 100000), 500);
  EXPECT_EQ(batch("tsnpse", 100000), 500);
  EXPECT_EQ(paper_config("two_moons", "npse", 1000).training.iteration, 10);
  EXPECT_EQ(paper_config("two_moons", "npse", 10000).training.iteration, 5);
  EXPECT_EQ(paper_config("two_moons", "npse", 100000).training.iteration, 1);
  EXPECT_EQ(paper_config("two_moons", "tsnpse", 1000).method.rounds, 10);
  EXPECT_EQ(paper_config("two_moons", "snpse_a", 1000).method.rounds, 2);
  EXPECT_EQ(paper_config("two_moons", "npse", 1000).model.sigma_min, 0.01);
  EXPECT_EQ(paper_config("sir", "npse", 1000).model.sigma_min, 0.01);
  EXPECT_EQ(paper_config("gaussian_mixture", "npse", 1000).model.sigma_min, 0.05);
}

TEST_F(ConfigFile, ReadsPriorsOfOwnSimulators) {
  const Config config = parsed_config(kEpidemic);
  ASSERT_EQ(config.parameters.size(), 2U);
  EXPECT_EQ(config.parameters[0].name, "beta");
  EXPECT_EQ(config.parameters[0].prior, "lognormal");
  EXPECT_EQ(config.parameters[0].location, -0.9);
  EXPECT_EQ(config.parameters[1].standard_deviation, 1);
  EXPECT_EQ(config.parameters[1].high, std::numeric_limits<double>::infinity());
}

TEST_F(ConfigFile, WritesWhatItReads) {
  const std::string correlated = R"([simulator]
library = "libsim.so"
[[parameter]]
name = "a \"quoted\" name"
[[parameter]]
name = "ß"
[prior]
type = "multivariate_normal"
mean = [0.1, 1e-300]
covariance = [[2, 0.3333333333333333], [0.3333333333333333, 1]]
[observation]
x = [0.1, 1e22, -3]
[method]
preset = "paper"
[model]
sigma_max = 7.000000000000001
)";
  const std::string mixture = R"(
[simulator]
command = ["true"]
[[parameter]]
name = "a"
prior = { type = "normal_mixture", weights = [1, 3], means = [-3, 2.5], standard_deviations = [0.5, 1] }
[observation]
x = [0.1]
)";
  const std::string by_library = R"(
[simulator]
command = ["true"]
[[parameter]]
name = "a"
[prior]
type = "library"
library = "prior.so"
[observation]
x = [0.1]
)";
  for (const std::string& text :
       {std::string(kTwoMoons), std::string(kEpidemic), correlated, mixture, by_library}) {
    const Config first = parsed_config(text);
    const std::string written = to_toml(first);
    const Config second = parse_config(written, "frozen", "/elsewhere");
    EXPECT_EQ(to_toml(second), written);
    EXPECT_EQ(second.observation.x, first.observation.x);
    EXPECT_EQ(second.simulator.command, first.simulator.command);
    EXPECT_EQ(second.simulator.library, first.simulator.library);
    EXPECT_EQ(second.correlated_prior.covariance, first.correlated_prior.covariance);
    EXPECT_EQ(second.prior_library, first.prior_library);
    EXPECT_EQ(second.model.sigma_max, first.model.sigma_max);
    ASSERT_EQ(second.parameters.size(), first.parameters.size());
    for (std::size_t i = 0; i < first.parameters.size(); ++i)
      EXPECT_EQ(second.parameters[i].name, first.parameters[i].name);
    for (std::size_t i = 0; i < first.parameters.size(); ++i)
      EXPECT_EQ(second.parameters[i].means, first.parameters[i].means);
    EXPECT_TRUE(describe_difference(written, to_toml(second)).empty());
  }
}

TEST_F(ConfigFile, PathsAreRelativeToTheFile) {
  std::ofstream(folder_ / "sim.py") << "";
  std::ofstream(folder_ / "x.csv") << "a,b,c\n1,2,3\n";
  std::ofstream(folder_ / "c.toml") << R"([simulator]
command = ["python3", "sim.py"]
[[parameter]]
name = "a"
prior = { type = "uniform", low = 0, high = 1 }
[observation]
file = "x.csv"
)";
  const Config config = load_config(folder_ / "c.toml");
  EXPECT_EQ(config.simulator.command, (std::vector<std::string>{"python3", (folder_ / "sim.py").string()}));
  EXPECT_EQ(config.observation.x, (std::vector<double>{1, 2, 3}));
  EXPECT_NE(to_toml(config).find("x = [1.0, 2.0, 3.0]"), std::string::npos);
  EXPECT_EQ(parsed_config(
                "[simulator]\nlibrary = \"sub/../libsim.so\"\n[[parameter]]\nname = \"a\"\n"
                "prior = { type = \"normal\", mean = 0, standard_deviation = 1 }\n[observation]\nx = [1]\n")
                .simulator.library,
            "/base/libsim.so");
}

TEST_F(ConfigFile, ListsAllErrorsInOrderWithTheirLines) {
  EXPECT_EQ(
      message_of(R"([simulator]
tsak = "two_moons"
[observation]
x = [1, nan]
[metod]
[training]
batch = 1.5
learning_rate = 0
cooldown = "no"
[sampler]
kind = "adam"
)"),
      "'c.toml' has 8 errors:\n"
      "  1. c.toml:1: [simulator] is missing, or has none of task, command, run, library, url and in_process; "
      "give one\n"
      "  2. c.toml:2: simulator.tsak is unknown; did you mean simulator.task?\n"
      "  3. c.toml:4: observation.x[1] is nan, which is not finite: give a number, or set invalid.policy = "
      "\"replace\", with which nan is a value that is not defined\n"
      "  4. c.toml:5: metod is unknown; did you mean method?\n"
      "  5. c.toml:7: training.batch = 1.5 must be a whole number\n"
      "  6. c.toml:8: training.learning_rate = 0 must be above 0\n"
      "  7. c.toml:9: training.cooldown must be a number, not of type string\n"
      "  8. c.toml:11: sampler.kind = \"adam\" is unknown; did you mean \"adams\"? (one of: adams, dopri5, "
      "sde)");
}

TEST_F(ConfigFile, WholeNumbersMayHaveAnExponent) {
  const std::string moons = "[simulator]\ntask = \"two_moons\"\n[observation]\nx = [0, 0]\n[method]\n";
  EXPECT_EQ(parse_config(moons + "simulations = 4e3\n", "c.toml", "/base").method.simulations, 4000);
  expect_message(moons + "simulations = 1e300\n", "method.simulations = 1e+300 must be a whole number");
  expect_message(moons + "simulations = inf\n", "method.simulations = inf must be a whole number");
  expect_message(moons + "simulations = \"4e3\"\n", "must be a whole number, not of type string");
}

TEST_F(ConfigFile, SyntaxErrorsHaveLineAndColumn) {
  expect_message("[campaign]\nseed = = 1\n", "c.toml:2:8: ");
}

TEST_F(ConfigFile, ChecksCombinations) {
  const std::string moons = kTwoMoons;
  const std::string epidemic = kEpidemic;
  expect_message("[simulator]\ntask = \"two_moons\"\nlibrary = \"a.so\"\n[observation]\nx = [1, 2]",
                 "2 of task, command, run, library, url and in_process");
  expect_message("[simulator]\ntask = \"two_moon\"\n[observation]\nx = [1, 2]",
                 "did you mean \"two_moons\"?");
  expect_message("[simulator]\ntask = \"two_moons\"",
                 "[observation] is missing, or has neither x = [...] nor file");
  expect_message("[simulator]\ntask = \"two_moons\"\n[observation]\nx = [1]",
                 "has 1 values, but an x of task 'two_moons' has 2");
  expect_message("[simulator]\ntask = \"two_moons\"\n[observation]\nx = []", "observation.x is empty");
  expect_message(moons + "[[parameter]]\nname = \"a\"\n", "a task has its own parameters");
  expect_message("[simulator]\nin_process = true\n[observation]\nx = [1]", "needs [[parameter]] sections");
  expect_message("[simulator]\nin_process = 1\n[observation]\nx = [1]", "in_process must be true or false");
  expect_message("[simulator]\nlibrary = \"a.so\"\n[observation]\nx = [1]", "needs [[parameter]] sections");
  expect_message(moons + "[method]\nrounds = 10\nsimulations = 9\n", "must be at least method.rounds = 10");
  expect_message(moons + "[method]\nrounds = 2\nsimulations = 9\nfirst_round = 9\n", "leaves no simulations");
  expect_message(moons + "[model]\nsigma_min = 20\n", "must be below model.sigma_max = 15");
  expect_message(moons + "[model]\nbeta_min = 20\n", "must be below model.beta_max = 11");
  expect_message(moons + "[model]\nsummary = \"series\"\nsummary_parts = 3\n",
                 "summary_parts = 3 does not divide the 2 values");
  expect_message(moons + "[model]\nsummary = \"rows\"\n", "needs model.summary_parts");
  expect_message(moons + "[method]\npreset = \"papers\"\n", "did you mean \"paper\"?");
  EXPECT_NO_THROW(parsed_config(moons + "[method]\nname = \"npse\"\nrounds = 10\nsimulations = 9\n"));
}

TEST_F(ConfigFile, ChecksPriors) {
  const auto with_prior = [](const std::string& lines) {
    return "[simulator]\nlibrary = \"a.so\"\n[observation]\nx = [1]\n" + lines;
  };
  const auto uniform = [&](const std::string& prior) {
    return with_prior("[[parameter]]\nname = \"a\"\nprior = " + prior);
  };
  const std::string good = "[[parameter]]\nname = \"a\"\nprior = { type = \"uniform\", low = 0, high = 1 }\n";
  expect_message(uniform("{ type = \"unform\", low = 0 }"), "did you mean \"uniform\"?");
  expect_message(uniform("{ low = 0 }"), "has no type");
  expect_message(uniform("\"uniform\""), "must be a table such as");
  expect_message(uniform("{ type = \"uniform\", low = 0 }"), "lacks high");
  expect_message(uniform("{ type = \"uniform\", low = 0, high = 1, hihg = 2 }"), "hihg is unknown");
  expect_message(uniform("{ type = \"uniform\", low = 1, high = 1 }"), "low = 1 must be below high = 1");
  expect_message(uniform("{ type = \"uniform\", low = 1, high = inf }"),
                 "high = inf must be a finite number");
  expect_message(uniform("{ type = \"normal\", mean = 1, standard_deviation = 0 }"), "must be above 0");
  const auto mixture = [&](const std::string& rest) {
    return uniform("{ type = \"normal_mixture\", weights = [1, 2], means = [0, 1], " + rest + " }");
  };
  expect_message(mixture("standard_deviations = [1]"),
                 "standard_deviations has 1 entries, but weights has 2");
  expect_message(mixture("standard_deviations = [1, 0]"), "must be above 0");
  expect_message(mixture("deviations = [1, 1]"), "lacks standard_deviations");
  expect_message(with_prior("[[parameter]]\nname = \"a\"\n"), "parameter 'a' has no prior");
  expect_message(with_prior("[[parameter]]\nprior = { type = \"uniform\", low = 0, high = 1 }\n"),
                 "has no name");
  expect_message(with_prior(good + good), "two parameters 'a'");
  expect_message(
      with_prior(good + "[prior]\ntype = \"multivariate_normal\"\nmean = [0]\ncovariance = [[1]]\n"),
      "has a prior of its own");
}

TEST_F(ConfigFile, ChecksCorrelatedPriors) {
  const auto with = [](const std::string& prior) {
    return "[simulator]\nlibrary = \"a.so\"\n[observation]\nx = [1]\n[[parameter]]\nname = \"a\"\n"
           "[[parameter]]\nname = \"b\"\n[prior]\n" +
           prior;
  };
  expect_message(with("type = \"multivariate\""), "did you mean \"multivariate_normal\"?");
  expect_message(with("type = \"multivariate_normal\""), "needs mean");
  expect_message(with("type = \"multivariate_normal\"\nmean = [0]\ncovariance = [[1]]"), "2 entries");
  expect_message(with("type = \"multivariate_normal\"\nmean = [0, 0]\ncovariance = [[1, 2], [2, 1]]"),
                 "prior.covariance");
}

TEST_F(ConfigFile, AnObservationFilesErrorsHaveTheirOwnCodes) {
  const auto with_file = [&](const char* name) {
    return "[simulator]\ntask = \"two_moons\"\n[observation]\nfile = \"" + (folder_ / name).string() + "\"\n";
  };
  std::ofstream(folder_ / "nan.csv") << "nan,1\n";
  std::ofstream(folder_ / "table.csv") << "1,2\n3,4\n";
  std::ofstream(folder_ / "long.csv") << "1\n2\n3\n";
  std::ofstream(folder_ / "good.csv") << "1\n2\n";
  EXPECT_EQ(parsed_config(with_file("good.csv")).observation.x, (std::vector<double>{1, 2}));
  message_of(with_file("absent.csv"), ExitCode::missing_input);
  message_of(with_file("nan.csv"), ExitCode::data);
  message_of(with_file("table.csv"), ExitCode::data);
  message_of(with_file("long.csv"), ExitCode::data);
  message_of(with_file("good.csv") + "x = [1, 2]\n", ExitCode::config);
  message_of(with_file("absent.csv") + "y = 1\n", ExitCode::config);
  expect_error(ExitCode::missing_input, "absent.toml", [&] { load_config(folder_ / "absent.toml"); });
}

TEST_F(ConfigFile, TakesSeveralObservations) {
  const std::string start = "[simulator]\ntask = \"two_moons\"\n[method]\nname = \"npse\"\n[observation]\n";
  const auto in_place = parsed_config(start + "x = [1, 2, 3, 4, 5, 6]\nrows = 3\n");
  EXPECT_EQ(in_place.observation.rows, 3);
  EXPECT_EQ(parsed_config(to_toml(in_place)).observation.rows, 3);
  std::ofstream(folder_ / "table.csv") << "1,2\n3,4\n";
  const auto file = "file = \"" + (folder_ / "table.csv").string() + "\"\n";
  EXPECT_EQ(parsed_config(start + file).observation.rows, 2);
  EXPECT_EQ(parsed_config(start + file).observation.x, (std::vector<double>{1, 2, 3, 4}));
  expect_message(start + file + "rows = 3\n", "observation.rows = 3, but observation.file holds 2");
  expect_message(start + "x = [1, 2, 3]\nrows = 2\n", "the 3 values of the observation are not 2 rows");
  expect_message(start + "x = [1, 2, 3, 4]\n",
                 "the observation has 4 values, but an x of task 'two_moons' has 2");
  expect_message("[simulator]\ntask = \"two_moons\"\n[observation]\nx = [1, 2, 3, 4]\nrows = 2\n",
                 "2 observations together need method.name");
  expect_message("[simulator]\ntask = \"two_moons\"\n[observation]\n" + file,
                 "each line of observation.file is an observation", ExitCode::data);
}

TEST_F(ConfigFile, AColumnIsOneObservationOrSeveralOfOneValue) {
  std::ofstream(folder_ / "column.csv") << "1\n2\n3\n";
  const auto own = [&](const char* method, const std::string& rows) {
    return "[simulator]\nlibrary = \"a.so\"\n[[parameter]]\nname = \"a\"\nprior = { type = \"normal\", mean "
           "= 0, "
           "standard_deviation = 1 }\n[method]\nname = \"" +
           std::string(method) + "\"\n[observation]\nfile = \"" + (folder_ / "column.csv").string() + "\"\n" +
           rows;
  };
  // How many values x has is not known: where several observations could be meant, the file must say.
  expect_message(own("npse", ""), "set observation.rows = 1 for one observation of 3 values", ExitCode::data);
  EXPECT_EQ(parsed_config(own("npse", "rows = 3\n")).observation.rows, 3);
  EXPECT_EQ(parsed_config(own("npse", "rows = 1\n")).observation.rows, 1);
  EXPECT_EQ(parsed_config(own("tsnpse", "")).observation.rows, 1);
  expect_message(own("npse", "rows = 2\n"), "observation.rows = 2, but observation.file holds 3");
}

TEST_F(ConfigFile, AnotherObservationHasAsManyValuesAsTheOneThatItReplaces) {
  std::ofstream(folder_ / "column.csv") << "1\n2\n3\n";
  const auto rows_of = [&](const char* x) {
    std::ofstream(folder_ / "c.toml")
        << "[simulator]\nlibrary = \"a.so\"\n[[parameter]]\nname = \"a\"\nprior = { type = \"normal\", mean "
           "= 0, "
           "standard_deviation = 1 }\n[method]\nname = \"npse\"\n[observation]\nx = "
        << x << "\n";
    return load_config(folder_ / "c.toml", folder_ / "column.csv").observation.rows;
  };
  EXPECT_EQ(rows_of("[7]"), 3);
  EXPECT_EQ(rows_of("[7, 8, 9]"), 1);
}

TEST_F(ConfigFile, TakesSingleSettings) {
  const auto config = parsed_config(kTwoMoons);
  const auto other = with_settings(config, {"training.batch=128", "model.process = \"vp\"",
                                            "model.space=standardised", "sampler.kind = dopri5"});
  EXPECT_EQ(other.training.batch, 128);
  EXPECT_EQ(other.model.process, Process::vp);
  EXPECT_EQ(other.model.space, Space::standardised);
  EXPECT_EQ(other.sampler.kind, SamplerKind::dopri5);
  EXPECT_EQ(describe_difference(to_toml(config), to_toml(other)).size(), 4U);
  const auto expect_refused = [&](const std::string& setting, const std::string& part) {
    expect_error(ExitCode::config, part, [&] { with_settings(config, {setting}); });
  };
  expect_refused("training.bach=128", "did you mean training.batch");
  expect_refused("training.batch=-1", "training.batch");
  expect_refused("trainig.batch=128", "section.key=value");
  expect_refused("training=128", "section.key=value");
  expect_refused("training.batch", "training.batch");
}

}  // namespace
}  // namespace snpse
