#include "simulation/library_worker.hpp"

#include <cstdio>
#include <iostream>
#include <memory>
#include <string>

#include <unistd.h>

#include "simulation/protocol.hpp"
#include "simulation/shared_library.hpp"
#include "snpse/simulator.h"
#include "util/error.hpp"

namespace snpse {
namespace {

using Simulate = decltype(&snpse_simulate);

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

/// Standard output for the protocol alone: everybody else's goes to standard error from now on.
File take_standard_output() {
  const int copy = dup(STDOUT_FILENO);
  if (copy < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
    fail(ExitCode::internal, "cannot redirect the output");
  return File(fdopen(copy, "w"));
}

void say(const File& out, const std::string& line) {
  fmt::print(out.get(), "{}\n", line);
  std::fflush(out.get());
}

std::string answer(const std::string& line, Simulate simulate, std::size_t theta_dim,
                   std::vector<double>& x) {
  const auto request = protocol::parse_request(line);
  if (!request) return protocol::format_error(0, "not a request: " + line);
  if (request->theta.size() != theta_dim)
    return protocol::format_error(
        request->id, fmt::format("{} parameters where {} are expected", request->theta.size(), theta_dim));
  const int code = simulate(request->theta.data(), theta_dim, request->seed, x.data(), x.size());
  if (code != 0) return protocol::format_error(request->id, fmt::format("snpse_simulate returned {}", code));
  return protocol::format_answer(request->id, x);
}

}  // namespace

void serve_library(const std::filesystem::path& library, std::size_t theta_dim, std::size_t x_dim) {
  const File out = take_standard_output();
  Simulate simulate = nullptr;
  try {
    simulate = SharedLibrary(library).function<Simulate>("snpse_simulate", "snpse/simulator.h");
  } catch (const Error& e) {
    say(out, fmt::format("failed {}", e.what()));
    return;
  }
  say(out, std::string(protocol::kReady));
  std::vector<double> x(x_dim);
  for (std::string line; std::getline(std::cin, line);) say(out, answer(line, simulate, theta_dim, x));
}

}  // namespace snpse
