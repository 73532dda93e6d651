#include <chrono>
#include <cmath>
#include <condition_variable>
#include <cstdio>
#include <future>
#include <mutex>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "campaign/trained_campaign.hpp"
#include "cli/commands.hpp"
#include "config/experiment.hpp"
#include "simulation/umbridge_server.hpp"

namespace snpse {
namespace {

using namespace std::chrono_literals;

/// Rows of parameters whose densities the threads of a server wait for. The main thread alone computes.
class DensityQueue {
 public:
  struct Question {
    Matrix theta;  // [n, d]
    std::promise<Vector> log_prob;
  };

  /// From any thread: waits for the densities, [n]. Error once the queue is closed.
  Vector ask(Matrix theta) {
    std::future<Vector> answer;
    {
      const std::lock_guard lock(mutex_);
      if (closed_) fail(ExitCode::stopped, "the server was asked to stop");
      questions_.push_back({std::move(theta), {}});
      answer = questions_.back().log_prob.get_future();
    }
    asked_.notify_one();
    return answer.get();
  }

  /// All questions, once there is one, or none after the given time.
  std::vector<Question> take(std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    asked_.wait_for(lock, patience, [&] { return !questions_.empty(); });
    return std::exchange(questions_, {});
  }

  /// Refuses all that wait, and who comes later.
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    for (auto& question : questions_)
      question.log_prob.set_exception(
          std::make_exception_ptr(Error(ExitCode::stopped, "the server was asked to stop")));
    questions_.clear();
  }

 private:
  std::mutex mutex_;
  std::condition_variable asked_;
  std::vector<Question> questions_;
  bool closed_ = false;
};

/// Lets a server's threads go before the server is destroyed, which waits for them.
struct ClosedAtEnd {
  DensityQueue& queue;
  ~ClosedAtEnd() { queue.close(); }
};

/// theta [d], then theta with each coordinate increased by its step, then with each decreased: [2 d + 1, d].
Matrix around(const Eigen::RowVectorXd& theta, const Vector& steps) {
  const auto d = theta.size();
  Matrix rows = theta.replicate(2 * d + 1, 1);
  for (Eigen::Index j = 0; j < d; ++j) {
    rows(1 + j, j) += steps[j];
    rows(1 + d + j, j) -= steps[j];
  }
  return rows;
}

/// The gradient [d] by differences of the log-densities of those rows, [2 d + 1]: central ones, or one-sided
/// ones beside the end of the support.
std::vector<double> differences_of(const Vector& log_prob, const Vector& steps) {
  if (!std::isfinite(log_prob[0]))
    fail(ExitCode::data, "the density is 0 at these parameters, and has no gradient there");
  std::vector<double> slopes;
  for (Eigen::Index j = 0; j < steps.size(); ++j) {
    double width = 2 * steps[j], up = log_prob[1 + j], down = log_prob[1 + steps.size() + j];
    for (double* const value : {&up, &down})
      if (!std::isfinite(*value)) {
        *value = log_prob[0];
        width -= steps[j];
      }
    if (width <= 0.5 * steps[j])
      fail(ExitCode::data, "the density is 0 on both sides of parameter {}, and has no gradient there",
           j + 1);
    slopes.push_back((up - down) / width);
  }
  return slopes;
}

/// The steps of the differences, [d]: long enough that single precision in the network does not show, and
/// short against the posterior's width.
Vector difference_steps(const Matrix& draws) {
  constexpr double kStep = 0.003;  // in standard deviations
  const Matrix centred = draws.rowwise() - draws.colwise().mean();
  return kStep *
         (centred.colwise().squaredNorm() / static_cast<double>(draws.rows())).cwiseSqrt().transpose();
}

/// Log-densities of a campaign's posterior at its own observation.
class ServedDensity {
 public:
  ServedDensity(const World& world, const TrainedCampaign& campaign)
      : world_(world), campaign_(campaign), posterior_(campaign.posterior(campaign.setup().observations)) {}

