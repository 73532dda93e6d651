#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace snpse {

/// The posterior of a campaign's last trained network, for programs of your own. Rows of theta stand one
/// after the other: row i of n rows [n, d] is theta[i * d] to theta[i * d + d - 1].
///
/// The first object starts MPI, which ends with the process, and leaves LibTorch one thread; a program that
/// uses MPI itself starts it before.
/// Under mpirun all ranks must call the same functions in the same order, and all get the same values. Errors
/// are thrown as std::runtime_error.
class [[gnu::visibility("default")]] Posterior {
 public:
  /// The posterior given the campaign's own observation. campaign: its folder.
  static Posterior open(const std::filesystem::path& campaign);

  Posterior(Posterior && other) noexcept;
  Posterior& operator=(Posterior&& other) noexcept;
  ~Posterior();

  std::size_t dim() const;  ///< d
  const std::vector<std::string>& parameter_names() const;

  /// The posterior given another observation x [p], where the campaign's method is amortised (npse).
  Posterior given(std::span<const double> x) const;

  /// n draws, [n, d], of the random numbers of `seed`.
  std::vector<double> sample(std::size_t n, std::uint64_t seed) const;
  /// log p(theta given x) of the rows of theta [n, d], [n], normalised over the prior's support; -infinity
  /// outside. Where x is several observations, their posterior is known by its draws alone.
  std::vector<double> log_prob(std::span<const double> theta) const;

 private:
  struct Impl;
  explicit Posterior(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace snpse
