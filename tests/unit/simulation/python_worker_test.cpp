// tools/snpse_worker.py, which makes a Python function a simulator.

#include <cstdio>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "run_once.hpp"
#include "script_folder.hpp"
#include "simulation/worker_process.hpp"

namespace snpse {
namespace {

const char* const kScript = R"(
import os, sys
sys.path.insert(0, SNPSE_TOOLS)
from snpse_worker import serve

class Array:  # as numpy's, which need not be installed
    def __init__(self, values): self.values = values
    def tolist(self): return self.values

def simulate(theta, seed):
    print("a print")
    os.system("echo of a child")
    if theta[0] == 1: raise ValueError("bad\nluck")
    if theta[0] == 2: return Array([[1.5, 2.5], [3.5, 4.5]])
    if theta[0] == 3: return (Array(7), [float("nan"), [-float("inf")]])
    if theta[0] == 4: return "12"
    return [theta[0] / 3, seed]

serve(simulate)
)";

class PythonWorkerTest : public ScriptFolder {
 protected:
  void SetUp() override {
    ScriptFolder::SetUp();
    std::string script = kScript;
    const std::string placeholder = "SNPSE_TOOLS";
    script.replace(script.find(placeholder), placeholder.size(), fmt::format("'{}'", SNPSE_TEST_TOOLS));
    options_.command = {"python3", write("simulator.py", script)};
    options_.log = folder_ / "log";
  }

  WorkerOptions options_;
};

TEST_F(PythonWorkerTest, AnswersWithEveryBitWhateverIsPrinted) {
  WorkerProcess worker(options_);
  const SimulationOutcome outcome = run_once(worker, {0.1});
  EXPECT_EQ(outcome.status, Status::ok) << outcome.message;
  EXPECT_EQ(outcome.x, (std::vector<double>{0.1 / 3, static_cast<double>(seed_of(1))}));
  EXPECT_NE(read("log").find("a print"), std::string::npos);
  EXPECT_NE(read("log").find("of a child"), std::string::npos);
}

TEST_F(PythonWorkerTest, TakesNestedListsAndArrays) {
  WorkerProcess worker(options_);
  EXPECT_EQ(run_once(worker, {2}).x, (std::vector<double>{1.5, 2.5, 3.5, 4.5}));
  const SimulationOutcome outcome = run_once(worker, {3});
  ASSERT_EQ(outcome.x.size(), 3U);
  EXPECT_EQ(outcome.x[0], 7);
  EXPECT_NE(outcome.x[1], outcome.x[1]);
  EXPECT_EQ(outcome.x[2], -std::numeric_limits<double>::infinity());
}

TEST_F(PythonWorkerTest, ExceptionsBecomeErrorsOfOneSimulation) {
  WorkerProcess worker(options_);
  EXPECT_TRUE(run_once(worker, {1}).message.starts_with("ValueError: bad luck; see "));
  EXPECT_EQ(run_once(worker, {4}).status, Status::failed);
  EXPECT_EQ(run_once(worker, {0.5}).status, Status::ok);
}

TEST_F(PythonWorkerTest, RunByHandItSimulatesOnce) {
  const std::string command = "python3 " + options_.command[1] + " 6.0 --seed 9 2>/dev/null";
  std::FILE* pipe = popen(command.c_str(), "r");
  std::string output(4096, '\0');
  output.resize(std::fread(output.data(), 1, output.size(), pipe));
  EXPECT_EQ(pclose(pipe), 0);
  EXPECT_NE(output.find("2.0 9.0\n"), std::string::npos) << output;
}

}  // namespace
}  // namespace snpse
