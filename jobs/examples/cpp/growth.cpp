// A simulator inside snpse's ranks: `growth VERB ...` is snpse with this simulator in it.
//
//   mpirun -n 2 ./growth run growth.toml --out growth_campaign
#include <cmath>
#include <memory>
#include <random>

#include <snpse/program.hpp>

/// The size of a population at five times, measured with noise.
class Growth : public snpse::Simulator {
 public:
  std::vector<double> simulate(std::span<const double> theta, std::uint64_t seed) override {
    std::mt19937_64 generator(seed);
    std::normal_distribution<double> noise(0, 0.1);
    std::vector<double> sizes;
    for (const double time : {0.0, 0.5, 1.0, 1.5, 2.0})
      sizes.push_back(theta[0] * std::exp(theta[1] * time) + noise(generator));
    return sizes;
  }
};

int main(int argc, char** argv) {
  return snpse::main(argc, argv, [] { return std::make_unique<Growth>(); });
}
