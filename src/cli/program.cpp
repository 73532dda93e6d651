#include "cli/program.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <optional>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "cli/command_line.hpp"
#include "cli/commands.hpp"
#include "cli/terminal_log.hpp"
#include "numerics/threads.hpp"
#include "parallel/world.hpp"
#include "simulation/library_worker.hpp"
#include "util/printable.hpp"

namespace snpse {
namespace {

ExitCode dispatch(const CommandLine& line, const Session& session) {
  if (!line.command) {
    if (session.world.is_root()) fmt::print("{}", line.text);
    return ExitCode::ok;
  }
  struct Verbs {
    const Session& session;
    ExitCode operator()(const InitArguments& a) const { return init_command(a, session); }
    ExitCode operator()(const CheckArguments& a) const { return check_command(a, session); }
    ExitCode operator()(const RunArguments& a) const { return run_command(a, session); }
    ExitCode operator()(const ImportArguments& a) const { return import_command(a, session); }
    ExitCode operator()(const ExtendArguments& a) const { return extend_command(a, session); }
    ExitCode operator()(const StatusArguments& a) const { return status_command(a, session); }
    ExitCode operator()(const SampleArguments& a) const { return sample_command(a, session); }
    ExitCode operator()(const DiagnoseArguments& a) const { return diagnose_command(a, session); }
    ExitCode operator()(const ExportArguments& a) const { return export_command(a, session); }
    ExitCode operator()(const SummaryArguments& a) const { return summary_command(a, session); }
    ExitCode operator()(const ReportArguments& a) const { return report_command(a, session); }
    ExitCode operator()(const DiffArguments& a) const { return diff_command(a, session); }
    ExitCode operator()(const ServeArguments& a) const { return serve_command(a, session); }
    ExitCode operator()(const SimulateArguments& a) const { return simulate_command(a, session); }
    ExitCode operator()(const C2stArguments& a) const { return c2st_command(a, session); }
    ExitCode operator()(const BenchArguments& a) const { return bench_command(a, session); }
    ExitCode operator()(const GridArguments& a) const { return grid_command(a, session); }
    ExitCode operator()(const SpeedArguments& a) const { return speed_command(a, session); }
  };
  return std::visit(Verbs{session}, *line.command);
}

std::string cannot_print(int error) {
  return fmt::format("cannot write to standard output: {}", std::strerror(error));
}

/// The program's exit code, once what it printed has arrived.
int after_printing(int code) {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
  if (code != static_cast<int>(ExitCode::ok)) return code;
  fmt::print(stderr, "snpse: {}\n", cannot_print(errno));
  return static_cast<int>(ExitCode::io);
}

/// The one place that reports what was thrown. Mostly all ranks throw the same, rank 0 says it, and all leave
/// in order. A rank that is alone with its error says it and ends the others, who would wait for it for ever.
int report(const World& world, ExitCode code, std::string_view message) {
  constexpr double kPatience = 5;  // seconds; longer than a rank needs to reach the same error
  const auto status = static_cast<int>(code);
  if (world.is_root()) fmt::print(stderr, "snpse: {}\n", printable(message));
  if (world.all_failed(kPatience)) return status;
  if (!world.is_root()) fmt::print(stderr, "snpse: rank {}: {}\n", world.rank(), printable(message));
  std::fflush(stderr);
  MpiSession::abort(status);
}

void warn_of_too_few_cores(int threads, Log& log) {
  const int cores = usable_cores();
  if (threads <= cores) return;
  log.warning(
      fmt::format("{0} threads a rank get in each other's way on {1}: give fewer, or the rank more cores "
                  "(mpirun --map-by "
                  "slot:PE={0}, srun --cpus-per-task={0})",
                  threads, cores == 1 ? "one core" : fmt::format("{} cores", cores)));
}

int run_on_ranks(int argc, char** argv, const World& world, const SimulatorFactory& in_process) {
  try {
    const auto line = parse_command_line(argc, argv);
    prepare_process(line.threads);
    const auto log =
        world.is_root() ? std::unique_ptr<Log>(std::make_unique<TerminalLog>()) : std::make_unique<Log>();
    warn_of_too_few_cores(line.threads, *log);
    return static_cast<int>(dispatch(line, {world, *log, in_process}));
  } catch (const Error& error) {
    return report(world, error.code(), error.what());
  } catch (const std::bad_alloc&) {
    return report(world, ExitCode::config,
                  "the memory is exhausted: ask for fewer simulations or samples, or a smaller network");
  } catch (const std::exception& error) {
    if (std::ferror(stdout) != 0) return report(world, ExitCode::io, cannot_print(errno));
    return report(world, ExitCode::internal, fmt::format("internal error: {}", error.what()));
  }
}

/// `snpse serve-library PATH D P`: how the program starts itself as a worker around a shared library. Not for
/// users, and without MPI, which a child of a rank may not start.
bool is_library_worker(int argc, char** argv) {
  return argc == 5 && std::string_view(argv[1]) == "serve-library";
}

/// Gives standard input, output and error that were closed a descriptor that fails: else the next file that
/// is opened would get their number, and what is printed would go into it.
void keep_standard_descriptors() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(descriptor, F_GETFD) < 0)
      ::open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY);  // NOLINT: stays open
}

/// Help, the version and mistakes are answered before MPI starts: it takes a while, and may fail on its own.
/// None where there is a verb to run.
std::optional<int> answer_alone(int argc, char** argv) {
  try {
    const auto line = parse_command_line(argc, argv);
    if (line.command) return std::nullopt;
    fmt::print("{}", line.text);
    return static_cast<int>(ExitCode::ok);
  } catch (const Error& error) {
    fmt::print(stderr, "snpse: {}\n", printable(error.what()));
    return static_cast<int>(error.code());
  } catch (const std::system_error&) {
    return static_cast<int>(ExitCode::ok);  // after_printing() tells what standard output did not take
  }
}

}  // namespace

int run_program(int argc, char** argv, const SimulatorFactory& in_process) {
  if (is_library_worker(argc, argv)) {
    serve_library(argv[2], std::strtoul(argv[3], nullptr, 10), std::strtoul(argv[4], nullptr, 10));
    return 0;
  }
  std::signal(SIGPIPE, SIG_IGN);  // a reader that left is an error of writing
  keep_standard_descriptors();
  if (!MpiSession::launched())
    if (const auto answered = answer_alone(argc, argv)) return after_printing(*answered);
  const MpiSession mpi(argc, argv);
  const World world;
  return after_printing(run_on_ranks(argc, argv, world, in_process));
}

}  // namespace snpse
