#include "inference/sampler.hpp"

#include "inference/probability_flow.hpp"
#include "inference/reverse_sde.hpp"

namespace snpse {

torch::Tensor sample_field(const ScoreField& field, std::span<RandomStream> streams,
                           const SamplerOptions& options) {
  switch (options.kind) {
    case SamplerKind::dopri5:
      return sample_dopri5(field, standard_normal(streams, field.model().dim()), options.tolerance);
    case SamplerKind::sde:
      return sample_sde(field, streams, options);
    case SamplerKind::adams:
      break;
  }
  return sample_adams(field, standard_normal(streams, field.model().dim()), options.steps);
}

}  // namespace snpse
