#include "cli/command_line.hpp"

#include <algorithm>

#include <CLI/CLI.hpp>
#include <fmt/ranges.h>

#include "cli/table_format.hpp"
#include "cli/text_verbs.hpp"
#include "cli/validators.hpp"
#include "cli/words.hpp"
#include "config/config.hpp"
#include "methods/method.hpp"
#include "tasks/task.hpp"
#include "util/error.hpp"

namespace snpse {
namespace {

/// The application and what it fills in; the verbs' arguments live here while CLI11 holds references to them.
struct Parser {
  CLI::App app{"snpse: posteriors of simulators by sequential neural score estimation"};
  CommandLine result;
  InitArguments init;
  CheckArguments check;
  RunArguments run;
  ImportArguments import;
  ExtendArguments extend;
  StatusArguments status;
  SampleArguments sample;
  ServeArguments serve;
  DiagnoseArguments diagnose;
  ExportArguments exporting;
  SummaryArguments summary;
  ReportArguments report;
  DiffArguments diff;
  SimulateArguments simulate;
  C2stArguments c2st;
  BenchArguments bench;
  bool speed = false;
  std::string wall_time;
  TextVerbs text_verbs;

  Parser() {
    app.name("snpse");
    app.require_subcommand(0, 1);
    app.footer(
        "Run alone, under 'mpirun -n N' or under 'srun --mpi=pmix' with the same command line.\n"
        "'snpse VERB --help' explains a verb.");
    add_init();
    add_check();
    add_run();
    add_import();
    add_extend();
    add_status();
    add_sample();
    add_diagnose();
    add_export();
    add_summary();
    add_report();
    add_diff();
    add_serve();
    add_simulate();
    add_c2st();
    add_bench();
    text_verbs.add_to(app, result.text);
  }

  /// A verb whose arguments are filled in by the time its callback runs.
  template <typename Arguments>
  CLI::App* verb(const std::string& name, const std::string& description, const Arguments& arguments) {
    auto* sub = app.add_subcommand(name, description);
    sub->callback([this, &arguments] { result.command = arguments; });
    return sub;
  }
  void add_threads(CLI::App* sub) {
    sub->add_option("--threads", result.threads, "threads of each rank; one rank a core is faster")
        ->check(CLI::Range(1, 1024))
        ->capture_default_str();
  }

  static void add_simulator(CLI::App* sub, std::filesystem::path& folder) {
    sub->add_option("--simulator", folder, "the folder of the simulator's files, where it is another one now")
        ->check(CLI::ExistingDirectory);
  }

