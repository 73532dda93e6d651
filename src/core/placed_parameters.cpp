#include "core/placed_parameters.hpp"

#include <cmath>
#include <utility>

namespace snpse {
namespace {

class PlacingSimulator final : public SimulatorInstance {
 public:
  PlacingSimulator(std::unique_ptr<SimulatorInstance> simulator, std::vector<PlacedParameter> parameters)
      : simulator_(std::move(simulator)), parameters_(std::move(parameters)) {}

  SimulationOutcome run(const SimulationRequest& request) override {
    const auto theta = placed(request.theta);
    auto of_all = request;
    of_all.theta = theta;
    return simulator_->run(of_all);
  }

  std::vector<SimulationOutcome> run_batch(std::span<const SimulationRequest> requests) override {
    std::vector<std::vector<double>> all;
    std::vector<SimulationRequest> of_all(requests.begin(), requests.end());
    all.reserve(requests.size());
    for (auto& request : of_all) request.theta = all.emplace_back(placed(request.theta));
    return simulator_->run_batch(of_all);
  }

 private:
  std::vector<double> placed(std::span<const double> inferred) const {
    std::vector<double> theta;
    auto next = inferred.begin();
    for (const auto& parameter : parameters_) {
      const double value = parameter.is_constant ? parameter.value : *next++;
      theta.push_back(parameter.is_rounded ? std::round(value) : value);
    }
    return theta;
  }

  std::unique_ptr<SimulatorInstance> simulator_;
  std::vector<PlacedParameter> parameters_;
};

}  // namespace

SimulatorFactory with_placed_parameters(SimulatorFactory factory, std::vector<PlacedParameter> parameters) {
  return [factory = std::move(factory), parameters = std::move(parameters)] {
    return std::make_unique<PlacingSimulator>(factory(), parameters);
  };
}

}  // namespace snpse
