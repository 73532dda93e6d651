#include "simulation/worker_process.hpp"

#include <chrono>
#include <cmath>
#include <thread>

#include <gtest/gtest.h>
#include <signal.h>

#include "process_state.hpp"
#include "run_once.hpp"
#include "script_folder.hpp"

namespace snpse {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// A worker in plain Python whose first parameter says how it behaves; otherwise x = (theta_0, seed, how many
/// requests this process has had).
const char* const kQuirky = R"(
import os, signal, sys, time
print("ready snpse 1", flush=True)
count = 0
for line in sys.stdin:
    verb, identity, seed, *theta = line.split()
    count += 1
    quirk = float(theta[0])
    if quirk == 1: os.kill(os.getpid(), signal.SIGSEGV)
    if quirk == 2: sys.exit(3)
    if quirk == 3: time.sleep(1000)
    answers = {4: "what? " + 200 * "x", 5: "ok 999 1 2 3", 6: "error " + identity + " did not converge",
               7: "ok " + identity + " 1", 8: "ok " + identity + " nan 1 2"}
    if quirk == 9:
        os.close(1)
        time.sleep(1000)
    print(answers.get(quirk, "ok %s %s %s %d" % (identity, theta[0], seed, count)), flush=True)
)";

class WorkerProcessTest : public ScriptFolder {
 protected:
  WorkerOptions options(const std::string& script) {
    WorkerOptions result;
    result.command = {"python3", write("worker.py", script)};
    result.log = folder_ / "log";
    return result;
  }
};

TEST_F(WorkerProcessTest, OneProcessServesManySimulations) {
  WorkerProcess worker(options(kQuirky));
  for (std::uint64_t id = 1; id <= 3; ++id) {
    const SimulationOutcome outcome = run_once(worker, {0.1}, id);
    EXPECT_EQ(outcome.status, Status::ok) << outcome.message;
    EXPECT_EQ(outcome.x,
              (std::vector<double>{0.1, static_cast<double>(seed_of(id)), static_cast<double>(id)}));
  }
}

TEST_F(WorkerProcessTest, WhateverAWorkerDoesCostsOneSimulation) {
  struct Case {
    double quirk;
    Status status;
    std::string message;
    double next_count;  // 1 if the next simulation finds a new process
  };
  const std::string garbage = "the simulator's line 'what? " + std::string(74, 'x') + "...' is not an answer";
  WorkerOptions limited = options(kQuirky);
  limited.time_limit = 0.5;
  for (const Case& c : std::vector<Case>{
           {1, Status::failed, "the simulator was killed by signal 11 (Segmentation fault)", 1},
           {2, Status::failed, "the simulator exited with code 3", 1},
           {3, Status::timeout, "no answer within 0.5 s", 1},
           {4, Status::failed, garbage, 1},
           {5, Status::failed, "the simulator answered 'ok 999 1 2 3' where simulation 1 was asked", 1},
           {6, Status::failed, "did not converge", 2},
           {9, Status::failed, "the simulator closed its output", 1}}) {
    WorkerProcess worker(limited);
    const SimulationOutcome outcome = run_once(worker, {c.quirk});
    EXPECT_EQ(outcome.status, c.status) << c.quirk;
    EXPECT_EQ(outcome.message, c.message);
    EXPECT_TRUE(outcome.x.empty());
    const SimulationOutcome next = run_once(worker, {0.5});
    ASSERT_EQ(next.status, Status::ok) << next.message;
    EXPECT_EQ(next.x[2], c.next_count) << c.quirk;
  }
}

TEST_F(WorkerProcessTest, ShortAndNonFiniteAnswersArePassedOnToBeJudged) {
  WorkerProcess worker(options(kQuirky));
  EXPECT_EQ(run_once(worker, {7}).x, std::vector<double>{1});
  EXPECT_TRUE(std::isnan(run_once(worker, {8}).x.at(0)));
}

TEST_F(WorkerProcessTest, ACancelledSimulationReturnsAtOnce) {
  WorkerProcess worker(options(kQuirky));
  ASSERT_EQ(run_once(worker, {0.5}).status, Status::ok);
  std::stop_source source;
  Clock::time_point requested;
  const std::jthread canceller([&] {
    std::this_thread::sleep_for(100ms);
    requested = Clock::now();
    source.request_stop();
  });
  const SimulationOutcome outcome = run_once(worker, {3}, 2, source.get_token());
  EXPECT_LT(Clock::now() - requested, 100ms);
  EXPECT_NE(outcome.status, Status::ok);
}

