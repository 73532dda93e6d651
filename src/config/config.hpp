#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "inference/options.hpp"
#include "methods/options.hpp"
#include "numerics/matrix.hpp"
#include "score/model_options.hpp"
#include "simulation/executable_options.hpp"
#include "training/invalid_options.hpp"
#include "training/options.hpp"

namespace snpse {

/// What a program that is started for each simulation reads and writes.
struct RunOptions {
  std::string template_file;                 ///< of the input; absolute
  InputFormat input = InputFormat::none;     ///< from_template where there is a template_file
  std::optional<OutputOptions> output = {};  ///< none: "{output}" if run names it, else what is printed
  KeptWorkdirs workdir = KeptWorkdirs::on_failure;  ///< which work directories are kept
  int workdir_limit = 20;                           ///< so many at most
  std::vector<std::string> link, copy;              ///< into each work directory; absolute
  int ranks = 0;                                    ///< of a program that is parallel by MPI; 0: it is not
  std::vector<std::string> launcher;                ///< that starts these ranks; empty: default_launcher()
};

/// A model of UM-Bridge servers.
struct UrlOptions {
  std::string model;              ///< its name on the servers
  std::string config = "{}";      ///< what it gets with each evaluation: a JSON object
  std::string seed_key = "seed";  ///< of config, under which it gets the seed
};

/// Where x comes from: exactly one of task, command, run, library, url and in_process is set.
struct SimulatorOptions {
  std::string task;                  ///< a built-in benchmark task
  std::vector<std::string> command;  ///< a persistent worker in any language
  int batch = 1;                     ///< simulations that it gets at once
  std::vector<std::string> run;      ///< a program that is started for each simulation
  RunOptions run_options;            ///< of run
  std::vector<std::string> url;      ///< servers that speak UM-Bridge
  UrlOptions url_options;            ///< of url
  std::string library;               ///< a shared library (snpse/simulator.h)
  bool in_process = false;           ///< the simulator of the executable (snpse/program.hpp)
  std::string folder;                ///< an external simulator's working directory; absolute
  std::vector<std::string> files;    ///< of that folder, to be copied into the campaign's folder
  double time_limit = 0;             ///< seconds a simulation; 0: none
  double give_up_after = 0;          ///< FarmOptions::give_up_after
  double memory_limit = 0;           ///< GB each process of an external simulator; 0: none
  double start_limit = 60;           ///< seconds until a worker is ready
  int retries = 1;                   ///< how often a failed simulation is tried again
  double failure_budget = 0.2;       ///< fraction of a round's simulations that may fail or time out
};

/// One parameter of an own simulator.
struct ParameterOptions {
  std::string name;
  std::string prior;         ///< a type of prior_types(); empty: all parameters have one prior together
  double low = 0, high = 0;  ///< uniform, loguniform, truncated_normal, integer
  double mean = 0, standard_deviation = 0;  ///< normal, truncated_normal
  double location = 0, scale = 0;           ///< lognormal, student_t, half_normal, inverse_gamma
  double shape = 0, rate = 0;               ///< gamma, inverse_gamma, exponential
  double alpha = 0, beta = 0;               ///< beta
  double degrees_of_freedom = 0;            ///< student_t
  double value = 0;                         ///< constant: not inferred
  std::vector<double> weights, means, standard_deviations;  ///< normal_mixture, of each component
};

/// A multivariate normal over all parameters, in place of one prior a parameter.
struct CorrelatedPrior {
  std::vector<double> mean;                     // [d], empty: not used
  std::vector<std::vector<double>> covariance;  // [d, d]
};

/// A prior of all parameters whose marginals are not independent, in place of one prior a parameter.
struct SequentialPriorOptions {
  ParameterOptions ordered;            ///< the one marginal of ascending parameters; without a type: not used
  std::vector<double> concentrations;  ///< of the parts of 1, [d + 1]; empty: not used
};

struct ObservationOptions {
  std::vector<double> x;  // [rows p]
  int rows = 1;           ///< independent observations of one theta, one after the other in x
  std::vector<std::string>
      names;                  ///< of the values of one row, or of the series that it is made of; or empty
  std::vector<double> times;  ///< of the values of each series; empty: x is no series
};

struct PosteriorOptions {
  std::int64_t samples = 10000;
};

/// All that defines a campaign: what a campaign file says, presets and defaults filled in.
struct Config {
  std::uint64_t seed = 1;
  SimulatorOptions simulator;
  std::vector<ParameterOptions> parameters;
  CorrelatedPrior correlated_prior;
  SequentialPriorOptions sequential_prior;
  std::string prior_library;  ///< a shared library with the prior of all parameters (snpse/prior.h), or empty
  ObservationOptions observation;
  MethodOptions method;
  ModelOptions model;
  TrainingOptions training;
  SamplerOptions sampler;
  DensityOptions density;
  TruncationOptions truncation;
  InvalidOptions invalid;
  CompositionOptions composition;
  PosteriorOptions posterior;
};

/// Sets all fields whose value the preset named in config.method.preset decides. The method's name, the
/// number of simulations and the task must be set before; the other keys of a campaign file are read after
/// it. Error(config) for an unknown preset.
void apply_preset(Config& config);
std::vector<std::string> preset_names();

}  // namespace snpse
