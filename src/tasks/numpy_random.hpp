#pragma once

#include <cstdint>
#include <random>
#include <vector>

namespace snpse {

/// The numbers of numpy.random.RandomState(seed), from which the benchmark drew what its tasks keep frozen:
/// the Mersenne twister, Marsaglia's polar method and Fisher-Yates shuffles.
class NumpyRandom {
 public:
  explicit NumpyRandom(std::uint32_t seed) : engine_(seed) {}

  /// randn()
  double normal();
  /// permutation(n)
  std::vector<int> permutation(int n);

 private:
  double uniform();

  std::mt19937 engine_;
  double spare_normal_ = 0;
  bool has_spare_ = false;
};

}  // namespace snpse