/// A shell that starts a process of its own, which holds the shell's output, when it is asked; then `more`.
class ForkingWorkerTest : public WorkerProcessTest {
 protected:
  WorkerOptions forking(const std::string& more) {
    WorkerOptions shell = options("");
    shell.command = {
        "sh", write("worker.sh", "echo ready snpse 1\nread line\nsleep 1000 & echo $! > pid\n" + more)};
    shell.folder = folder_;
    return shell;
  }
  void expect_that_its_process_is_gone();
};

TEST_F(ForkingWorkerTest, ATimeoutEndsTheWholeProcessGroup) {
  auto shell = forking("wait");
  shell.time_limit = 0.5;
  WorkerProcess worker(shell);
  EXPECT_EQ(run_once(worker, {0.5}).status, Status::timeout);
  expect_that_its_process_is_gone();
}

TEST_F(ForkingWorkerTest, AnEndIsNoticedThoughADescendantHoldsTheOutput) {
  auto shell = forking("exit 3");
  shell.time_limit = 60;
  WorkerProcess worker(shell);
  const SimulationOutcome outcome = run_once(worker, {0.5});
  EXPECT_EQ(outcome.status, Status::failed);
  EXPECT_EQ(outcome.message, "the simulator exited with code 3");
  expect_that_its_process_is_gone();
}

TEST_F(ForkingWorkerTest, AnAnswerBeforeTheEndCounts) {
  auto shell = forking("echo ok 1 4 5");
  shell.time_limit = 60;
  {
    WorkerProcess worker(shell);
    EXPECT_EQ(run_once(worker, {0.5}).x, (std::vector<double>{4, 5}));
  }
  expect_that_its_process_is_gone();
}

void ForkingWorkerTest::expect_that_its_process_is_gone() {
  expect_gone(std::stoi(read("pid")));
}

TEST_F(WorkerProcessTest, FailedStartsAreExplained) {
  struct Case {
    const char* script;
    const char* message;
  };
  for (const Case& c : std::vector<Case>{
           {"import sys; sys.exit(4)", "the simulator exited with code 4 before it was ready"},
           {"print('hello')", "the simulator's first line is 'hello', where 'ready snpse 1' is expected"},
           {"print('failed no licence')", "the simulator cannot start: no licence"},
           {"import time; time.sleep(1000)", "the simulator was not ready within 0.3 s"}}) {
    WorkerOptions limited = options(c.script);
    if (std::string(c.message).find("0.3") != std::string::npos) limited.start_limit = 0.3;
    WorkerProcess worker(limited);
    const SimulationOutcome outcome = run_once(worker, {0.5});
    EXPECT_EQ(outcome.status, Status::failed);
    EXPECT_EQ(outcome.message, c.message);
  }
}

TEST_F(WorkerProcessTest, ACommandThatDoesNotExistIsNamed) {
  WorkerOptions missing = options("");
  missing.command = {"no_such_simulator", "1"};
  WorkerProcess worker(missing);
  EXPECT_EQ(run_once(worker, {0.5}).message,
            "cannot run the simulator's command 'no_such_simulator': No such file or directory");
  WorkerOptions nowhere = options(kQuirky);
  nowhere.folder = "/no/such/folder";
  WorkerProcess lost(nowhere);
  EXPECT_EQ(run_once(lost, {0.5}).message,
            "cannot run the simulator in '/no/such/folder': No such file or directory");
}

TEST_F(WorkerProcessTest, AfterThreeFailedStartsItIsUnavailable) {
  WorkerOptions counting = options("open('starts', 'a').write('x')");
  counting.folder = folder_;
  WorkerProcess worker(counting);
  for (int i = 0; i < 10; ++i) {
    const SimulationOutcome outcome = run_once(worker, {0.5});
    EXPECT_EQ(outcome.status, Status::failed);
    EXPECT_TRUE(outcome.unavailable);
  }
  EXPECT_EQ(read("starts"), "xxx");
}

TEST_F(WorkerProcessTest, ASlowStartIsAwaitedBeyondTheTimeLimitOfASimulation) {
  WorkerOptions slow = options(std::string("import time; time.sleep(0.6)") + kQuirky);
  slow.time_limit = 0.5;
  WorkerProcess worker(slow);
  EXPECT_EQ(run_once(worker, {0.5}).status, Status::ok);
}

