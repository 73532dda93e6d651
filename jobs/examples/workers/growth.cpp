// The size of a population at five times, measured with noise: a worker in C++.
#include <cmath>
#include <iostream>
#include <random>
#include <string>

int main() {
  std::cout.precision(17);
  std::cout << "ready snpse 1" << std::endl;
  std::string simulate, id;
  unsigned long seed;
  double start, rate;
  while (std::cin >> simulate >> id >> seed >> start >> rate) {
    std::mt19937_64 generator(seed);
    std::normal_distribution<double> noise(0, 0.1);
    std::cout << "ok " << id;
    for (int i = 0; i < 5; ++i) std::cout << ' ' << start * std::exp(rate * i / 2) + noise(generator);
    std::cout << std::endl;
  }
}
