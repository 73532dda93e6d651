#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <toml++/toml.h>

#include "config/config_errors.hpp"
#include "config/schema.hpp"
#include "util/nearest.hpp"

namespace snpse {

inline unsigned line_of(const toml::node& node) {
  return node.source().begin.line;
}

/// Reads values out of a campaign file's nodes. What is wrong becomes a problem, and the result none.
/// name: the key in full, for the messages.
class ValueReader {
 public:
  /// base_folder: what relative paths start from.
  ValueReader(ConfigErrors& errors, std::filesystem::path base_folder)
      : errors_(errors), base_folder_(std::move(base_folder)) {}

  ConfigErrors& errors() { return errors_; }

  std::optional<std::string> text(const toml::node& node, const std::string& name);
  std::optional<double> number(const toml::node& node, const std::string& name, const Range& range,
                               bool may_be_infinite = false);
  /// A whole number, which may be written as 4e3.
  std::optional<std::int64_t> whole_number(const toml::node& node, const std::string& name);
  std::optional<std::vector<double>> number_list(const toml::node& node, const std::string& name,
                                                 bool may_be_nan = false);
  /// Puts the node's value into the field of a key.
  void read(const toml::node& node, const std::string& name, const Field& field);

  /// Every key of the table must be one of known. prefix: what stands before its keys in messages
  /// ("method."). other_words: unknown keys for which the message names something else than the nearest key.
  void check_names(const toml::table& table, const std::string& prefix, const std::vector<std::string>& known,
                   const std::map<std::string, std::string>& other_words = {});

 private:
  template <typename T>
  void read_field(const toml::node& node, const std::string& name, const NumberField<T>& field);
  void read_field(const toml::node& node, const std::string& name, const PathField& field);
  void read_field(const toml::node& node, const std::string& name, const TextListField& field);
  void read_field(const toml::node& node, const std::string& name, const ChoiceField& field);
  void read_field(const toml::node& node, const std::string& name, const FlagField& field);
  void read_field(const toml::node& node, const std::string& name, const NumberListField& field);
  void read_field(const toml::node& node, const std::string& name, const NumberFileField& field);
  void read_field(const toml::node& node, const std::string& name, const OutputField& field);
  void read_field(const toml::node& node, const std::string& name, const TextField& field);
  void read_field(const toml::node& node, const std::string& name, const TableField& field);

  std::string absolute(const std::filesystem::path& path) const;
  void add_type_problem(const toml::node& node, const std::string& name, const char* wanted);

  ConfigErrors& errors_;
  std::filesystem::path base_folder_;
};

}  // namespace snpse
