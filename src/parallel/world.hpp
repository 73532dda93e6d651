#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "numerics/matrix.hpp"

namespace snpse {

class BlockWork;

/// The contiguous rows [begin, end) of some whole that one rank works on.
struct RowRange {
  Eigen::Index begin = 0;
  Eigen::Index end = 0;
  Eigen::Index size() const { return end - begin; }
};

/// All ranks of the program. Every member marked "Collective" must be called by all ranks in the same order;
/// waiting ranks sleep and burn no core. Only the main thread may call members (MPI_THREAD_FUNNELED).
class World {
 public:
  /// A duplicate of MPI_COMM_WORLD, so that our messages never meet another library's. MPI must be
  /// initialised and outlive the object. Collective.
  World();
  /// The same ranks, at work that compute_blocks() keeps and that a request to stop ends. Both arguments must
  /// outlive the object.
  World(const World& ranks, BlockWork& work);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  int rank() const;
  int size() const;
  bool is_root() const { return rank() == 0; }
  /// Collective. How many ranks run on this rank's machine.
  int ranks_on_this_machine() const;

  /// The rows of n that a rank works on: sizes differ by at most one, ascending by rank.
  RowRange rows_of(Eigen::Index n) const { return rows_of(n, rank()); }
  RowRange rows_of(Eigen::Index n, int of_rank) const;

  void barrier() const;                               ///< Collective.
  bool any(bool mine) const;                          ///< Collective. Whether it is true on some rank.
  void sum(std::span<float> values) const;            ///< Collective, in place; bit-equal on all ranks.
  void sum(std::span<double> values) const;           ///< Collective, in place; bit-equal on all ranks.
  void sum(std::span<std::int64_t> values) const;     ///< Collective, in place.
  std::int64_t sum(std::int64_t mine) const;          ///< Collective.
  void broadcast(std::vector<float>& values) const;   ///< Collective, from rank 0, with its length.
  void broadcast(std::vector<double>& values) const;  ///< Collective, from rank 0, with its length.
  void broadcast(std::string& bytes) const;           ///< Collective, from rank 0, with its length.
  void broadcast(Matrix& matrix) const;               ///< Collective, from rank 0, with its shape.
  double broadcast(double value) const;               ///< Collective, rank 0's value.
  std::int64_t broadcast(std::int64_t value) const;   ///< Collective, rank 0's value.
  /// Collective. The rows of all ranks below each other in the order of ranks, on every rank. The number of
  /// columns must be the same on every rank.
  Matrix gather_rows(const Matrix& mine) const;
  /// Collective. This rank's part of the rows that rank 0 has.
  Matrix scatter_rows(const Matrix& of_root) const;
  /// Collective. to: what goes to each rank; returns what has come from each.
  std::vector<std::vector<float>> exchange(const std::vector<std::vector<float>>& to) const;
  std::vector<std::vector<std::int64_t>> exchange(const std::vector<std::vector<std::int64_t>>& to) const;
  /// Collective. Throws the same Error on every rank if `error` is set on one (the lowest such rank's), so
  /// that all ranks leave together. error: null where this rank has none.
  void raise_together(const std::exception_ptr& error) const;
  /// Collective. Runs `action` on rank 0 alone, and throws on all ranks what it throws.
  void on_root(const std::function<void()>& action) const;

  /// Not a collective: called by a rank that met an error and leaves, once. Whether all other ranks did so
  /// too within the given time; if not, they wait for this rank in some collective, and only
  /// MpiSession::abort() ends them.
  bool all_failed(double seconds) const;

  BlockWork* work() const { return work_; }  ///< null: nothing is kept, and no stop is heard

  struct Impl;  ///< for the layer `parallel` itself
  const Impl& impl() const { return *impl_; }

 private:
  std::shared_ptr<const Impl> impl_;
  BlockWork* work_ = nullptr;
};

/// Initialises MPI (MPI_THREAD_FUNNELED) and finalises it at the end of its life. One a process.
class MpiSession {
 public:
  MpiSession(int& argc, char**& argv);
  ~MpiSession();
  MpiSession(const MpiSession&) = delete;
  MpiSession& operator=(const MpiSession&) = delete;

  /// Starts MPI where nobody has, until the process ends; for libraries, whose user has no session.
  static void start_for_process();

  /// Whether mpirun, srun or the like started this process, by what they set in its environment; true as
  /// well for a process that a batch script of Slurm started alone.
  static bool launched();

  /// Ends all ranks at once; for the one place that reports an exception a single rank met.
  [[noreturn]] static void abort(int exit_code);
};

}  // namespace snpse
