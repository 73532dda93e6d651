#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "numerics/matrix.hpp"
#include "parallel/world.hpp"

namespace snpse {

struct C2stOptions {
  int folds = 5;           ///< of the cross-validation; the classifier trains once for each
  std::uint64_t seed = 1;  ///< of the folds, the initial weights and the order of batches
};

struct C2stResult {
  double mean = 0;            ///< 0.5: the samples cannot be told apart; 1: always
  std::vector<double> folds;  ///< accuracy on each held-out fold
};

/// Classifier two-sample test (Friedman 2003; Lopez-Paz and Oquab 2017) by the protocol of the sbibm
/// benchmark (Lueckmann et al. 2021): both samples are z-scored by the mean and standard deviation of
/// reference, and a classifier with two hidden layers of 10 d units learns to tell them apart. Unlike there,
/// each fold has its own initial weights: where the samples differ in fine detail only, some starts never
/// leave the plateau at 0.5, and one start for all folds would decide the mean. reference, samples: [n, d]
/// each, the same on every rank. Collective: each rank trains some of the folds; the same result on every
/// rank and for every number of ranks. Error(data) where the shapes differ, a value is not finite or a column
/// of reference is constant.
C2stResult c2st(const World& world, const Matrix& reference, const Matrix& samples,
                const C2stOptions& options);

/// Not collective: the accuracy on one fold, 0 <= fold < options.folds, of a classifier trained on the
/// others. stop_point: called before each epoch; it may throw.
double c2st_fold(
    const Matrix& reference, const Matrix& samples, int fold, const C2stOptions& options,
    const std::function<void()>& stop_point = [] {});

}  // namespace snpse
