#include "network/training_pass.hpp"

#include "network/cpu/cpu_training_pass.hpp"
#include "network/cpu/energy_training_pass.hpp"

namespace snpse {

std::unique_ptr<TrainingPass> make_training_pass(const NetworkShape& shape, const float* weights,
                                                 std::int64_t max_simulations, std::int64_t max_rows) {
  if (is_energy(shape.kind))
    return std::make_unique<EnergyTrainingPass>(shape, weights, max_simulations, max_rows);
  return std::make_unique<CpuTrainingPass>(shape, weights, max_simulations, max_rows);
}

}  // namespace snpse
