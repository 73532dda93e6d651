#include "parallel/world.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <functional>
#include <limits>

#include <boost/mpi/collectives.hpp>
#include <boost/serialization/vector.hpp>

#include "parallel/backoff.hpp"
#include "parallel/world_impl.hpp"
#include "util/clock.hpp"
#include "util/error.hpp"

namespace snpse {
namespace {

namespace mpi = boost::mpi;

/// Never freed: MPI_Comm_free is collective, and a destructor may run on one rank alone.
mpi::communicator duplicate_of_world() {
  MPI_Comm copy = MPI_COMM_NULL;
  MPI_Comm_dup(MPI_COMM_WORLD, &copy);
  return {copy, mpi::comm_attach};
}

/// MPI counts in int: calls work(pointer, count) on pieces of values that fit.
template <typename T, typename Work>
void in_pieces(std::span<T> values, const Work& work) {
  constexpr std::size_t kPiece = std::size_t{1} << 28U;
  for (std::size_t i = 0; i < values.size(); i += kPiece)
    work(values.data() + i, static_cast<int>(std::min(kPiece, values.size() - i)));
}

/// Every algorithm of Open MPI and MPICH for this either computes each element on one rank and copies it, or
/// adds the same partial sums in pairs on both sides of an exchange: the ranks' results are equal bit by bit.
template <typename T>
void sum_in_place(const World::Impl& impl, std::span<T> values) {
  impl.meet();
  in_pieces(values, [&](T* data, int count) {
    mpi::all_reduce(impl.communicator, mpi::inplace_t<T*>(data), count, std::plus<T>());
  });
}

template <typename T>
void broadcast_elements(const World::Impl& impl, std::span<T> values, int root = 0) {
  in_pieces(values, [&](T* data, int count) { mpi::broadcast(impl.communicator, data, count, root); });
}

template <typename Container>
void broadcast_resizable(const World::Impl& impl, Container& values, int root = 0) {
  impl.meet();
  std::uint64_t size = values.size();
  mpi::broadcast(impl.communicator, size, root);
  values.resize(size);
  broadcast_elements(impl, std::span(values.data(), values.size()), root);
}

/// MPI's name of a row of doubles: counting in rows keeps the counts of large matrices within an int.
struct RowType {
  explicit RowType(Eigen::Index columns) {
    MPI_Type_contiguous(static_cast<int>(columns), MPI_DOUBLE, &type);
    MPI_Type_commit(&type);
  }
  ~RowType() { MPI_Type_free(&type); }
  RowType(const RowType&) = delete;
  RowType& operator=(const RowType&) = delete;

