#include "snpse/core/training_pass.hpp"

#include "snpse/core/energy_training_pass.hpp"
#include "snpse/core/mlp_training_pass.hpp"

namespace snpse {

std::unique_ptr<TrainingPass> make_training_pass(const NetworkShape& shape, const float* weights,
                                                 std::int64_t max_simulations, std::int64_t max_rows) {
  if (is_energy(shape.kind))
    return std::make_unique<EnergyTrainingPass>(shape, weights, max_simulations, max_rows);
  return std::make_unique<MlpTrainingPass>(shape, weights, max_simulations, max_rows);
}

}  // namespace snpse