  /// Collective. Of the rows of theta [n, d], [n].
  Vector log_prob(const Matrix& theta) const {
    const auto& config = campaign_.config();
    const DrawKey key{config.seed, Purpose::hutchinson, static_cast<std::uint32_t>(campaign_.rounds())};
    if (config.density.trace == Trace::exact) return posterior_->log_prob(world_, theta, config.density, key);
    Vector values(theta.rows());  // row by row, so that all rows have the same random directions
    for (Eigen::Index i = 0; i < theta.rows(); ++i)
      values.segment(i, 1) = posterior_->log_prob(world_, theta.row(i), config.density, key);
    return values;
  }

  /// Collective.
  Matrix draws(Log& log) const {
    constexpr std::int64_t kDraws = 1000;
    return campaign_.sample(*posterior_, kDraws, campaign_.config().seed, log).theta;
  }

 private:
  const World& world_;
  const TrainedCampaign& campaign_;
  std::shared_ptr<const PosteriorDistribution> posterior_;
};

/// Rank 0's next question, answered by all ranks; whether there is to be another. Collective.
bool answer_next(const World& world, const ServedDensity& density, DensityQueue& queue,
                 const StopRequest& stop) {
  constexpr auto kPatience = 50ms;  // how late a request to stop is seen
  std::vector<DensityQueue::Question> questions;
  Matrix theta;
  if (world.is_root()) {
    while (questions.empty() && !stop.requested()) questions = queue.take(kPatience);
    for (const auto& question : questions) append_rows(theta, question.theta);
  }
  world.broadcast(theta);
  if (theta.rows() == 0) return false;
  const Vector log_prob = density.log_prob(theta);
  for (Eigen::Index begin = 0; auto& question : questions) {
    question.log_prob.set_value(log_prob.segment(begin, question.theta.rows()));
    begin += question.theta.rows();
  }
  return true;
}

UmBridgeModel model_of(DensityQueue& queue, const Vector& steps) {
  const auto row_of_span = [](std::span<const double> theta) {
    return Matrix(Eigen::Map<const Matrix>(theta.data(), 1, static_cast<Eigen::Index>(theta.size())));
  };
  return {.name = "posterior",
          .input_size = static_cast<std::size_t>(steps.size()),
          .evaluate = [&queue, row_of_span](auto theta) { return queue.ask(row_of_span(theta))[0]; },
          .gradient =
              [&queue, row_of_span, steps](auto theta) {
                return differences_of(queue.ask(around(row_of_span(theta).row(0), steps)), steps);
              }};
}

}  // namespace

ExitCode serve_command(const ServeArguments& arguments, const Session& session) {
  const auto& world = session.world;
  const StopRequest stop({}, world.is_root() ? "snpse: asked to stop\n" : "");
  const TrainedCampaign campaign(world, arguments.folder, session.log, {session.in_process, {}});
  if (campaign.setup().observations.rows() > 1)
    fail(ExitCode::usage,
         "the posterior of several observations together is known by its draws alone: it has no density to "
         "serve");
  const ServedDensity density(world, campaign);
  const Matrix draws = density.draws(session.log);
  density.log_prob(draws.topRows(1));  // estimates the mass in the support, before a client waits for it
  if (world.is_root() && campaign.rounds() < campaign.method().rounds())
    session.log.warning(fmt::format("the campaign is unfinished: the density is of round {} of {}",
                                    campaign.rounds(), campaign.method().rounds()));
  DensityQueue queue;
  std::optional<UmBridgeServer> server;
  const ClosedAtEnd closed{queue};
  world.on_root([&] {
    server.emplace(model_of(queue, difference_steps(draws)), arguments.host, arguments.port);
    fmt::print("serving the model 'posterior' at http://{}:{}: input ({}), output log_prob\n", arguments.host,
               server->port(), fmt::join(campaign.setup().parameter_names, ", "));
    std::fflush(stdout);
  });
  while (answer_next(world, density, queue, stop)) continue;
  return ExitCode::ok;
}

}  // namespace snpse
