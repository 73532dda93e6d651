#include "methods/boxed_prior.hpp"

#include <vector>

namespace snpse {
namespace {

constexpr const char* kLow = "box/low";
constexpr const char* kHigh = "box/high";

}  // namespace

void put_box(Record& record, const Box& box) {
  record.put(kLow, std::vector<double>(box.low.begin(), box.low.end()));
  record.put(kHigh, std::vector<double>(box.high.begin(), box.high.end()));
}

std::optional<Box> get_box(const Record& record) {
  if (!record.has(kLow)) return std::nullopt;
  const auto vector_of = [&](const char* key) -> Vector {
    const auto& values = record.get<std::vector<double>>(key);
    return Eigen::Map<const Vector>(values.data(), static_cast<Eigen::Index>(values.size()));
  };
  return Box{vector_of(kLow), vector_of(kHigh)};
}

std::shared_ptr<const Prior> boxed_prior(const std::shared_ptr<const Prior>& prior, const Record& record) {
  const auto box = get_box(record);
  auto restricted = box ? prior->restricted_to(*box) : nullptr;
  return restricted ? restricted : prior;
}

}  // namespace snpse
