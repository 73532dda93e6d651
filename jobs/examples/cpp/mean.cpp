// Opens a campaign's posterior in a program of your own: the mean of its draws, and the density there.
//
//   ./mean growth_campaign
#include <cstdio>

#include <snpse/posterior.hpp>

int main(int /*argc*/, char** argv) {
  const auto posterior = snpse::Posterior::open(argv[1]);
  const std::size_t n = 1000;
  const auto draws = posterior.sample(n, 1);
  std::vector<double> mean(posterior.dim());
  for (std::size_t i = 0; i < draws.size(); ++i) mean[i % mean.size()] += draws[i] / n;
  for (std::size_t j = 0; j < mean.size(); ++j)
    std::printf("%s %.3f\n", posterior.parameter_names()[j].c_str(), mean[j]);
  std::printf("log_prob %.3f\n", posterior.log_prob(mean).front());
}
