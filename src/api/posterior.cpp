#include <algorithm>
#include <utility>

#include <snpse/posterior.hpp>

#include "campaign/trained_campaign.hpp"
#include "config/experiment.hpp"
#include "numerics/threads.hpp"
#include "parallel/world.hpp"
#include "util/error.hpp"

namespace snpse {

struct Posterior::Impl {
  /// A campaign that several posteriors draw from.
  struct Opened {
    World world;
    Log silent;
    TrainedCampaign campaign;
    explicit Opened(const std::filesystem::path& folder) : campaign(world, folder, silent) {}
  };
  std::shared_ptr<const Opened> opened;
  std::shared_ptr<const PosteriorDistribution> posterior;
};

Posterior Posterior::open(const std::filesystem::path& campaign) {
  MpiSession::start_for_process();
  prepare_process(1);
  auto opened = std::make_shared<const Impl::Opened>(campaign);
  auto posterior = opened->campaign.posterior(opened->campaign.setup().observations);
  return Posterior(std::make_unique<Impl>(Impl{std::move(opened), std::move(posterior)}));
}

Posterior::Posterior(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Posterior::Posterior(Posterior&& other) noexcept = default;
Posterior& Posterior::operator=(Posterior&& other) noexcept = default;
Posterior::~Posterior() = default;

std::size_t Posterior::dim() const {
  return parameter_names().size();
}

const std::vector<std::string>& Posterior::parameter_names() const {
  return impl_->opened->campaign.setup().parameter_names;
}

Posterior Posterior::given(std::span<const double> x) const {
  const auto& campaign = impl_->opened->campaign;
  const auto p = campaign.setup().observations.cols();
  if (!is_amortised(campaign.config()))
    fail(ExitCode::usage,
         "this campaign's posterior holds at its own observation alone: run a campaign with method.name = "
         "\"npse\"");
  if (static_cast<Eigen::Index>(x.size()) != p)
    fail(ExitCode::data, "the observation has {} values, but the campaign's has {}", x.size(), p);
  const Matrix row = Eigen::Map<const Matrix>(x.data(), 1, p);
  return Posterior(std::make_unique<Impl>(Impl{impl_->opened, campaign.posterior(row)}));
}

std::vector<double> Posterior::sample(std::size_t n, std::uint64_t seed) const {
  Log silent;
  const auto theta =
      impl_->opened->campaign.sample(*impl_->posterior, static_cast<std::int64_t>(n), seed, silent).theta;
  return {theta.data(), theta.data() + theta.size()};
}

std::vector<double> Posterior::log_prob(std::span<const double> theta) const {
  const auto d = static_cast<Eigen::Index>(dim());
  const auto n = static_cast<Eigen::Index>(theta.size()) / d;
  if (n * d != static_cast<Eigen::Index>(theta.size()))
    fail(ExitCode::data, "{} values of theta are no rows of {} parameters", theta.size(), d);
  const auto& campaign = impl_->opened->campaign;
  const DrawKey key{campaign.config().seed, Purpose::hutchinson,
                    static_cast<std::uint32_t>(campaign.rounds())};
  const Vector values = impl_->posterior->log_prob(
      impl_->opened->world, Eigen::Map<const Matrix>(theta.data(), n, d), campaign.config().density, key);
  return {values.begin(), values.end()};
}

}  // namespace snpse
