#include "training/truncated_region.hpp"

#include <limits>
#include <vector>

#include "core/record_checks.hpp"

namespace snpse {
namespace {

constexpr const char* kThreshold = "threshold";
constexpr const char* kLow = "box/low";
constexpr const char* kHigh = "box/high";
constexpr const char* kValidWeights = "valid_region/weights";
constexpr const char* kValidThreshold = "valid_region/threshold";
constexpr const char* kHeldOut = "valid_region/held_out";
constexpr const char* kCut = "valid_region/cut";
constexpr const char* kMostLost = "valid_region/most_lost";

constexpr double kUnbounded = std::numeric_limits<double>::infinity();

Box box_from(const Record& record) {
  const auto d = record.get<std::vector<double>>(kLow).size();
  const auto vector_of = [&](const char* key) -> Vector {
    const auto& values = numbers_in(record, key, d, -kUnbounded, kUnbounded);
    return Eigen::Map<const Vector>(values.data(), static_cast<Eigen::Index>(d));
  };
  Box box{vector_of(kLow), vector_of(kHigh)};
  if ((box.low.array() > box.high.array()).any()) record.reject(kLow, "holds an edge above that of box/high");
  return box;
}

}  // namespace

void put_in(Record& proposal, const TruncatedRegion& region) {
  proposal.put(kThreshold, region.threshold);
  const auto& box = region.box;
  proposal.put(kLow, std::vector<double>(box.low.begin(), box.low.end()));
  proposal.put(kHigh, std::vector<double>(box.high.begin(), box.high.end()));
  if (!region.valid) return;
  const auto& calibration = region.valid->calibration;
  proposal.put(kValidWeights, region.valid->weights);
  proposal.put(kValidThreshold, calibration.threshold);
  proposal.put(kHeldOut, calibration.held_out);
  proposal.put(kCut, calibration.cut);
  proposal.put(kMostLost, calibration.most_lost);
}

std::optional<TruncatedRegion> truncated_region_from(const Record& proposal) {
  if (!proposal.has(kLow)) return std::nullopt;
  TruncatedRegion region{number_in(proposal, kThreshold, -kUnbounded, kUnbounded), box_from(proposal)};
  if (!proposal.has(kValidWeights)) return region;
  const auto weights = proposal.get<std::vector<float>>(kValidWeights).size();
  region.valid = {weights_in(proposal, kValidWeights, weights),
                  {number_in(proposal, kValidThreshold), whole_in(proposal, kHeldOut, 0),
                   whole_in(proposal, kCut, 0), number_in(proposal, kMostLost, 0, 1)}};
  return region;
}

}  // namespace snpse
