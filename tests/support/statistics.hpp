#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

namespace snpse::testing {

/// Kolmogorov-Smirnov distance between a sample and a distribution function.
inline double ks_distance(std::vector<double> sample, const std::function<double(double)>& cdf) {
  std::sort(sample.begin(), sample.end());
  const auto n = static_cast<double>(sample.size());
  double distance = 0;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    const double p = cdf(sample[i]);
    distance = std::max({distance, p - static_cast<double>(i) / n, static_cast<double>(i + 1) / n - p});
  }
  return distance;
}

/// The distance that a true sample of size n exceeds once in a million times: 2 exp(-2 n D^2) = 1e-6.
inline double ks_bound(std::size_t n) {
  return std::sqrt(std::log(2e6) / (2 * static_cast<double>(n)));
}

/// Kolmogorov-Smirnov distance between two samples; compare with ks_bound(n m / (n + m)).
inline double ks_distance(const std::vector<double>& sample, std::vector<double> other) {
  std::sort(other.begin(), other.end());
  const auto fraction_below = [&](double value) {
    const auto below = std::upper_bound(other.begin(), other.end(), value) - other.begin();
    return static_cast<double>(below) / static_cast<double>(other.size());
  };
  return ks_distance(sample, fraction_below);
}

inline double normal_cdf(double z) {
  return 0.5 * std::erfc(-z / std::sqrt(2.0));
}

inline double mean_of(const std::vector<double>& sample) {
  double sum = 0;
  for (const double value : sample) sum += value;
  return sum / static_cast<double>(sample.size());
}

inline double variance_of(const std::vector<double>& sample) {
  const double mean = mean_of(sample);
  double sum = 0;
  for (const double value : sample) sum += (value - mean) * (value - mean);
  return sum / static_cast<double>(sample.size());
}

}  // namespace snpse::testing
