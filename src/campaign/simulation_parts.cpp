#include "campaign/simulation_parts.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <numeric>
#include <utility>

#include "campaign/data_records.hpp"
#include "storage/durable_file.hpp"

namespace snpse {
namespace fs = std::filesystem;
namespace {

constexpr std::int64_t kNone = -1;
constexpr std::ptrdiff_t kMostSmallFiles = 32;
constexpr std::uintmax_t kSmall = std::uintmax_t{32} << 20U;  // bytes

std::string name_of(std::int64_t number) {
  return fmt::format("{:09}.h5", number);
}

Record to_record(const SimulationPart& part) {
  Record record = to_record(part.simulations);
  const Record provenance = to_record(part.provenance);
  for (const auto& [key, value] : provenance.values()) record.put(key, value);
  put_in(record, part.faults);
  return record;
}

bool is_final(Status status) {
  return status == Status::ok || status == Status::invalid;
}

template <typename T>
void add(std::vector<T>& to, const std::vector<T>& from, const std::vector<Eigen::Index>& rows) {
  for (const auto row : rows) to.push_back(from[static_cast<std::size_t>(row)]);
}

void add(Matrix& to, const Matrix& from, const std::vector<Eigen::Index>& rows) {
  append_rows(to, from(rows, Eigen::all));
}

/// Where no row of a part was imported, the part does not say so of each.
std::int64_t imported_of(const std::vector<std::int64_t>& values, std::size_t i) {
  return values.empty() ? 0 : values[i];
}

void add_imported(Provenance& to, const Provenance& from, const std::vector<Eigen::Index>& rows) {
  if (!from.imported_from.empty()) to.imported_from = from.imported_from;
  for (const auto row : rows) {
    to.imported_file.push_back(imported_of(from.imported_file, static_cast<std::size_t>(row)));
    to.imported_row.push_back(imported_of(from.imported_row, static_cast<std::size_t>(row)));
  }
}

void add(SimulationPart& to, const SimulationPart& from, const std::vector<Eigen::Index>& rows) {
  add(to.simulations.theta, from.simulations.theta, rows);
  add(to.simulations.x, from.simulations.x, rows);
  add(to.simulations.id, from.simulations.id, rows);
  add(to.simulations.seed, from.simulations.seed, rows);
  add(to.simulations.status, from.simulations.status, rows);
  add(to.provenance.worker, from.provenance.worker, rows);
  add(to.provenance.attempts, from.provenance.attempts, rows);
  add(to.provenance.seconds, from.provenance.seconds, rows);
  add_imported(to.provenance, from.provenance, rows);
}

}  // namespace

std::vector<Fault> faults_of_part(const fs::path& file, const HeaderCheck& accept) {
  return faults_from(read_record(file, "part", accept));
}

std::optional<std::int64_t> number_of_part(const fs::path& file) {
  if (file.extension() != ".h5") return std::nullopt;
  constexpr std::int64_t kMost = 1'000'000'000'000;
  const std::string stem = file.stem().string();
  std::int64_t number = -1;
  std::from_chars(stem.data(), stem.data() + stem.size(), number);
  if (number < 0 || number > kMost || name_of(number) != file.filename())
    fail(ExitCode::data,
         "'{}' is no part of a round's simulations, whose names are '{}' and so on: remove it", file.string(),
         name_of(0));
  return number;
}

SimulationParts::SimulationParts(fs::path folder, FileHeader header, std::int64_t n, int x_dim,
                                 std::int64_t first_id, HeaderCheck accept)
    : folder_(std::move(folder)),
      header_(std::move(header)),
      accept_(std::move(accept)),
      first_id_(first_id),
      x_dim_(x_dim) {
  const auto rows = static_cast<std::size_t>(n);
  seed_.resize(rows);
  status_.resize(rows, Status::failed);
  provenance_.worker.resize(rows);
  provenance_.attempts.resize(rows);
  provenance_.seconds.resize(rows);
  provenance_.imported_file.resize(rows);
  provenance_.imported_row.resize(rows);
  owner_.resize(rows, kNone);
  make_folder(folder_);
  remove_leftovers(folder_);
  for (const auto& entry : fs::directory_iterator(folder_))
    if (const auto number = number_of_part(entry.path()))
      files_.push_back({*number, entry.file_size() < kSmall});
  std::ranges::sort(files_, {}, &File::number);
  for (const auto& file : files_) {
    const auto part = read(file);
    take(part, file);
    add_faults(part.faults);
  }
  for (std::size_t i = 0; i < rows; ++i) done_.push_back(owner_[i] != kNone && is_final(status_[i]));
}

std::vector<std::int64_t> SimulationParts::todo() const {
  std::vector<std::int64_t> rows;
  for (std::size_t i = 0; i < done_.size(); ++i)
    if (!done_[i]) rows.push_back(static_cast<std::int64_t>(i));
  return rows;
}

fs::path SimulationParts::path_of(const File& file) const {
  return folder_ / name_of(file.number);
}

SimulationPart SimulationParts::read(const File& file) const {
  const Record record = read_record(path_of(file), header_.type, accept_);
  return {simulations_from(record), provenance_from(record), faults_from(record)};
}

SimulationParts::File SimulationParts::write(const SimulationPart& part) {
  File file{files_.empty() ? 0 : files_.back().number + 1, true};
  write_record(path_of(file), header_, to_record(part));
  file.small = fs::file_size(path_of(file)) < kSmall;
  files_.push_back(file);
  return file;
}

void SimulationParts::take(const SimulationPart& part, const File& file) {
  const auto& from = part.simulations;
  if (from.x.cols() != x_dim_)
    fail(ExitCode::data, "'{}' has {} data, not {}; remove it", path_of(file).string(), from.x.cols(),
         x_dim_);
  if (part.provenance.worker.size() != from.id.size())
    fail(ExitCode::data, "'{}' says of {} simulations who ran them, but holds {}; remove it",
         path_of(file).string(), part.provenance.worker.size(), from.id.size());
  for (std::size_t i = 0; i < from.id.size(); ++i) {
    if (from.id[i] < first_id_ || from.id[i] - first_id_ >= static_cast<std::int64_t>(owner_.size()))
      fail(ExitCode::data, "'{}' holds simulation {}, which is not of its round; remove it",
           path_of(file).string(), from.id[i]);
    const auto row = static_cast<std::size_t>(from.id[i] - first_id_);
    if (owner_[row] != kNone && is_final(status_[row]) && !is_final(from.status[i])) continue;
    owner_[row] = file.number;
    seed_[row] = from.seed[i];
    status_[row] = from.status[i];
    provenance_.worker[row] = part.provenance.worker[i];
    provenance_.attempts[row] = part.provenance.attempts[i];
    provenance_.seconds[row] = part.provenance.seconds[i];
    provenance_.imported_file[row] = imported_of(part.provenance.imported_file, i);
    provenance_.imported_row[row] = imported_of(part.provenance.imported_row, i);
  }
  if (!part.provenance.imported_from.empty()) provenance_.imported_from = part.provenance.imported_from;
}

std::vector<Eigen::Index> SimulationParts::own_rows(const File& file, const SimulationPart& part) const {
  const auto& id = part.simulations.id;
  std::vector<Eigen::Index> rows;
  for (std::size_t i = 0; i < id.size(); ++i)
    if (owner_[static_cast<std::size_t>(id[i] - first_id_)] == file.number)
      rows.push_back(static_cast<Eigen::Index>(i));
  std::ranges::sort(rows, {}, [&](Eigen::Index i) { return id[static_cast<std::size_t>(i)]; });
  return rows;
}

void SimulationParts::append(const SimulationPart& part) {
  take(part, write(part));
  add_faults(part.faults);
  for (const auto id : part.simulations.id) done_[static_cast<std::size_t>(id - first_id_)] = true;
  if (std::ranges::count_if(files_, &File::small) > kMostSmallFiles) merge_small_files();
}

// A crash while parts are merged leaves faults in two files.
void SimulationParts::add_faults(const std::vector<Fault>& faults) {
  for (const auto& fault : faults) {
    const auto begin = std::ranges::lower_bound(faults_, fault.id, {}, &Fault::id);
    const auto end = std::ranges::upper_bound(faults_, fault.id, {}, &Fault::id);
    if (std::find(begin, end, fault) == end) faults_.insert(end, fault);
  }
}

void SimulationParts::merge_small_files() {
  std::vector<File> merged_away;
  std::ranges::copy_if(files_, std::back_inserter(merged_away), &File::small);
  SimulationPart merged;
  merged.simulations.x.resize(0, x_dim_);
  for (const auto& file : merged_away) {
    const auto part = read(file);
    add(merged, part, own_rows(file, part));
    merged.faults.insert(merged.faults.end(), part.faults.begin(), part.faults.end());
  }
  // A crash between its writing and the others' removal does no harm.
  take(merged, write(merged));
  for (const auto& file : merged_away) fs::remove(path_of(file));
  std::erase_if(
      files_, [last = files_.back().number](const File& file) { return file.small && file.number != last; });
}

Record SimulationParts::outcomes() const {
  std::vector<std::int64_t> id(owner_.size());
  std::iota(id.begin(), id.end(), first_id_);
  Record record;
  record.put("id", std::move(id));
  record.put("seed", seed_);
  record.put("status", to_numbers(status_));
  return record;
}

StreamedMatrix SimulationParts::x() const {
  const auto fill = [this](const StreamedMatrix::Put& put) {
    for (const auto& file : files_) {
      const auto part = read(file);
      const auto rows = own_rows(file, part);
      const auto row_of_round = [&](std::size_t i) {
        return part.simulations.id[static_cast<std::size_t>(rows[i])] - first_id_;
      };
      std::vector<Eigen::Index> run;  // of neighbours
      for (std::size_t i = 0; i < rows.size(); ++i) {
        run.push_back(rows[i]);
        if (i + 1 < rows.size() && row_of_round(i + 1) == row_of_round(i) + 1) continue;
        put(row_of_round(i) - static_cast<std::int64_t>(run.size()) + 1, part.simulations.x(run, Eigen::all));
        run.clear();
      }
    }
  };
  return {"x", static_cast<Eigen::Index>(owner_.size()), x_dim_, fill};
}

void SimulationParts::remove() const {
  fs::remove_all(folder_);
}

}  // namespace snpse
