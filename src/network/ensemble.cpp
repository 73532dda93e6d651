#include "network/ensemble.hpp"

#include <algorithm>
#include <utility>

#include "util/error.hpp"

namespace snpse {

Ensemble::Ensemble(std::vector<ScoreNetwork> networks) : networks_(std::move(networks)) {
  ensure(!networks_.empty(), "an ensemble of at least one network");
}

Ensemble Ensemble::copy_on(const torch::Device& device) const {
  std::vector<ScoreNetwork> copies;
  for (const auto& network : networks_) copies.push_back(network.copy_on(device));
  return Ensemble(std::move(copies));
}

void Ensemble::add(const ScoreNetwork& network) {
  ensure(network.weights().numel() == first().weights().numel(), "networks of the same shape");
  networks_.push_back(network);
}

std::vector<float> Ensemble::weights() const {
  std::vector<float> weights;
  for (const auto& network : networks_) {
    const auto own = network.weights();
    weights.insert(weights.end(), own.data_ptr<float>(), own.data_ptr<float>() + own.numel());
  }
  return weights;
}

void Ensemble::set_weights(const std::vector<float>& weights) {
  const auto size = static_cast<std::size_t>(first().weights().numel());
  if (weights.empty() || weights.size() % size != 0)
    fail(ExitCode::data, "the network has {} weights, not {} or a multiple of it", weights.size(), size);
  while (networks_.size() * size < weights.size()) networks_.push_back(first().copy_on(torch::kCPU));
  const float* next = weights.data();
  for (const auto& network : networks_) {
    std::copy_n(next, size, network.weights().data_ptr<float>());
    next += size;
  }
}

torch::Tensor Ensemble::x_parts(const torch::Tensor& x) const {
  std::vector<torch::Tensor> parts;
  for (const auto& network : networks_) parts.push_back(network.x_part(x));
  return torch::cat(parts);
}

torch::Tensor Ensemble::joint_parts(const torch::Tensor& x_parts, const torch::Tensor& time_features) const {
  std::vector<torch::Tensor> time_parts;
  for (const auto& network : networks_) time_parts.push_back(network.time_part(time_features));
  return (x_parts + torch::cat(time_parts)).contiguous();
}

torch::Tensor Ensemble::mean(const torch::Tensor& joint_parts, const OfNetwork& of_network) const {
  std::vector<torch::Tensor> of_networks;
  for (const auto& network : networks_) {
    const auto row = static_cast<std::int64_t>(of_networks.size());
    of_networks.push_back(of_network(network, joint_parts.narrow(0, row, 1)));
  }
  return of_networks.size() == 1 ? of_networks.front() : torch::stack(of_networks).mean(0);
}

}  // namespace snpse
