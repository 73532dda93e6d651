#pragma once

#include "cli/command_line.hpp"
#include "core/simulator.hpp"
#include "parallel/world.hpp"
#include "util/error.hpp"
#include "util/log.hpp"
#include "util/stop.hpp"

namespace snpse {

/// What every verb works with.
struct Session {
  const World& world;
  Log& log;                            ///< says nothing on ranks other than 0
  const SimulatorFactory& in_process;  ///< the executable's own simulator, or empty
};

/// The verbs. Collective. Results go to stdout on rank 0; what is wrong is thrown.
ExitCode init_command(const InitArguments& arguments, const Session& session);
ExitCode check_command(const CheckArguments& arguments, const Session& session);
ExitCode run_command(const RunArguments& arguments, const Session& session);
ExitCode import_command(const ImportArguments& arguments, const Session& session);
ExitCode extend_command(const ExtendArguments& arguments, const Session& session);
ExitCode status_command(const StatusArguments& arguments, const Session& session);
ExitCode sample_command(const SampleArguments& arguments, const Session& session);
ExitCode diagnose_command(const DiagnoseArguments& arguments, const Session& session);
/// The same as a part of another verb, whose request to stop it heeds: a process has one at a time.
ExitCode diagnose_campaign(const DiagnoseArguments& arguments, const Session& session,
                           const StopRequest& stop);
ExitCode export_command(const ExportArguments& arguments, const Session& session);
ExitCode summary_command(const SummaryArguments& arguments, const Session& session);
ExitCode report_command(const ReportArguments& arguments, const Session& session);
/// The same as a part of another verb.
void write_report(const ReportArguments& arguments, const Session& session, const StopRequest& stop);
ExitCode diff_command(const DiffArguments& arguments, const Session& session);
ExitCode serve_command(const ServeArguments& arguments, const Session& session);
ExitCode simulate_command(const SimulateArguments& arguments, const Session& session);
ExitCode c2st_command(const C2stArguments& arguments, const Session& session);
ExitCode bench_command(const BenchArguments& arguments, const Session& session);
ExitCode grid_command(const GridArguments& arguments, const Session& session);
ExitCode speed_command(const SpeedArguments& arguments, const Session& session);

}  // namespace snpse
