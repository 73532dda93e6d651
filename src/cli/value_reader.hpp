#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "problems.hpp"
#include <toml++/toml.h>

#include "snpse/cli/schema.hpp"
#include "snpse/util/nearest.hpp"

namespace snpse {

inline unsigned line_of(const toml::node& node) {
  return node.source().begin.line;
}

/// Reads values out of a campaign file's nodes. What is wrong becomes a problem, and the result none.
/// name: the key in full, for the messages.
class ValueReader {
 public:
  /// base_folder: what relative paths start from.
  ValueReader(Problems& problems, std::filesystem::path base_folder)
      : problems_(problems), base_folder_(std::move(base_folder)) {}

  Problems& problems() { return problems_; }

  std::optional<std::string> text(const toml::node& node, const std::string& name);
  std::optional<double> number(const toml::node& node, const std::string& name, const Range& range,
                               bool may_be_infinite = false);
  std::optional<std::vector<double>> number_list(const toml::node& node, const std::string& name,
                                                 bool may_be_nan = false);
  /// Puts the node's value into the field of a key.
  void read(const toml::node& node, const std::string& name, const Field& field);

  /// Every key of the table must be one of known. prefix: what stands before its keys in messages
  /// ("method.").
  void check_names(const toml::table& table, const std::string& prefix,
                   const std::vector<std::string>& known);

 private:
  template <typename T>
  void read_field(const toml::node& node, const std::string& name, const NumberField<T>& field);
  void read_field(const toml::node& node, const std::string& name, const PathField& field);
  void read_field(const toml::node& node, const std::string& name, const CommandField& field);
  void read_field(const toml::node& node, const std::string& name, const ChoiceField& field);
  void read_field(const toml::node& node, const std::string& name, const NumberListField& field);
  void read_field(const toml::node& node, const std::string& name, const NumberFileField& field);

  std::string absolute(const std::filesystem::path& path) const;
  void add_type_problem(const toml::node& node, const std::string& name, const char* wanted);

  Problems& problems_;
  std::filesystem::path base_folder_;
};

}  // namespace snpse
