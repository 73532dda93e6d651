#include "api/simulator_adapter.hpp"

#include <exception>
#include <memory>
#include <utility>

namespace snpse {
namespace {

class AdaptedSimulator : public SimulatorInstance {
 public:
  explicit AdaptedSimulator(std::unique_ptr<Simulator> simulator) : simulator_(std::move(simulator)) {}

  SimulationOutcome run(const SimulationRequest& request) override {
    try {
      return {Status::ok, simulator_->simulate(request.theta, request.external_seed()), {}};
    } catch (const std::exception& error) {
      return {Status::failed, {}, error.what()};
    }
  }

 private:
  std::unique_ptr<Simulator> simulator_;
};

}  // namespace

SimulatorFactory adapt(const MakeSimulator& make_simulator) {
  return [make_simulator] { return std::make_unique<AdaptedSimulator>(make_simulator()); };
}

}  // namespace snpse
