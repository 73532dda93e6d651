#include "training/step_time.hpp"

#include <algorithm>
#include <numeric>

#include "training/posterior_score.hpp"
#include "training/trainer.hpp"

namespace snpse {
namespace {

constexpr std::uint64_t kSeed = 1;

/// Draws of the prior with noise for data, as a first round has them; each rank has its part.
RoundData round_of_noise(const World& world, const Prior& prior, Eigen::Index data, std::int64_t rows) {
  const auto range = world.rows_of(rows);
  const auto first = static_cast<std::uint64_t>(range.begin);
  RandomStream random(kSeed, Purpose::diffusion_noise, 0, first);
  Matrix x(range.size(), data);
  random.fill_normal({x.data(), static_cast<std::size_t>(x.size())});
  RoundData round;
  round.size = rows;
  auto& simulations = round.simulations;
  simulations.theta = draw_rows(prior, range.size(), kSeed, Purpose::prior, 0, first);
  simulations.x = std::make_shared<RowsInMemory>(std::move(x));
  simulations.id.resize(static_cast<std::size_t>(range.size()));
  std::iota(simulations.id.begin(), simulations.id.end(), std::int64_t{range.begin});
  simulations.status.assign(static_cast<std::size_t>(range.size()), Status::ok);
  return round;
}

}  // namespace

double measure_training_step(const std::shared_ptr<const Prior>& prior, Eigen::Index data, std::int64_t rows,
                             FitSettings settings, const StepContext& context) {
  // More rows would not change a step, and take long to make.
  constexpr std::int64_t kMostRows = 5000;
  constexpr std::int64_t kMostValues = 10'000'000;
  constexpr std::int64_t kFewestRows = 400;
  const auto most = std::clamp<std::int64_t>(kMostValues / data, kFewestRows, kMostRows);
  const auto round = round_of_noise(context.world, *prior, data, std::min(rows, most));
  settings.model.networks = 1;
  auto training = posterior_score({&round, 1}, prior, settings, kSeed, context);
  training.data.held_out = training.held_out.of_network(0);
  const auto seconds_of = [&](std::int64_t steps) {
    auto options = settings.training;
    options.max_steps = static_cast<int>(steps);
    options.iteration = 0;
    options.validation_every = options.max_steps;
    const auto report = train(context.world, training.model, training.data, options, {kSeed, 1}, {},
                              context.stop, context.log);
    return context.world.broadcast(report.seconds);
  };
  constexpr std::int64_t kFewest = 5;
  constexpr std::int64_t kMost = 100;
  constexpr double kEnoughSeconds = 1;
  seconds_of(kFewest);  // the libraries prepare their kernels
  const double of_few = seconds_of(kFewest);
  const auto more = std::clamp<std::int64_t>(
      static_cast<std::int64_t>(kEnoughSeconds * kFewest / std::max(of_few, 1e-6)), kFewest, kMost);
  // Both validate twice, at their beginning and at their end.
  return std::max(0.0, seconds_of(kFewest + more) - of_few) / static_cast<double>(more);
}

}  // namespace snpse
