#include "simulation/program_run.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>

#include "simulation/descriptor.hpp"
#include "simulation/time_limit.hpp"
#include "util/error.hpp"

namespace snpse {
namespace {

using namespace std::chrono_literals;

Descriptor open_output(const std::filesystem::path& path) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0)
    fail(ExitCode::cannot_create, "cannot write the simulator's output '{}': {}", path.string(),
         std::strerror(errno));
  return Descriptor(fd);
}

}  // namespace

ProgramRun run_program(const ProgramOptions& options, const std::stop_token& cancel) {
  constexpr auto kSlice = 10ms;  // how late a request to cancel is seen
  const auto* const input_path = options.input.empty() ? "/dev/null" : options.input.c_str();
  const Descriptor input(open(input_path, O_RDONLY | O_CLOEXEC));
  const Descriptor output = open_output(options.output), error = open_output(options.error);
  auto launch = options.launch;
  launch.input = input.get();
  launch.output = output.get();
  launch.error = error.get();
  ProcessGroup group(launch);
  const auto deadline = deadline_after(options.time_limit);
  while (!group.ends_within(slice_before(deadline, kSlice))) {
    if (cancel.stop_requested()) return {ProgramVerdict::cancelled, group.terminate(options.grace_of_cancel)};
    if (std::max(size_of(output), size_of(error)) > kMostPrinted)
      return {ProgramVerdict::printed_too_much, group.terminate(options.grace_of_timeout)};
    if (std::chrono::steady_clock::now() >= deadline)
      return {ProgramVerdict::timeout, group.terminate(options.grace_of_timeout)};
  }
  return {ProgramVerdict::ended, group.kill()};
}

}  // namespace snpse
