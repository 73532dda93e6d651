#pragma once

#include <functional>
#include <optional>
#include <string>

#include "training/round_data.hpp"

namespace snpse {

/// The trainings of a round that needs several networks, one after the other, behind one checkpoint: it holds
/// the networks that are finished and the state of the training under way.
class Stages {
 public:
  using Train = std::function<TrainedNetwork(const Checkpoints& checkpoints)>;

  /// Collective.
  Stages(const World& world, Checkpoints checkpoints);

  /// Collective. The network `name`, from the checkpoint or by training it; nothing where a stop was
  /// requested.
  std::optional<Record> network(const std::string& name, const Train& train);
  /// Collective. The last training, whose result holds the networks before it under their names and the time
  /// that all of them took.
  TrainedNetwork last(const Train& train);

 private:
  /// The checkpoints of the training `name`.
  Checkpoints checkpoints_of(const std::string& name) const;

  const World& world_;
  Checkpoints checkpoints_;
  Record found_;     // the checkpoint as it was
  Record finished_;  // networks under their names
  double seconds_ = 0;
};

/// What a method's training returns where a stop was requested.
TrainedNetwork stopped_training();

/// What `record` holds under `name`, empty where there is nothing.
Record part_of(const Record& record, const std::string& name);

}  // namespace snpse