  MPI_Datatype type = MPI_DATATYPE_NULL;
};

template <typename T>
std::vector<std::vector<T>> exchange_elements(const World::Impl& impl,
                                              const std::vector<std::vector<T>>& to) {
  if (impl.communicator.size() == 1) return to;
  impl.meet();
  std::vector<std::vector<T>> from;
  mpi::all_to_all(impl.communicator, to, from);
  return from;
}

struct Description {
  ExitCode code;
  std::string message;
};

Description describe(const std::exception_ptr& error, int rank) {
  try {
    std::rethrow_exception(error);
  } catch (const Error& e) {
    return {e.code(), e.what()};
  } catch (const std::filesystem::filesystem_error& e) {
    return {ExitCode::io, fmt::format("{}; check the path and its permissions", e.what())};
  } catch (const std::exception& e) {
    return {ExitCode::internal, fmt::format("rank {}: {}", rank, e.what())};
  } catch (...) {
    return {ExitCode::internal, fmt::format("rank {}: an exception that says nothing", rank)};
  }
}

}  // namespace

void World::Impl::meet() const {
  if (communicator.size() == 1) return;
  MPI_Request request = MPI_REQUEST_NULL;
  MPI_Ibarrier(communicator, &request);
  // Eager for as long as the ranks of a training step wait for one another: who naps wakes late in every
  // step.
  Backoff backoff(std::chrono::milliseconds(2));
  for (;;) {
    int done = 0;
    MPI_Test(&request, &done, MPI_STATUS_IGNORE);
    if (done != 0) return;
    backoff.pause();
  }
}

World::World() : impl_(std::make_shared<const Impl>(Impl{duplicate_of_world(), duplicate_of_world()})) {}
World::World(const World& ranks, BlockWork& work) : impl_(ranks.impl_), work_(&work) {}
World::~World() = default;

int World::rank() const {
  return impl_->communicator.rank();
}
int World::size() const {
  return impl_->communicator.size();
}

int World::ranks_on_this_machine() const {
  MPI_Comm machine = MPI_COMM_NULL;
  MPI_Comm_split_type(impl_->communicator, MPI_COMM_TYPE_SHARED, rank(), MPI_INFO_NULL, &machine);
  int ranks = 0;
  MPI_Comm_size(machine, &ranks);
  MPI_Comm_free(&machine);
  return ranks;
}

RowRange World::rows_of(Eigen::Index n, int of_rank) const {
  const Eigen::Index each = n / size();
  const Eigen::Index larger = n % size();  // the first so many ranks get one more
  const Eigen::Index begin = each * of_rank + std::min<Eigen::Index>(of_rank, larger);
  return {begin, begin + each + (of_rank < larger ? 1 : 0)};
}

void World::barrier() const {
  impl_->meet();
}

bool World::any(bool mine) const {
  impl_->meet();
  return mpi::all_reduce(impl_->communicator, static_cast<int>(mine), mpi::maximum<int>()) != 0;
}

void World::sum(std::span<float> values) const {
  sum_in_place(*impl_, values);
}
void World::sum(std::span<double> values) const {
  sum_in_place(*impl_, values);
}
void World::sum(std::span<std::int64_t> values) const {
  sum_in_place(*impl_, values);
}
std::int64_t World::sum(std::int64_t mine) const {
  sum(std::span(&mine, 1));
  return mine;
}

void World::broadcast(std::vector<float>& values) const {
  broadcast_resizable(*impl_, values);
}
void World::broadcast(std::vector<double>& values) const {
  broadcast_resizable(*impl_, values);
}
void World::broadcast(std::string& bytes) const {
  broadcast_resizable(*impl_, bytes);
}

void World::broadcast(Matrix& matrix) const {
  impl_->meet();
  std::array<std::int64_t, 2> shape{matrix.rows(), matrix.cols()};
  broadcast_elements(*impl_, std::span<std::int64_t>(shape));
  matrix.resize(shape[0], shape[1]);
  broadcast_elements(*impl_, std::span(matrix.data(), static_cast<std::size_t>(matrix.size())));
}

double World::broadcast(double value) const {
  impl_->meet();
  mpi::broadcast(impl_->communicator, value, 0);
  return value;
}

std::int64_t World::broadcast(std::int64_t value) const {
  impl_->meet();
  mpi::broadcast(impl_->communicator, value, 0);
  return value;
}

Matrix World::gather_rows(const Matrix& mine) const {
  impl_->meet();
  std::vector<std::array<std::int64_t, 2>> shapes(static_cast<std::size_t>(size()));
  const std::array<std::int64_t, 2> my_shape{mine.rows(), mine.cols()};
  mpi::all_gather(impl_->communicator, my_shape.data(), 2, shapes.front().data());

  std::vector<int> rows, offsets;
  std::int64_t total = 0;
  for (const auto& shape : shapes) {
    ensure(shape[1] == mine.cols(), "gather_rows: the same number of columns on every rank");
    rows.push_back(static_cast<int>(shape[0]));
    offsets.push_back(static_cast<int>(total));
    total += shape[0];
    ensure(total <= std::numeric_limits<int>::max(), "gather_rows: fewer than 2^31 rows in all");
  }
  Matrix all(total, mine.cols());
  if (all.size() == 0) return all;

  const RowType row(mine.cols());
  MPI_Allgatherv(mine.data(), static_cast<int>(mine.rows()), row.type, all.data(), rows.data(),
                 offsets.data(), row.type, impl_->communicator);
  return all;
}

Matrix World::scatter_rows(const Matrix& of_root) const {
  impl_->meet();
  std::array<std::int64_t, 2> shape{of_root.rows(), of_root.cols()};
  broadcast_elements(*impl_, std::span<std::int64_t>(shape));
  std::vector<int> rows, offsets;
  for (int rank = 0; rank < size(); ++rank) {
    const RowRange of_rank = rows_of(shape[0], rank);
    ensure(of_rank.end <= std::numeric_limits<int>::max(), "scatter_rows: fewer than 2^31 rows in all");
    rows.push_back(static_cast<int>(of_rank.size()));
    offsets.push_back(static_cast<int>(of_rank.begin));
  }
  Matrix mine(rows_of(shape[0]).size(), shape[1]);
  if (shape[0] * shape[1] == 0) return mine;
  const RowType row(shape[1]);
  MPI_Scatterv(of_root.data(), rows.data(), offsets.data(), row.type, mine.data(),
               static_cast<int>(mine.rows()), row.type, 0, impl_->communicator);
  return mine;
}

std::vector<std::vector<float>> World::exchange(const std::vector<std::vector<float>>& to) const {
  return exchange_elements(*impl_, to);
}
std::vector<std::vector<std::int64_t>> World::exchange(
    const std::vector<std::vector<std::int64_t>>& to) const {
  return exchange_elements(*impl_, to);
}

bool World::all_failed(double seconds) const {
  const auto deadline =
      Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  MPI_Request request = MPI_REQUEST_NULL;
  MPI_Ibarrier(impl_->farewell, &request);
  const Backoff backoff;
  int done = 0;
  for (MPI_Test(&request, &done, MPI_STATUS_IGNORE); !done && Clock::now() < deadline;
       MPI_Test(&request, &done, MPI_STATUS_IGNORE))
    backoff.pause();
  return done != 0;
}

void World::raise_together(const std::exception_ptr& error) const {
  impl_->meet();
  const int culprit = mpi::all_reduce(impl_->communicator, error ? rank() : size(), mpi::minimum<int>());
  if (culprit == size()) return;
  Description description{ExitCode::internal, ""};
  if (culprit == rank()) description = describe(error, rank());
  auto code = static_cast<int>(description.code);
  mpi::broadcast(impl_->communicator, code, culprit);
  broadcast_resizable(*impl_, description.message, culprit);
  throw Error(static_cast<ExitCode>(code), description.message);
}

void World::on_root(const std::function<void()>& action) const {
  std::exception_ptr error;
  try {
    if (is_root()) action();
  } catch (...) {
    error = std::current_exception();
  }
  raise_together(error);
}

}  // namespace snpse
