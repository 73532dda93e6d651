#pragma once

#include <chrono>
#include <filesystem>
#include <stop_token>

#include "simulation/process_group.hpp"

namespace snpse {

struct ProgramOptions {
  LaunchOptions launch;              ///< but for its descriptors
  std::filesystem::path input = {};  ///< its standard input; empty: none
  std::filesystem::path output;      ///< what it prints is written there
  std::filesystem::path error;       ///< its standard error
  double time_limit = 0;             ///< seconds; 0: none
  /// How long it may take to end by itself after SIGTERM, where its time is over or it was cancelled.
  std::chrono::milliseconds grace_of_timeout = kGraceOfTimeout;
  std::chrono::milliseconds grace_of_cancel{0};
};

/// printed_too_much: more than kMostPrinted bytes.
enum class ProgramVerdict { ended, timeout, cancelled, printed_too_much };
struct ProgramRun {
  ProgramVerdict verdict = ProgramVerdict::ended;
  ProcessEnd end;
};

/// Runs a program from its start to its end. No process of its group outlives the call.
/// Error(config) where it cannot be run, Error(cannot_create) where its output has no file.
ProgramRun run_program(const ProgramOptions& options, const std::stop_token& cancel);

}  // namespace snpse