TEST_F(WorkerProcessTest, TheEnvironmentHoldsNothingOfMpiButThePermissionToRunAsRoot) {
  const char* const script = R"(
import os, sys
print("ready snpse 1", flush=True)
mpi = sum(name.startswith(("OMPI_", "PMIX_", "PRTE_", "PMI_")) and "ALLOW_RUN_AS_ROOT" not in name for name in os.environ)
root = os.environ.get("OMPI_ALLOW_RUN_AS_ROOT", 0)
for line in sys.stdin:
    print("ok", line.split()[1], mpi, root, os.environ.get("SNPSE_TEST_KEPT", 0), flush=True)
)";
  setenv("OMPI_TEST", "1", 1);
  setenv("PMIX_RANK", "0", 1);
  setenv("SNPSE_TEST_KEPT", "5", 1);
  setenv("OMPI_ALLOW_RUN_AS_ROOT", "1", 1);
  WorkerProcess worker(options(script));
  EXPECT_EQ(run_once(worker, {0.5}).x, (std::vector<double>{0, 1, 5}));
  unsetenv("OMPI_TEST");
  unsetenv("PMIX_RANK");
  unsetenv("SNPSE_TEST_KEPT");
}

TEST_F(WorkerProcessTest, StandardErrorIsAppendedToTheLog) {
  write("log", "before\n");
  WorkerOptions loud = options(std::string("import sys; print('loud', file=sys.stderr)") + kQuirky);
  {
    WorkerProcess worker(loud), second(loud);
    run_once(worker, {0.5});
    run_once(second, {0.5});
  }
  EXPECT_EQ(read("log"), "before\nloud\nloud\n");
}

TEST_F(WorkerProcessTest, ALogWithoutEndIsStopped) {
  const char* const script = R"(
import sys
print("ready snpse 1", flush=True)
sys.stdin.readline()
while True: sys.stderr.write("x" * 99999 + "\n")
)";
  WorkerProcess worker(options(script));
  const SimulationOutcome outcome = run_once(worker, {0.5});
  EXPECT_EQ(outcome.status, Status::failed);
  EXPECT_TRUE(outcome.message.starts_with("the simulator wrote more than 64 MiB to its log"))
      << outcome.message;
}

TEST_F(WorkerProcessTest, ATimeoutLeavesTheWorkerHalfASecondToEnd) {
  const std::string gentle = R"(
import pathlib, signal, sys, time
def end(*_):
    pathlib.Path(__file__).with_name("said").write_text("goodbye")
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
print("ready snpse 1", flush=True)
for line in sys.stdin: time.sleep(1000)
)";
  auto limited = options(gentle);
  limited.time_limit = 0.2;
  WorkerProcess worker(limited);
  EXPECT_EQ(run_once(worker, {1}).status, Status::timeout);
  EXPECT_TRUE(std::filesystem::exists(folder_ / "said"));

  auto deaf = options(
      "import signal, sys, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
      "print('ready snpse 1', flush=True)\nfor line in sys.stdin: time.sleep(1000)\n");
  deaf.time_limit = 0.2;
  WorkerProcess stubborn(deaf);
  ASSERT_EQ(run_once(stubborn, {1}).status, Status::timeout);
  const auto start = Clock::now();
  EXPECT_EQ(run_once(stubborn, {1}).status, Status::timeout);
  EXPECT_LT(Clock::now() - start, 5s);
}

TEST_F(WorkerProcessTest, AnAnswerWithoutEndIsStopped) {
  WorkerProcess worker(
      options("import sys\nprint('ready snpse 1', flush=True)\nsys.stdin.readline()\n"
              "while True: sys.stdout.write(100000 * '1 ')\n"));
  const auto outcome = run_once(worker, {1});
  EXPECT_EQ(outcome.status, Status::failed);
  EXPECT_EQ(outcome.message, "the simulator wrote more than 64 MiB without an end of line");
}

TEST_F(WorkerProcessTest, ACrashLeavesItsTrace) {
  WorkerProcess worker(options(kQuirky));
  EXPECT_EQ(run_once(worker, {1}).trace.signal, SIGSEGV);
  EXPECT_EQ(run_once(worker, {2}).trace.exit_code, 3);
  WorkerOptions hungry = options(R"(
import sys
print("ready snpse 1", flush=True)
sys.stdin.readline()
bytearray(600_000_000)
)");
  hungry.memory_limit = 0.3;
  WorkerProcess limited(hungry);
  const auto outcome = run_once(limited, {0.5});
  EXPECT_EQ(outcome.trace.exit_code, 1);
  EXPECT_NE(outcome.trace.printed.find("MemoryError"), std::string::npos) << outcome.trace.printed;
}

TEST_F(WorkerProcessTest, ManyParametersAndOutputsPass) {
  const char* const script = R"(
import sys
print("ready snpse 1", flush=True)
for line in sys.stdin:
    words = line.split()
    print("ok", words[1], *words[3:], flush=True)
)";
  WorkerProcess worker(options(script));
  std::vector<double> theta(100'000);
  for (std::size_t i = 0; i < theta.size(); ++i) theta[i] = 1.0 / static_cast<double>(i + 3);
  EXPECT_EQ(run_once(worker, theta).x, theta);
}

}  // namespace
}  // namespace snpse
