#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <Random123/philox.h>

namespace snpse {

/// What random numbers are drawn for. Streams of different purposes never overlap.
/// The numbers are part of the campaign format: append, never renumber.
enum class Purpose : std::uint8_t {
  prior = 1,
  simulator = 2,
  initial_weights = 3,
  hold_out = 4,
  batch = 5,
  diffusion_noise = 6,
  validation_noise = 7,
  posterior = 8,
  truncation = 9,
  proposal = 10,
  hutchinson = 11,
  reference = 12,
  classifier = 13,
  observation = 14,
  calibration = 15,
  composition = 16,
  normaliser = 17,
};

/// A stream of random numbers from the counter-based generator Philox4x32-10 (Salmon et al. 2011),
/// keyed by (seed, purpose, round, index): never by rank, thread or order of arrival. The same key gives
/// the same numbers on every machine. A UniformRandomBitGenerator of 32-bit words; one stream holds 2^34.
class RandomStream {
 public:
  using result_type = std::uint32_t;

  /// round must be below 2^24.
  RandomStream(std::uint64_t seed, Purpose purpose, std::uint32_t round, std::uint64_t index);

  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }
  result_type operator()();

  /// Uniform on the open interval (0, 1), 53 bits.
  double uniform();
  /// Standard normal (Box-Muller; both values of a pair are used).
  double normal();
  /// Many standard normals, several times as fast as by normal(); other numbers than its. Each four values
  /// use up four words, a last part of four too. Of 32 bits each, so that none is beyond 6.8; their last bits
  /// depend on whether the processor has fused multiply-add.
  void fill_normal(std::span<double> values);
  /// Uniform on {0, ..., n - 1}, n >= 1, without modulo bias.
  std::uint64_t below(std::uint64_t n);
  /// {0, ..., n - 1} in a random order (Fisher-Yates).
  std::vector<std::int64_t> permutation(std::int64_t n);

 private:
  r123::Philox4x32 generator_;
  r123::Philox4x32::ctr_type counter_;
  r123::Philox4x32::key_type key_;
  std::array<std::uint32_t, 4> block_{};
  int used_ = 4;
  double spare_normal_ = 0;
  bool has_spare_ = false;
};

}  // namespace snpse
