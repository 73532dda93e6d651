// What a simulation by an executable with files costs beside the executable: the work directory, the input,
// the start and the output. Run by hand: benchmark_executable [SIMULATIONS]
#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "simulation/executable_simulator.hpp"
#include "util/clock.hpp"
#include "util/temporary_folder.hpp"

namespace {

using namespace snpse;

template <typename Call>
double milliseconds_of(const Call& call) {
  const auto start = Clock::now();
  call();
  return 1e3 * seconds_since(start);
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + std::ssize(values) / 2;
  std::ranges::nth_element(values, middle);
  return *middle;
}

/// The program alone, by the fastest fork and exec that there is.
void copy_alone(const std::filesystem::path& from, const std::filesystem::path& to) {
  const std::string source = from.string(), target = to.string();
  std::string name = "cp";
  std::array<char*, 4> arguments{name.data(), const_cast<char*>(source.c_str()),
                                 const_cast<char*>(target.c_str()), nullptr};
  pid_t pid = 0;
  if (posix_spawnp(&pid, "cp", nullptr, nullptr, arguments.data(), environ) == 0) waitpid(pid, nullptr, 0);
}

}  // namespace

int main(int argc, char** argv) {
  const int n = argc > 1 ? std::atoi(argv[1]) : 500;
  const TemporaryFolder folder;
  const auto input = folder.path() / "model.in";
  std::ofstream(input) << "{a} {b} {seed}\n";
  ExecutableOptions options;
  options.command = {"cp", "{input}", "{output}"};
  options.input = InputFormat::from_template;
  options.template_file = input;
  options.output.file = "{output}";
  options.parameters = {"a", "b"};
  options.x_dim = 3;
  const auto simulator = executable_factory(options)();
  const std::vector<double> theta{0.25, 3};
  int failures = 0;
  std::vector<double> simulation, alone, overhead;
  for (int i = 0; i < n; ++i) {
    const auto id = static_cast<std::uint64_t>(i);
    simulation.push_back(milliseconds_of([&] {
      const auto outcome = simulator->run({id, theta, RandomStream(1, Purpose::simulator, 1, id)});
      failures += outcome.status == Status::ok ? 0 : 1;
    }));
    alone.push_back(milliseconds_of([&] { copy_alone(input, folder.path() / "copy"); }));
    overhead.push_back(simulation.back() - alone.back());
  }
  fmt::print("{} simulations by cp, {} failed; medians in ms\n", n, failures);
  fmt::print("a simulation {:.3f}, fork and exec alone {:.3f}, overhead {:.3f}\n", median(simulation),
             median(alone), median(overhead));
  return failures == 0 ? 0 : 1;
}
