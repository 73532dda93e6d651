#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace snpse {

/// The value of a field, by its name.
using FieldValue = std::variant<double, std::uint64_t, std::string>;
using FieldValues = std::map<std::string, FieldValue, std::less<>>;

/// Text with fields in braces, such as "rate = {rate:.6e}". What follows the colon is a format of the library
/// fmt; without one a number has as many digits as identify it. {{ and }} are braces of the text.
class FieldText {
 public:
  /// examples: a value for each field that the text may have. Error(config) that names the line for another
  /// field, with the nearest name, and for a format that does not fit the value.
  FieldText(std::string_view text, const FieldValues& examples);

  bool uses(std::string_view field) const;
  /// The text with the values of its fields.
  std::string with(const FieldValues& values) const;

 private:
  struct Piece {
    std::string literal;  // before the field
    std::string field;    // empty: none follows
    std::string format;   // "{}" or "{:.6e}"
  };

  Piece field_at(std::string_view text, std::size_t& position, const FieldValues& examples) const;

  std::vector<Piece> pieces_;
};

}  // namespace snpse
