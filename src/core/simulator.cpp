#include "core/simulator.hpp"

namespace snpse {

const char* to_string(Status status) {
  switch (status) {
    case Status::ok:
      return "ok";
    case Status::invalid:
      return "invalid";
    case Status::failed:
      return "failed";
    case Status::timeout:
      return "timeout";
  }
  return "unknown";
}

std::uint32_t SimulationRequest::external_seed() const {
  RandomStream copy = random;
  return copy() >> 1U;
}

std::vector<SimulationOutcome> SimulatorInstance::run_batch(std::span<const SimulationRequest> requests) {
  std::vector<SimulationOutcome> outcomes;
  for (const SimulationRequest& request : requests) outcomes.push_back(run(request));
  return outcomes;
}

}  // namespace snpse
