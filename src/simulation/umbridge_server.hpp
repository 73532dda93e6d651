#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace snpse {

/// A scalar function of one vector. The functions are called by several threads of a server at once; an Error
/// that they throw is the server's answer.
struct UmBridgeModel {
  std::string name;
  std::size_t input_size = 0;
  std::function<double(std::span<const double>)> evaluate;
  std::function<std::vector<double>(std::span<const double>)> gradient;  ///< [input_size]
};

/// Offers a model to clients of UM-Bridge, protocol 1.0 (Seelinger et al. 2023), until the object is
/// destroyed. Evaluate and Gradient are supported. An infinite value is written as Python's JSON writes it,
/// -Infinity, since JSON has no such number.
class UmBridgeServer {
 public:
  /// Listens from now on. port 0: any free port. Error(cannot_create) where the address is not to be had.
  UmBridgeServer(UmBridgeModel model, const std::string& host, int port);
  /// Waits for the requests that are being answered.
  ~UmBridgeServer();
  UmBridgeServer(const UmBridgeServer&) = delete;
  UmBridgeServer& operator=(const UmBridgeServer&) = delete;

  int port() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace snpse
