#include "simulation/executable_simulator.hpp"

#include <chrono>
#include <thread>

#include <signal.h>

#include "process_state.hpp"
#include "run_once.hpp"
#include "script_folder.hpp"

namespace snpse {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
namespace fs = std::filesystem;

/// Programs are shell scripts in the test's folder; work directories are kept in the folder `kept`.
class ExecutableTest : public ScriptFolder {
 protected:
  /// The script gets the words behind it.
  ExecutableOptions options(const std::string& script, const std::vector<std::string>& words = {}) {
    ExecutableOptions result;
    result.command = {"sh", write("script.sh", script)};
    result.command.insert(result.command.end(), words.begin(), words.end());
    result.parameters = {"a", "b"};
    result.x_dim = 2;
    result.workdir.keep_in = folder_ / "kept";
    return result;
  }
  static SimulationOutcome run(const ExecutableOptions& options, std::uint64_t id = 1,
                               const std::vector<double>& theta = {0.5, 2}, std::stop_token cancel = {}) {
    return run_once(*executable_factory(options)(), theta, id, std::move(cancel));
  }
  std::vector<std::string> kept() const {
    std::vector<std::string> names;
    if (fs::exists(folder_ / "kept"))
      for (const auto& entry : fs::directory_iterator(folder_ / "kept"))
        names.push_back(entry.path().filename().string());
    std::ranges::sort(names);
    return names;
  }
};

TEST_F(ExecutableTest, ArgumentsAndStandardOutput) {
  const auto outcome = run(options("echo $1 $2 $3", {"{a:.2f}", "{seed}", "{id}"}), 3);
  ASSERT_EQ(outcome.status, Status::ok) << outcome.message;
  EXPECT_EQ(outcome.x, (std::vector<double>{0.5, static_cast<double>(seed_of(3)), 3}));
}

TEST_F(ExecutableTest, NoShellReadsTheWords) {
  auto echo = options("");
  echo.command = {"printf", "%s", "$HOME; `ls` * '7'"};
  EXPECT_NE(run(echo).message.find("'$HOME;', which is no number"), std::string::npos) << run(echo).message;
}

TEST_F(ExecutableTest, ATemplateIsTheInput) {
  auto files = options("cat $1 > $2", {"{input}", "{output}"});
  files.input = InputFormat::from_template;
  files.template_file = write("model.in", "{b} {a:.1f}\n");
  files.output.file = "{output}";
  EXPECT_EQ(run(files).x, (std::vector<double>{2, 0.5}));
  // A program that is not told the input's name finds it beside itself, and as its standard input.
  files.command = {"sh", "-c", "cat model.in > out.txt; cat >> out.txt"};
  files.output.file = "out.txt";
  EXPECT_EQ(run(files).x, (std::vector<double>{2, 0.5, 2, 0.5}));
}

TEST_F(ExecutableTest, FilesOfDakota) {
  for (const auto format : {InputFormat::dakota, InputFormat::aprepro, InputFormat::json}) {
    auto dakota = options("grep -c seed $1 > $2; echo '4 label' >> $2", {"{input}", "{output}"});
    dakota.input = format;
    dakota.output = {.format = OutputFormat::dakota, .file = "{output}"};
    EXPECT_EQ(run(dakota).x, (std::vector<double>{1, 4}));
  }
  auto failing = options("echo FAIL > $1", {"{output}"});
  failing.output = {.format = OutputFormat::dakota, .file = "{output}"};
  const auto outcome = run(failing);
  EXPECT_EQ(outcome.status, Status::failed);
  EXPECT_TRUE(outcome.message.starts_with("the simulator says 'FAIL'")) << outcome.message;
}

TEST_F(ExecutableTest, WhateverGoesWrongIsSaid) {
  struct Case {
    const char* script;
    const char* message;
    std::optional<int> exit_code, signal;
  };
  for (const Case& c : std::vector<Case>{
           {"echo no mesh >&2; exit 3",
            "the simulator exited with code 3; its standard error ends with 'no mesh'",
            3,
            {}},
           {"kill -SEGV $$", "the simulator was killed by signal 11 (Segmentation fault)", {}, 11},
           {"echo one", "line 1 of 'stdout.txt' has 'one', which is no number", 0, {}}}) {
    auto failing = options(c.script);
    failing.workdir.kept = KeptWorkdirs::never;
    const auto outcome = run(failing);
    EXPECT_EQ(outcome.status, Status::failed) << c.script;
    EXPECT_EQ(outcome.message, c.message);
    EXPECT_EQ(outcome.trace.exit_code, c.exit_code);
    EXPECT_EQ(outcome.trace.signal, c.signal);
  }
  auto silent = options("exit 0");
  silent.output.file = "results.out";
  EXPECT_TRUE(run(silent).message.starts_with("the simulator left no file 'results.out'"));
}

TEST_F(ExecutableTest, ATimeoutEndsTheWholeGroupAndItsFiles) {
  auto slow = options("pwd > " + (folder_ / "where").string() + "; sleep 1000 & echo $! > " +
                      (folder_ / "pid").string() + "; sleep 1000; wait");
  slow.time_limit = 0.3;
  slow.workdir.kept = KeptWorkdirs::never;
  const auto begin = Clock::now();
  const auto outcome = run(slow);
  EXPECT_EQ(outcome.status, Status::timeout);
  EXPECT_EQ(outcome.message, "no end within 0.3 s");
  EXPECT_EQ(outcome.trace.signal, SIGTERM);
  EXPECT_LT(Clock::now() - begin, 2s);
  auto where = read("where");
  where.pop_back();
  EXPECT_FALSE(fs::exists(where)) << where;
  expect_gone(std::stoi(read("pid")));
}

TEST_F(ExecutableTest, WhatDoesNotHearSigtermIsKilled) {
  auto deaf = options("trap '' TERM; while true; do sleep 0.05; done");
  deaf.time_limit = 0.2;
  const auto outcome = run(deaf);
  EXPECT_EQ(outcome.status, Status::timeout);
  EXPECT_EQ(outcome.trace.signal, SIGKILL);
}

TEST_F(ExecutableTest, ACancelledSimulationReturnsAtOnce) {
  std::stop_source source;
  Clock::time_point requested;
  const std::jthread canceller([&] {
    std::this_thread::sleep_for(100ms);
    requested = Clock::now();
    source.request_stop();
  });
  const auto outcome = run(options("sleep 1000"), 1, {0.5, 2}, source.get_token());
  EXPECT_LT(Clock::now() - requested, 200ms);
  EXPECT_NE(outcome.status, Status::ok);
  EXPECT_TRUE(kept().empty());
}

TEST_F(ExecutableTest, WorkDirectoriesAreKeptAsAsked) {
  auto mixed = options("[ $1 -lt 3 ] && echo 1 2", {"{id}"});
  mixed.workdir.most_kept = 2;
  const auto simulator = executable_factory(mixed)();
  const auto run_five = [&](SimulatorInstance& instance) {
    std::string last;
    for (std::uint64_t id = 1; id <= 5; ++id) last = run_once(instance, {0.5, 2}, id).message;
    return last;
  };
  EXPECT_EQ(run_five(*simulator), "the simulator exited with code 1");  // there is no room for the third
  EXPECT_EQ(kept(), (std::vector<std::string>{"3", "4"}));
  EXPECT_TRUE(fs::exists(folder_ / "kept" / "3" / "stdout.txt"));
  const auto again = run_once(*simulator, {0.5, 2}, 3).message;  // in place of the earlier one
  EXPECT_TRUE(again.ends_with("; its files are in kept/3")) << again;
  fs::remove_all(folder_ / "kept");
  mixed.workdir.kept = KeptWorkdirs::never;
  run_five(*executable_factory(mixed)());
  EXPECT_TRUE(kept().empty());
  mixed.workdir.kept = KeptWorkdirs::always;
  run_five(*executable_factory(mixed)());
  EXPECT_EQ(kept(), (std::vector<std::string>{"1", "2"}));
}

TEST_F(ExecutableTest, FilesAreLinkedAndCopied) {
  write("mesh", "4");
  write("start", "5");
  auto with_files = options("cat mesh start; echo 9 > start; [ -L mesh ] && [ ! -L start ]");
  with_files.workdir.links = {folder_ / "mesh"};
  with_files.workdir.copies = {folder_ / "start"};
  EXPECT_EQ(run(with_files).x, std::vector<double>{45});
  EXPECT_EQ(read("start"), "5");
  with_files.workdir.links = {folder_ / "absent"};
  EXPECT_EQ(run(with_files).status, Status::failed);
}

TEST_F(ExecutableTest, MemoryAndOutputHaveLimits) {
  auto hungry = options("");
  hungry.command = {"python3", "-c", "print(len(bytearray(600_000_000)), 1)"};
  EXPECT_EQ(run(hungry).status, Status::ok);
  hungry.memory_limit = 0.3;
  const auto starved = run(hungry);
  EXPECT_EQ(starved.status, Status::failed);
  EXPECT_NE(starved.message.find("MemoryError"), std::string::npos) << starved.message;
  const auto endless = run(options("yes"));
  EXPECT_EQ(endless.status, Status::failed);
  EXPECT_TRUE(endless.message.starts_with("the simulator printed more than 64 MiB")) << endless.message;
}

TEST_F(ExecutableTest, AProgramThatIsAbsentMakesTheSimulatorUnavailable) {
  auto absent = options("");
  absent.command = {"./no_such_program"};
  const auto simulator = executable_factory(absent)();
  for (int i = 1; i <= 4; ++i) {
    const auto outcome = run_once(*simulator, {0.5, 2});
    EXPECT_TRUE(outcome.message.starts_with(
        "cannot run the simulator's command './no_such_program': No such file or directory"))
        << outcome.message;
    EXPECT_EQ(outcome.unavailable, i >= 3);
  }
}

TEST_F(ExecutableTest, MistakesInWordsAndTemplatesAreFoundBeforeAnySimulation) {
  const auto expect = [&](const ExecutableOptions& wrong, const std::string& message) {
    expect_error(ExitCode::config, message, [&] { ExecutablePlan{wrong}; });
  };
  expect(options("", {"{ouput}"}), "simulator.run has '{ouput}': line 1: there is no field '{ouput}'");
  expect(options("", {"{output}"}), "there is no field '{output}'");  // x is printed
  expect(options("", {"{input}"}), "there is no field '{input}'");    // there is none
  auto wrong = options("");
  wrong.input = InputFormat::from_template;
  wrong.template_file = write("model.in", "a = 1\nb = {c}\n");
  expect(wrong, "model.in', line 2: there is no field '{c}'");
  wrong.template_file = folder_ / "absent.in";
  expect_error(ExitCode::missing_input, "absent.in", [&] { ExecutablePlan{wrong}; });
}

}  // namespace
}  // namespace snpse
