#include "training/stages.hpp"

#include <utility>

#include <fmt/format.h>

#include "parallel/broadcast_record.hpp"

namespace snpse {
namespace {

constexpr const char* kFinished = "finished";
constexpr const char* kLast = "last";

void put_part(Record& record, const std::string& name, const Record& part) {
  for (const auto& [key, value] : part.values()) record.put(fmt::format("{}/{}", name, key), value);
}

}  // namespace

Record part_of(const Record& record, const std::string& name) {
  Record part;
  part.set_origin(record.origin());
  const std::string prefix = name + "/";
  for (const auto& [key, value] : record.values())
    if (key.starts_with(prefix)) part.put(key.substr(prefix.size()), value);
  return part;
}

TrainedNetwork stopped_training() {
  TrainedNetwork result;
  result.report.stopped = true;
  return result;
}

Stages::Stages(const World& world, Checkpoints checkpoints)
    : world_(world), checkpoints_(std::move(checkpoints)) {
  world.on_root([&] { found_ = checkpoints_.load().value_or(Record()); });
  broadcast(world, found_);
}

Checkpoints Stages::checkpoints_of(const std::string& name) const {
  const auto load = [state = part_of(found_, name)]() -> std::optional<Record> {
    if (state.values().empty()) return std::nullopt;
    return state;
  };
  const auto save = [name, finished = finished_, save_all = checkpoints_.save](const Record& state) {
    Record all;
    put_part(all, kFinished, finished);
    put_part(all, name, state);
    save_all(all);
  };
  return {load, save};
}

std::optional<Record> Stages::network(const std::string& name, const Train& train) {
  auto network = part_of(found_, std::string(kFinished) + "/" + name);
  if (network.values().empty()) {
    auto trained = train(checkpoints_of(name));
    if (trained.report.stopped) return std::nullopt;
    network = std::move(trained.network);
    seconds_ += trained.report.seconds;
  }
  put_part(finished_, name, network);
  return network;
}

TrainedNetwork Stages::last(const Train& train) {
  auto trained = train(checkpoints_of(kLast));
  trained.report.seconds += seconds_;
  if (!trained.report.stopped)
    for (const auto& [key, value] : finished_.values()) trained.network.put(key, value);
  return trained;
}

}  // namespace snpse
