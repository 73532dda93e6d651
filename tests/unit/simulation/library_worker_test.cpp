#include "simulation/library_worker.hpp"

#include <gtest/gtest.h>

#include "run_once.hpp"
#include "simulation/worker_process.hpp"

namespace snpse {
namespace {

WorkerProcess serve(const std::string& library) {
  WorkerOptions options;
  options.command = {SNPSE_TEST_SERVE_LIBRARY, library, "1", "2"};
  options.log = "/dev/null";
  return WorkerProcess(options);
}

TEST(LibraryWorker, Simulates) {
  WorkerProcess worker = serve(SNPSE_TEST_QUIRKY_LIBRARY);
  for (std::uint64_t id = 1; id <= 3; ++id) {
    const SimulationOutcome outcome = run_once(worker, {0.1}, id);
    EXPECT_EQ(outcome.status, Status::ok) << outcome.message;
    EXPECT_EQ(outcome.x, std::vector<double>(2, 0.1 + seed_of(id)));
  }
}

TEST(LibraryWorker, ACrashOrAnErrorCostsOneSimulation) {
  WorkerProcess worker = serve(SNPSE_TEST_QUIRKY_LIBRARY);
  EXPECT_EQ(run_once(worker, {1}).message, "the simulator was killed by signal 6 (Aborted)");
  EXPECT_EQ(run_once(worker, {2}).message, "snpse_simulate returned 42");
  EXPECT_EQ(run_once(worker, {0.1}).status, Status::ok);
  EXPECT_EQ(run_once(worker, {0.1, 0.2}).message, "2 parameters where 1 are expected");
}

TEST(LibraryWorker, ALibraryThatCannotBeLoadedIsExplained) {
  WorkerProcess missing = serve("/no/such/library.so");
  const std::string message = run_once(missing, {0.1}).message;
  EXPECT_NE(message.find("cannot start: cannot load the library: /no/such/library.so"), std::string::npos)
      << message;
  WorkerProcess empty = serve(SNPSE_TEST_EMPTY_LIBRARY);
  EXPECT_NE(run_once(empty, {0.1}).message.find("has no function snpse_simulate"), std::string::npos);
}

TEST(LibraryWorker, TheCommandNamesTheLibraryByItsFullPath) {
  const std::vector<std::string> command = library_command("a.so", 2, 3);
  EXPECT_EQ(command,
            (std::vector<std::string>{"/proc/self/exe", "serve-library",
                                      (std::filesystem::current_path() / "a.so").string(), "2", "3"}));
}

}  // namespace
}  // namespace snpse
