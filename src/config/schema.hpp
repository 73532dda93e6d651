#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "config/config.hpp"

namespace snpse {

/// The finite values that a number may take.
struct Range {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool low_included = true;
  bool high_included = true;

  bool contains(double value) const;
  /// "at least 1", "above 0 and below 1", "a finite number", ...
  std::string text() const;
};

/// What a key of the campaign file is, and the field that holds its value.
template <typename T>
struct NumberField {
  T* value;
  Range range;
};
/// Text that may name a file, relative to the campaign file's folder.
struct PathField {
  std::string* value;
};
/// Any text.
struct TextField {
  std::string* value;
};
/// A table of numbers, texts and flags, kept as a JSON object.
struct TableField {
  std::string* json;
};
/// A list of texts, such as a program and its arguments.
struct TextListField {
  std::vector<std::string>* value;
  const char* example;
  bool may_be_one = false;  ///< a text is a list of one
};
/// One of a few names; nothing is chosen yet where chosen() gives none.
struct ChoiceField {
  std::vector<std::string> names;
  std::function<void(std::size_t)> choose;
  std::function<std::optional<std::size_t>()> chosen;
};
/// True or false.
struct FlagField {
  bool* value;
};
/// Each number may be nan.
struct NumberListField {
  std::vector<double>* value;
};
/// A CSV file in place of a list of numbers and of the number of rows that it is made of, which are the lines
/// of the file.
struct NumberFileField {
  std::vector<double>* value;
  int* rows;
};

/// Where the x of an executable stands: "dakota", the name of a file, or a table.
struct OutputField {
  std::optional<OutputOptions>* value;
};

using Field = std::variant<NumberField<int>, NumberField<std::int64_t>, NumberField<std::uint64_t>,
                           NumberField<double>, PathField, TextListField, ChoiceField, FlagField,
                           NumberListField, NumberFileField, TextField, TableField, OutputField>;

struct Key {
  std::string name;
  std::string comment;
  Field field;
  /// Whether the key means something in the configuration as it is, for what kind of simulator; empty:
  /// always.
  std::function<bool()> applies = {};
  const char* applies_to = "";
};

struct Section {
  std::string name;
  std::string comment;
  std::vector<Key> keys;
};

/// The one description of the campaign file, but for [[parameter]] and [prior] (see prior_schema.hpp): from
/// it follow reading, validation and writing. The fields point into config, which must outlive the result.
std::vector<Section> schema_of(Config& config);

/// The value of a field as a campaign file writes it; empty where there is nothing to write.
std::string value_text(const Field& field);

/// What model.process may be.
std::vector<std::string> process_names();

}  // namespace snpse
