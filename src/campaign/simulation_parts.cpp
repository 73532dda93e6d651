#include "snpse/campaign/simulation_parts.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "snpse/campaign/data_records.hpp"
#include "snpse/storage/durable_file.hpp"

namespace snpse {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMostFiles = 32;

Record to_record(const SimulationPart& part) {
  Record record = to_record(part.simulations);
  const Record provenance = to_record(part.provenance);
  for (const auto& [key, value] : provenance.values()) record.put(key, value);
  return record;
}

bool is_final(Status status) {
  return status == Status::ok || status == Status::invalid;
}

}  // namespace

SimulationParts::SimulationParts(fs::path folder, FileHeader header, std::int64_t n, int theta_dim, int x_dim,
                                 std::int64_t first_id)
    : folder_(std::move(folder)), header_(std::move(header)), first_id_(first_id) {
  const auto rows = static_cast<std::size_t>(n);
  simulations_.theta.resize(n, theta_dim);
  simulations_.x = Matrix::Constant(n, x_dim, std::numeric_limits<double>::quiet_NaN());
  simulations_.id.resize(rows);
  simulations_.seed.resize(rows);
  simulations_.status.resize(rows, Status::failed);
  provenance_.worker.resize(rows);
  provenance_.attempts.resize(rows);
  provenance_.seconds.resize(rows);
  done_.resize(rows, false);
  make_folder(folder_);
  remove_leftovers(folder_);
  for (const auto& entry : fs::directory_iterator(folder_))
    if (entry.path().extension() == ".h5") files_.push_back(entry.path());
  std::sort(files_.begin(), files_.end());
  for (const auto& file : files_) {
    const Record record = read_record(file, header_.type);
    const SimulationPart part{simulations_from(record), provenance_from(record)};
    take(part);
    for (std::size_t i = 0; i < part.simulations.id.size(); ++i)
      done_[static_cast<std::size_t>(part.simulations.id[i] - first_id_)] =
          is_final(part.simulations.status[i]);
  }
  if (!files_.empty()) next_number_ = std::stoll(files_.back().stem().string()) + 1;
}

std::vector<std::int64_t> SimulationParts::todo() const {
  std::vector<std::int64_t> rows;
  for (std::size_t i = 0; i < done_.size(); ++i)
    if (!done_[i]) rows.push_back(static_cast<std::int64_t>(i));
  return rows;
}

void SimulationParts::take(const SimulationPart& part) {
  const auto& from = part.simulations;
  if (from.theta.cols() != simulations_.theta.cols() || from.x.cols() != simulations_.x.cols())
    fail(ExitCode::data, "a part in '{}' has {} parameters and {} data, not {} and {}; remove it",
         folder_.string(), from.theta.cols(), from.x.cols(), simulations_.theta.cols(),
         simulations_.x.cols());
  for (std::size_t i = 0; i < from.id.size(); ++i) {
    const std::int64_t id = from.id[i] - first_id_;
    if (id < 0 || id >= static_cast<std::int64_t>(done_.size()))
      fail(ExitCode::data, "a part in '{}' holds simulation {}, which is not of its round; remove it",
           folder_.string(), from.id[i]);
    const auto row = static_cast<std::size_t>(id);
    simulations_.theta.row(id) = from.theta.row(static_cast<Eigen::Index>(i));
    simulations_.x.row(id) = from.x.row(static_cast<Eigen::Index>(i));
    simulations_.id[row] = from.id[i];
    simulations_.seed[row] = from.seed[i];
    simulations_.status[row] = from.status[i];
    provenance_.worker[row] = part.provenance.worker[i];
    provenance_.attempts[row] = part.provenance.attempts[i];
    provenance_.seconds[row] = part.provenance.seconds[i];
    done_[row] = true;
  }
}

void SimulationParts::write(const SimulationPart& part) {
  const auto file = folder_ / fmt::format("{:09}.h5", next_number_++);
  write_record(file, header_, to_record(part));
  files_.push_back(file);
}

SimulationPart SimulationParts::all_done() const {
  SimulationPart part;
  const auto n = std::count(done_.begin(), done_.end(), true);
  part.simulations.theta.resize(n, simulations_.theta.cols());
  part.simulations.x.resize(n, simulations_.x.cols());
  Eigen::Index to = 0;
  for (std::size_t i = 0; i < done_.size(); ++i) {
    if (!done_[i]) continue;
    part.simulations.theta.row(to) = simulations_.theta.row(static_cast<Eigen::Index>(i));
    part.simulations.x.row(to++) = simulations_.x.row(static_cast<Eigen::Index>(i));
    part.simulations.id.push_back(simulations_.id[i]);
    part.simulations.seed.push_back(simulations_.seed[i]);
    part.simulations.status.push_back(simulations_.status[i]);
    part.provenance.worker.push_back(provenance_.worker[i]);
    part.provenance.attempts.push_back(provenance_.attempts[i]);
    part.provenance.seconds.push_back(provenance_.seconds[i]);
  }
  return part;
}

void SimulationParts::append(const SimulationPart& part) {
  take(part);
  if (files_.size() < kMostFiles) return write(part);
  // The merged part holds all the older ones, so a crash between its writing and their removal does no harm.
  const auto merged_away = std::exchange(files_, {});
  write(all_done());
  for (const auto& file : merged_away) fs::remove(file);
}

void SimulationParts::remove() const {
  fs::remove_all(folder_);
}

}  // namespace snpse
