#include "training/truncated_region.hpp"

#include <vector>

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

Vector get_vector(const Record& record, const char* key) {
  const auto& values = record.get<std::vector<double>>(key);
  return Eigen::Map<const Vector>(values.data(), static_cast<Eigen::Index>(values.size()));
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
  TruncatedRegion region{proposal.get<double>(kThreshold),
                         {get_vector(proposal, kLow), get_vector(proposal, kHigh)}};
  if (proposal.has(kValidWeights))
    region.valid = {proposal.get<std::vector<float>>(kValidWeights),
                    {proposal.get<double>(kValidThreshold), proposal.get<std::int64_t>(kHeldOut),
                     proposal.get<std::int64_t>(kCut), proposal.get<double>(kMostLost)}};
  return region;
}

}  // namespace snpse
