#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace snpse {

/// A simulator of your own, x ~ p(x given theta), to be run inside the ranks by snpse::main()
/// (<snpse/program.hpp>). One object serves one thread and may keep state between simulations.
class Simulator {
 public:
  virtual ~Simulator() = default;
  /// Draws x.
  ///   theta  [d], the parameters in the order of the campaign file
  ///   seed   of all random numbers that the call uses, below 2^31: the same theta and seed must give the
  ///          same x, whatever was simulated before
  /// Returns x, [p], as many values as the observation has; a value that is not finite makes the simulation
  /// invalid. A thrown std::exception makes the simulation failed, and its what() stands in the log. A crash
  /// ends the rank: a simulator that may crash is better run as [simulator] library or command.
  virtual std::vector<double> simulate(std::span<const double> theta, std::uint64_t seed) = 0;
};

/// Makes one simulator for the calling thread. Called once on each rank, or once for each thread that
/// simulates.
using MakeSimulator = std::function<std::unique_ptr<Simulator>()>;

}  // namespace snpse
