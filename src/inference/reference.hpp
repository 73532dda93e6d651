#pragma once

#include "inference/score_field.hpp"

namespace snpse {

/// The law of y = z_t / alpha at t = 1, from which draws start and to which densities refer: independent
/// normals.
struct Reference {
  torch::Tensor mean;       // [1, d]
  torch::Tensor deviation;  // [1, d]

  torch::Tensor sample(const torch::Tensor& noise) const {
    return mean + deviation * noise;
  }                                                         // [n, d] -> [n, d]
  torch::Tensor log_density(const torch::Tensor& y) const;  // [n, d] -> [n] float64
};

/// Of a preconditioned model: the marginal at t = 1 of N(m, s^2), with m what the field expects of z_0 there
/// and s the deviation of its centre. N(0, sigma_1^2) in its place would move every draw by |m| / sigma_1
/// posterior deviations towards 0. Of a plain model: the process's N(0, I) or N(0, sigma_max^2 I), as in the
/// paper.
Reference reference_of(const ScoreField& field);

}  // namespace snpse
