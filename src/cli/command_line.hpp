#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "bench/benchmark.hpp"

namespace snpse {

/// What the verbs of the program take. Defaults are the program's.
struct InitArguments {
  std::filesystem::path folder;
  std::string task;                          ///< empty: an own simulator
  std::string kind = "python";               ///< of the own simulator, one of init_kinds()
  std::vector<std::string> parameters = {};  ///< of an own simulator, to fill in; empty: an example
  int data_size = 0;                         ///< how many values its x has, with parameters
};
struct CheckArguments {
  std::filesystem::path file;
  double seconds = 20;  ///< that the trial of the simulator takes at most
  bool json = false;
};
struct RunArguments {
  std::filesystem::path file;         ///< a campaign file, or the folder of a campaign
  std::filesystem::path out;          ///< empty: the file's name without its suffix, beside it
  std::filesystem::path observation;  ///< CSV in place of the file's [observation]; empty: none
  std::optional<double> wall_time;    ///< seconds
  bool c2st = false;                  ///< compare with the exact posterior at the end
  bool diagnose = false;              ///< check the posterior at the end
  bool report = false;                ///< write report.html into the campaign's folder at the end
  std::filesystem::path simulator;    ///< the folder of the simulator's files; empty: where the file says
};
/// A new campaign whose round 1 was simulated elsewhere.
struct ImportArguments {
  std::filesystem::path file;               ///< the campaign file
  std::vector<std::filesystem::path> data;  ///< theta and x: CSV, HDF5 or NumPy
  std::filesystem::path out;                ///< the campaign's folder
  bool json = false;
};
/// At least one of simulations and samples is above 0.
struct ExtendArguments {
  std::filesystem::path folder;
  std::int64_t simulations = 0;  ///< further ones
  int rounds = 0;                ///< further ones; 0: as many as the campaign needs to go on
  std::int64_t samples = 0;      ///< further draws of the posterior
  bool json = false;
};
struct StatusArguments {
  std::filesystem::path folder;
  bool failures = false;  ///< why simulations failed, in place of how far the campaign is
  bool json = false;
  bool watch = false;                     ///< again and again, until the campaign is finished
  double every = 2;                       ///< seconds, between two of them
  std::filesystem::path prometheus = {};  ///< a file for Prometheus; empty: none
};
struct SampleArguments {
  std::filesystem::path folder;
  std::int64_t samples = 10000;
  std::filesystem::path output;
  std::filesystem::path observation;  ///< CSV, amortised methods, one a line; empty: the campaign's own
  bool iid = false;                   ///< its lines are of the same parameters
  std::uint64_t seed = 2;             ///< the campaign's own draws have seed 1
  bool log_prob = false;
  std::filesystem::path theta = {};      ///< CSV: densities at these parameters in place of draws
  std::optional<double> region = {};     ///< the mass of the highest-density region to mark
  bool map = false;                      ///< the mode alone
  bool predict = false;                  ///< a simulation at each draw
  std::filesystem::path simulator = {};  ///< as of DiagnoseArguments
};
/// The density of a campaign's posterior, as a model of UM-Bridge.
struct ServeArguments {
  std::filesystem::path folder;
  std::string host = "127.0.0.1";
  int port = 4242;  ///< 0: any free one
};
struct DiagnoseArguments {
  std::filesystem::path folder;
  std::int64_t simulations = 0;  ///< of each of the checks that simulate; 0: 500, or more where they need it
  std::optional<std::uint64_t> seed = {};  ///< of all that is drawn; none: the campaign's
  int networks = 0;                        ///< trained on the same data with other seeds
  bool json = false;
  std::filesystem::path simulator =
      {};  ///< the folder of the simulator's files; empty: where the campaign says
};
struct ExportArguments {
  std::filesystem::path folder;
  bool failures = false;  ///< failed simulations in place of the posterior's draws
  std::string format;     ///< of kExportFormats; empty: as the output's name says
  std::filesystem::path output;
  bool log_prob = false;                 ///< arviz: with the draws' log-densities
  std::int64_t predict = 0;              ///< arviz: so many draws get a simulation each
  std::filesystem::path simulator = {};  ///< as of DiagnoseArguments
};
/// Each is a campaign's folder or a file of draws.
struct DiffArguments {
  std::filesystem::path a, b;
  std::uint64_t seed = 1;
  bool json = false;
};
struct SummaryArguments {
  std::vector<std::filesystem::path> sources;  ///< campaigns' folders and files of draws
  std::vector<std::string> parameters = {};    ///< those to summarise; empty: all
  bool json = false;
  bool csv = false;
};
struct ReportArguments {
  std::vector<std::filesystem::path> folders;
  std::filesystem::path output = {};
  std::int64_t predict = 0;              ///< simulations at draws of each posterior; 0: those that there are
  std::filesystem::path truth = {};      ///< CSV, one row: the true parameters; empty: not known
  std::filesystem::path simulator = {};  ///< as of DiagnoseArguments
};
/// The parameters are named in one way; of a task they are by default 1000 draws of the prior.
struct SimulateArguments {
  std::string target;                          ///< a built-in task, or a campaign's folder
  std::filesystem::path theta = {};            ///< CSV, one parameter set a row
  std::optional<std::int64_t> prior = {};      ///< so many draws of the prior
  std::optional<std::int64_t> posterior = {};  ///< so many draws of the campaign's posterior
  std::optional<std::int64_t> id = {};         ///< of a simulation of the campaign, to run it again
  std::optional<std::uint64_t> seed = {};      ///< none: 1, or the campaign's
  std::filesystem::path simulator = {};        ///< as of DiagnoseArguments
  std::filesystem::path output = "-";
};
struct C2stArguments {
  std::filesystem::path reference, samples;  ///< as read_draws() takes them
  std::uint64_t seed = 1;
  bool json = false;
};
/// `snpse bench GRID.toml`.
struct GridArguments {
  std::filesystem::path file;
  std::filesystem::path out;  ///< empty: the file's name without its suffix, beside it
  bool json = false;
};
/// `snpse bench --speed`.
struct SpeedArguments {
  bool json = false;
};

using Command = std::variant<InitArguments, CheckArguments, RunArguments, ImportArguments, ExtendArguments,
                             StatusArguments, SampleArguments, DiagnoseArguments, ExportArguments,
                             SummaryArguments, DiffArguments, ReportArguments, ServeArguments,
                             SimulateArguments, C2stArguments, BenchArguments, GridArguments, SpeedArguments>;

struct CommandLine {
  std::optional<Command> command;  ///< none: print `text` and end well
  std::string text;                ///< the help or the version that was asked for
  int threads = 1;
};

/// The kinds of simulators that `snpse init` has an example of.
std::vector<std::string> init_kinds();

/// Understands the program's arguments. Error(usage) that names the nearest verb or option for a misspelt
/// one.
CommandLine parse_command_line(int argc, const char* const* argv);

/// Seconds of "90", "90s", "30m", "4h", "HH:MM:SS" or "D-HH:MM:SS" (as Slurm writes it). Error(usage)
/// otherwise.
double parse_duration(const std::string& text);

}  // namespace snpse
