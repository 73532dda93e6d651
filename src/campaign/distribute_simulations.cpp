#include "campaign/distribute_simulations.hpp"

#include <algorithm>
#include <memory>
#include <string>

#include "campaign/data_records.hpp"
#include "core/record_checks.hpp"
#include "storage/durable_file.hpp"
#include "storage/record_file.hpp"
#include "storage/seal.hpp"

namespace snpse {
namespace fs = std::filesystem;
namespace {

constexpr const char* kType = "simulations";

/// Side by side: theta, id and status, which are whole numbers below 2^53.
Matrix pack(const Record& record) {
  const auto& theta = record.get<Matrix>("theta");
  const auto& id = wholes_in(record, "id", static_cast<std::size_t>(theta.rows()), 0);
  const auto status = statuses_from(record);
  if (id.size() != status.size())
    record.reject("status", fmt::format("has {} entries, not {}", status.size(), id.size()));
  Matrix packed(theta.rows(), theta.cols() + 2);
  packed.leftCols(theta.cols()) = theta;
  for (Eigen::Index i = 0; i < theta.rows(); ++i)
    packed.row(i).tail(2) << static_cast<double>(id[static_cast<std::size_t>(i)]),
        static_cast<double>(status[static_cast<std::size_t>(i)]);
  return packed;
}

/// The rows that a rank works on, where they are in the file of these bytes' end; null where it is not.
std::shared_ptr<const Rows> try_to_open(const fs::path& file, const std::string& seal,
                                        const RowRange& range) {
  try {
    auto rows = open_rows(file, kType, "x", range.begin, range.size());
    return read_end(file, Seal::kSize) == seal ? rows : nullptr;
  } catch (const Error&) {
    return nullptr;
  }
}

/// Collective. This rank's part of n rows that rank 0 reads and sends, a block of each rank's at a time.
Matrix receive(const World& world, const fs::path& file, Eigen::Index n) {
  std::shared_ptr<const Rows> all;
  world.on_root([&] { all = open_rows(file, kType, "x", 0, n); });
  const auto p = static_cast<Eigen::Index>(world.broadcast(all ? static_cast<double>(all->width()) : 0.0));
  Matrix mine(world.rows_of(n).size(), p);
  const Eigen::Index at_once = std::max<Eigen::Index>(1, rows_at_once(p) / world.size());
  for (Eigen::Index first = 0; first < world.rows_of(n, 0).size(); first += at_once) {
    Matrix block(0, p);
    world.on_root([&] {
      std::vector<Eigen::Index> rows;
      for (int rank = 0; rank < world.size(); ++rank) {
        const auto range = world.rows_of(n, rank);
        for (auto i = first; i < std::min(first + at_once, range.size()); ++i)
          rows.push_back(range.begin + i);
      }
      block = all->read(rows);
    });
    // The shares of a block are as those of all rows: the first ranks have one row more, or none.
    const Matrix received = world.scatter_rows(block);
    mine.middleRows(first, received.rows()) = received;
  }
  return mine;
}

}  // namespace

LocalSimulations distribute_simulations(const World& world, const fs::path& file,
                                        const SimulationsCheck& accept) {
  Matrix packed;
  std::string seal;
  world.on_root([&] {
    read_header(file);  // of a file that is whole and undamaged
    const auto read = read_fields(file, kType, {"theta", "id", "status"}, accept.header);
    if (accept.content) accept.content(read);
    packed = pack(read);
    seal = read_end(file, Seal::kSize);
  });
  world.broadcast(seal);
  const auto n = world.broadcast(std::int64_t{packed.rows()});
  const Matrix mine = world.scatter_rows(packed);
  LocalSimulations result;
  result.theta = mine.leftCols(mine.cols() - 2);
  for (const auto& row : mine.rightCols(2).rowwise()) {
    result.id.push_back(static_cast<std::int64_t>(row[0]));
    result.status.push_back(static_cast<Status>(static_cast<int>(row[1])));
  }
  result.x = try_to_open(file, seal, world.rows_of(n));
  if (world.any(!result.x)) result.x = std::make_shared<RowsInMemory>(receive(world, file, n));
  return result;
}

}  // namespace snpse