  void add_init() {
    auto* sub = verb("init", "write a commented campaign file and a job script to start from", init);
    sub->add_option("DIR", init.folder, "the folder to write")->required();
    auto* kind =
        sub->add_option("--kind", init.kind, "what the own simulator is that the folder gets an example of")
            ->check(one_of(init_kinds()))
            ->capture_default_str();
    sub->add_option("--task", init.task, "a built-in task in place of an own simulator")
        ->check(one_of(task_names()))
        ->excludes(kind);
    auto* names = sub->add_option("--parameters", init.parameters,
                                  "names of the parameters: writes a campaign file to fill in")
                      ->check([](const std::string& name) {
                        return name.empty() ? std::string("a name is empty") : std::string();
                      })
                      ->excludes("--task")
                      ->excludes(kind);
    auto* size = sub->add_option("--data-size", init.data_size, "how many values the simulator's x has")
                     ->check(CLI::Range(1, 1000000))
                     ->needs(names);
    names->needs(size);
    sub->callback([this] {
      auto sorted = init.parameters;
      std::ranges::sort(sorted);
      if (const auto twice = std::ranges::adjacent_find(sorted); twice != sorted.end())
        throw CLI::ValidationError("--parameters", fmt::format("'{}' is there twice", *twice));
      result.command = init;
    });
  }
  void add_check() {
    auto* sub = verb("check", "validate a campaign file, try its simulator, say what a run will cost", check);
    sub->add_option("FILE", check.file, "the campaign file")->required();
    sub->add_option("--seconds", check.seconds, "for simulations at draws of the prior, at most")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    sub->add_flag("--json", check.json, "for machines");
    add_threads(sub);
  }
  void add_run() {
    auto* sub = verb("run", "run a campaign, or continue it where it stopped", run);
    sub->add_option("FILE", run.file, "the campaign file, or a campaign's folder to continue it")->required();
    sub->add_option("--out", run.out, "the campaign's folder; default: FILE without its suffix");
    sub->add_option("--observation", run.observation,
                    "a CSV file with x in place of the file's [observation]");
    sub->add_option("--wall-time", wall_time,
                    "stop cleanly, with exit code 75, after seconds or [D-]HH:MM:SS");
    add_simulator(sub, run.simulator);
    sub->add_flag("--diagnose", run.diagnose, "check the posterior at the end, as 'snpse diagnose' does");
    sub->add_flag("--report", run.report, "write report.html into the campaign's folder at the end");
    sub->add_flag("--c2st", run.c2st, "built-in tasks: compare with the exact posterior at the end");
    add_threads(sub);
  }
  void add_import() {
    auto* sub = verb("import", "begin a campaign with simulations that were run elsewhere", import);
    sub->add_option("FILE", import.file, "the campaign file")->required();
    sub->add_option(
           "--data", import.data,
           "CSV with a column for each parameter, by its name, all others being x; or HDF5 or .npz with theta "
           "and x; may be repeated")
        ->required()
        ->allow_extra_args(false);
    sub->add_option("--out", import.out, "the campaign's folder")->required();
    sub->add_flag("--json", import.json, "for machines");
  }
  void add_extend() {
    auto* sub = verb(
        "extend", "add simulations or posterior draws to a campaign; 'snpse run DIR' then continues", extend);
    sub->callback([this] {
      if (extend.simulations == 0 && extend.samples == 0)
        throw CLI::RequiredError("--simulations or --samples");
      result.command = extend;
    });
    sub->add_option("DIR", extend.folder, "the campaign's folder")->required();
    auto* simulations = sub->add_option("--simulations", extend.simulations, "so many further simulations")
                            ->check(CLI::PositiveNumber);
    sub->add_option("--rounds", extend.rounds,
                    "further rounds for these simulations (default: as many as are needed to go on)")
        ->check(CLI::Range(1, 9999))
        ->needs(simulations);
    sub->add_option("--samples", extend.samples, "so many further draws of the posterior")
        ->check(CLI::PositiveNumber);
    sub->add_flag("--json", extend.json, "for machines");
  }
  void add_status() {
    auto* sub = verb("status", "say how far a campaign is, also while it runs or after a crash", status);
    sub->add_option("DIR", status.folder, "the campaign's folder")->required();
    auto* failures =
        sub->add_flag("--failures", status.failures,
                      "why simulations failed: the causes, an example of each, and how to run it again");
    auto* json = sub->add_flag("--json", status.json, "for machines");
    auto* watch =
        sub->add_flag("--watch", status.watch,
                      "draw it again every few seconds, with bars and the course of the loss, until the "
                      "campaign is finished")
            ->excludes(json)
            ->excludes(failures);
    sub->add_option("--every", status.every, "seconds between two pictures of --watch")
        ->check(CLI::Range(0.1, 86400.0))
        ->capture_default_str()
        ->needs(watch);
    sub->add_option("--prometheus", status.prometheus,
                    "also write the figures to this file, for the textfile collector of Prometheus");
  }
  void add_sample() {
    auto* sub = verb("sample", "draw more posterior samples", sample);
    sub->add_option("DIR", sample.folder, "the campaign's folder")->required();
    auto* samples = sub->add_option("--samples", sample.samples, "how many")
                        ->check(CLI::PositiveNumber)
                        ->capture_default_str();
    sub->add_option("--output", sample.output, "the file to write: .csv, .h5, .npz, or - for standard output")
        ->required();
    auto* observation = sub->add_option("--observation", sample.observation,
                                        "a CSV file with another x, or several, a line each (amortised "
                                        "methods)");
    sub->add_flag("--iid", sample.iid,
                  "its lines are independent observations of the same parameters, to be put together")
        ->needs(observation);
    sub->add_option("--seed", sample.seed, "another one gives other draws")->capture_default_str();
    sub->add_flag("--log-prob", sample.log_prob, "add a column with each draw's log-density");
    auto* theta =
        sub->add_option("--theta", sample.theta,
                        "a CSV file of parameters, one set a row: their log-densities in place of draws")
            ->excludes(samples);
    sub->add_option("--region", sample.region,
                    "add a column in_region: 1 in the highest-density region of this mass, such as 0.9")
        ->check(CLI::Range(1e-6, 1 - 1e-6))
        ->excludes(theta);
    sub->add_flag("--map", sample.map, "write the mode alone: the parameters of the greatest density")
        ->excludes(theta);
    sub->add_flag("--predict", sample.predict, "add columns with a simulation at each draw");
    add_simulator(sub, sample.simulator);
    add_threads(sub);
  }
  void add_diagnose() {
    auto* sub =
        verb("diagnose", "check a campaign's posterior: calibration, predictions, a verdict", diagnose);
    sub->add_option("DIR", diagnose.folder, "the campaign's folder")->required();
    sub->add_option("--simulations", diagnose.simulations,
                    "of each check that simulates (default: 500, or as many as it needs to be able to fail)")
        ->check(CLI::Range(100, 1000000));
    sub->add_option("--seed", diagnose.seed,
                    "another one draws and simulates anew (default: the campaign's)");
    sub->add_option("--networks", diagnose.networks,
                    "train so many more on the same data, with other seeds, and compare their posteriors")
        ->check(CLI::Range(0, 100))
        ->capture_default_str();
    add_simulator(sub, diagnose.simulator);
    sub->add_flag("--json", diagnose.json, "for machines");
    add_threads(sub);
  }
  void add_export() {
    auto* sub = verb("export", "write the posterior samples for other programs", exporting);
    sub->add_option("DIR", exporting.folder, "the campaign's folder")->required();
    sub->add_option("--format", exporting.format, "of an output whose name has no suffix; default: csv")
        ->check(one_of(names_of(kExportFormats)));
    sub->add_flag("--failures", exporting.failures,
                  "in place of the draws every failed attempt at a simulation: its parameters, its cause");
    sub->add_option("--output", exporting.output,
                    "the file to write: .csv, .h5, .npz (NumPy), .nc (ArviZ), or - for standard output")
        ->required();
    sub->add_flag("--log-prob", exporting.log_prob, "arviz: compute the draws' log-densities");
    sub->add_flag("--predict{1000}", exporting.predict,
                  "arviz: simulate at 1000 draws, or at N with --predict=N: the posterior predictive")
        ->check(CLI::PositiveNumber);
    add_simulator(sub, exporting.simulator);
    add_threads(sub);
  }
  void add_summary() {
    auto* sub = verb("summary", "print mean, sd, quantiles and mode of each parameter", summary);
    sub->add_option(
           "DIR", summary.sources,
           "campaigns' folders; also files of draws: .csv with names, .h5 of snpse, .nc of ArviZ, .npz")
        ->required();
    sub->add_option("--parameters", summary.parameters, "their names: leave out the other columns of a file");
    auto* json = sub->add_flag("--json", summary.json, "for machines");
    sub->add_flag("--csv", summary.csv, "a line for each parameter")->excludes(json);
  }
  void add_report() {
    auto* sub = verb("report", "write a page with pictures of campaigns: posterior, checks, course", report);
    sub->add_option("DIR", report.folders, "campaigns' folders; several are shown side by side")->required();
    sub->add_option("--output", report.output, "the HTML file to write, or - for standard output")
        ->required();
    sub->add_option("--predict", report.predict,
                    "simulate at so many draws of each posterior, for comparison with x")
        ->check(CLI::PositiveNumber);
    sub->add_option("--truth", report.truth, "a CSV file with the true parameters, to be marked");
    add_simulator(sub, report.simulator);
    add_threads(sub);
  }
  void add_diff() {
    auto* sub =
        verb("diff", "say what differs between two campaigns: configuration, data and posterior", diff);
    sub->add_option("A", diff.a, "a campaign's folder, or a file of draws as 'snpse summary' takes it")
        ->required();
    sub->add_option("B", diff.b, "another")->required();
    sub->add_option("--seed", diff.seed, "of the classifier")->capture_default_str();
    sub->add_flag("--json", diff.json, "for machines");
    add_threads(sub);
  }
  void add_serve() {
    auto* sub =
        verb("serve", "offer the log-density of a campaign's posterior as a model of UM-Bridge", serve);
    sub->add_option("DIR", serve.folder, "the campaign's folder")->required();
    sub->add_option("--host", serve.host, "the address to listen at; 0.0.0.0 lets other machines ask")
        ->capture_default_str();
    sub->add_option("--port", serve.port, "the port to listen at; 0: any free port")
        ->check(CLI::Range(0, 65535))
        ->capture_default_str();
    add_threads(sub);
  }
  void add_simulate() {
    auto* sub =
        verb("simulate", "run a campaign's simulator, or a built-in task, at some parameters", simulate);
    sub->add_option("TARGET", simulate.target, "a campaign's folder, or a task's name")
        ->required()
        ->check(folder_or_task());
    auto* theta = sub->add_option("--theta", simulate.theta, "a CSV file of parameters, one set a row");
    sub->add_option("--prior,--simulations", simulate.prior,
                    "so many draws of the prior; of a task, 1000 by default")
        ->check(CLI::PositiveNumber)
        ->excludes(theta);
    sub->add_option("--posterior", simulate.posterior, "so many draws of the campaign's posterior")
        ->check(CLI::PositiveNumber);
    sub->add_option("--id", simulate.id, "a simulation of the campaign, again")
        ->check(CLI::NonNegativeNumber);
    sub->add_option("--seed", simulate.seed, "of everything random; default: 1, or the campaign's");
    add_simulator(sub, simulate.simulator);
    sub->add_option("--output", simulate.output, "the CSV file to write, parameters and data; - prints them")
        ->capture_default_str();
    add_threads(sub);
  }
  void add_c2st() {
    auto* sub = verb("c2st", "compare two sets of draws by the classifier two-sample test", c2st);
    sub->add_option("REFERENCE", c2st.reference,
                    "exact draws: a campaign's folder, or a file as 'snpse summary' takes it")
        ->required();
    sub->add_option("SAMPLES", c2st.samples, "draws to judge")->required();
    sub->add_option("--seed", c2st.seed, "of the classifier")->capture_default_str();
    sub->add_flag("--json", c2st.json, "for machines");
    add_threads(sub);
  }
  void add_bench() {
    auto* sub = app.add_subcommand(
        "bench",
        "run a benchmark task, or a grid of them, and compare with the exact posterior: C2ST and cost");
    auto* task = sub->add_option("TASK", bench.task, "the task's name, or a file that describes a grid")
                     ->check(task_or_grid_file());
    sub->add_flag("--speed", speed, "in place of a task: how fast a core of this machine trains and samples")
        ->excludes(task);
    sub->callback([this, sub] {
      if (speed)
        result.command = SpeedArguments{bench.json};
      else if (bench.task.empty())
        throw CLI::RequiredError("TASK");
      else if (is_grid_file(bench.task))
        result.command = grid_arguments(*sub);
      else
        result.command = bench;
    });
    sub->add_option("--method", bench.method, "the algorithm")
        ->check(one_of(method_names()))
        ->capture_default_str();
    sub->add_option("--preset", bench.preset, "the values of all settings")
        ->check(one_of(preset_names()))
        ->capture_default_str();
    sub->add_option("--rounds", bench.rounds, "of a sequential method; by default the preset's")
        ->check(CLI::Range(1, 1000));
    sub->add_option("--simulations", bench.simulations, "over all rounds")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    sub->add_option("--samples", bench.samples, "posterior draws to compare")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    sub->add_option("--seed", bench.seed, "of everything random")->capture_default_str();
    auto* observation = sub->add_option("--observation", bench.observation,
                                        "a CSV file with x; default: drawn from the seed");
    sub->add_option("--iid", bench.iid,
                    "independent observations of the same parameters, drawn from the seed")
        ->check(CLI::Range(1, 100000))
        ->excludes(observation);
    sub->add_option("--reference", bench.reference,
                    "a CSV file with exact posterior draws; default: our own sampler");
    sub->add_option("--set", bench.settings, "SECTION.KEY=VALUE of a campaign file; may be repeated")
        ->allow_extra_args(false);
    sub->add_option("--out", bench.out,
                    "keep the campaign in this folder; a grid's: by default FILE without .toml");
    sub->add_flag("--json", bench.json, "for machines");
    add_threads(sub);
  }
  GridArguments grid_arguments(const CLI::App& sub) const {
    for (const char* option : {"--method", "--preset", "--rounds", "--simulations", "--samples", "--seed",
                               "--observation", "--iid", "--reference", "--set"})
      if (sub.count(option) > 0)
        throw CLI::ValidationError(option, fmt::format("'{}' says that itself; set it there", bench.task));
    return {bench.task, bench.out, bench.json};
  }
};

}  // namespace

std::vector<std::string> init_kinds() {
  return {"python", "executable", "mpi", "library", "cpp", "umbridge"};
}

CommandLine parse_command_line(int argc, const char* const* argv) {
  Parser parser;
  try {
    parser.app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    const auto chosen = parser.app.get_subcommands();
    parser.result.command.reset();
    parser.result.text = chosen.empty() ? parser.app.help() : chosen.front()->help();
    return parser.result;
  } catch (const CLI::ExtrasError&) {
    fail(ExitCode::usage, "{}", unexpected(parser.app, parser.app.remaining(true).front()));
  } catch (const CLI::ParseError& error) {
    const auto extras = parser.app.remaining(true);
    if (!extras.empty()) fail(ExitCode::usage, "{}", unexpected(parser.app, extras.front()));
    const auto chosen = parser.app.get_subcommands();
    const auto verb = chosen.empty() ? std::string("snpse") : "snpse " + chosen.front()->get_name();
    fail(ExitCode::usage, "{}: {}; '{} --help' says what it takes", verb, error.what(), verb);
  }
  if (!parser.wall_time.empty())
    std::get<RunArguments>(*parser.result.command).wall_time = parse_duration(parser.wall_time);
  // Not app.help(): after the verb "help" that would explain the verb itself.
  if (!parser.result.command && parser.result.text.empty())
    parser.result.text =
        parser.app.get_formatter()->make_help(&parser.app, parser.app.get_name(), CLI::AppFormatMode::Normal);
  return parser.result;
}

}  // namespace snpse
