#include "diagnostics/c2st.hpp"

#include <cmath>
#include <exception>
#include <numeric>
#include <utility>

#include "numerics/tensor_matrix.hpp"
#include "parallel/block_work.hpp"
#include "training/classifier.hpp"
#include "util/error.hpp"

namespace snpse {
namespace {

constexpr std::int64_t kHiddenPerDimension = 10;

void validate(const Matrix& reference, const Matrix& samples, const C2stOptions& options) {
  if (reference.rows() != samples.rows() || reference.cols() != samples.cols())
    fail(ExitCode::data, "C2ST of {} x {} reference draws and {} x {} samples: give as many of both",
         reference.rows(), reference.cols(), samples.rows(), samples.cols());
  if (options.folds < 2 || 2 * reference.rows() < options.folds)
    fail(ExitCode::config, "C2ST of {} draws with {} folds: choose at least 2 folds, and at most one a draw",
         2 * reference.rows(), options.folds);
  if (!reference.allFinite() || !samples.allFinite())
    fail(ExitCode::data, "C2ST of samples that are not all finite: drop the others");
}

/// Both samples below each other, z-scored by the first one's moments.
Matrix standardised_pool(const Matrix& reference, const Matrix& samples) {
  const Eigen::RowVectorXd mean = reference.colwise().mean();
  const Eigen::RowVectorXd scale =
      ((reference.rowwise() - mean).colwise().squaredNorm() / static_cast<double>(reference.rows() - 1))
          .cwiseSqrt();
  Eigen::Index narrowest = 0;
  if (!(scale.minCoeff(&narrowest) > 0))
    fail(ExitCode::data, "column {} of the reference draws is constant: C2ST cannot z-score it",
         narrowest + 1);
  Matrix pool(reference.rows() + samples.rows(), reference.cols());
  pool << reference, samples;
  return (pool.rowwise() - mean).array().rowwise() / scale.array();
}

/// The fold of each row: as many rows in each as can be, assigned by a random order.
std::vector<int> assign_folds(Eigen::Index rows, const C2stOptions& options) {
  std::vector<int> fold(static_cast<std::size_t>(rows));
  for (std::size_t i = 0; i < fold.size(); ++i) fold[i] = static_cast<int>(i) % options.folds;
  RandomStream random(options.seed, Purpose::classifier, 0, 0);
  for (std::size_t i = fold.size() - 1; i > 0; --i) std::swap(fold[i], fold[random.below(i + 1)]);
  return fold;
}

}  // namespace

double c2st_fold(const Matrix& reference, const Matrix& samples, int fold, const C2stOptions& options,
                 const std::function<void()>& stop_point) {
  validate(reference, samples, options);
  const std::vector<int> folds = assign_folds(reference.rows() + samples.rows(), options);
  std::vector<std::int64_t> train;
  std::vector<std::int64_t> test;
  for (std::size_t i = 0; i < folds.size(); ++i)
    (folds[i] == fold ? test : train).push_back(static_cast<std::int64_t>(i));
  const torch::Tensor train_rows = torch::tensor(train);
  const torch::Tensor test_rows = torch::tensor(test);

  const torch::Tensor x = to_tensor(standardised_pool(reference, samples));  // [2 n, d]
  const torch::Tensor y = torch::cat({torch::zeros({reference.rows(), 1}), torch::ones({samples.rows(), 1})});
  Classifier classifier(
      reference.cols(), kHiddenPerDimension * reference.cols(),
      RandomStream(options.seed, Purpose::classifier, static_cast<std::uint32_t>(fold) + 1, 0));
  classifier.train(x.index_select(0, train_rows), y.index_select(0, train_rows), Classifier::kMaxEpochs,
                   stop_point);
  return classifier.accuracy(x.index_select(0, test_rows), y.index_select(0, test_rows));
}

C2stResult c2st(const World& world, const Matrix& reference, const Matrix& samples,
                const C2stOptions& options) {
  validate(reference, samples, options);
  C2stResult result;
  result.folds.resize(static_cast<std::size_t>(options.folds));
  std::exception_ptr error;
  try {
    const RowRange mine = world.rows_of(options.folds);
    for (Eigen::Index fold = mine.begin; fold < mine.end; ++fold)
      result.folds[static_cast<std::size_t>(fold)] =
          c2st_fold(reference, samples, static_cast<int>(fold), options, [&] { stop_point(world); });
  } catch (...) {
    error = std::current_exception();
  }
  world.raise_together(error);
  world.sum(result.folds);
  result.mean = std::accumulate(result.folds.begin(), result.folds.end(), 0.0) / options.folds;
  return result;
}

}  // namespace snpse
