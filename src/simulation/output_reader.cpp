#include "simulation/output_reader.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "simulation/json_numbers.hpp"
#include "storage/dataset.hpp"
#include "storage/durable_file.hpp"
#include "util/error.hpp"

namespace snpse {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::json;

/// The file's name, with which messages about it begin.
std::string quoted(const fs::path& file) {
  return fmt::format("'{}'", file.filename().string());
}

/// The words of a line.
std::vector<std::string_view> words_of(std::string_view line) {
  constexpr std::string_view kBetween = " \t\r,";
  std::vector<std::string_view> words;
  for (auto begin = line.find_first_not_of(kBetween); begin != std::string_view::npos;) {
    const auto end = std::min(line.find_first_of(kBetween, begin), line.size());
    words.push_back(line.substr(begin, end - begin));
    begin = line.find_first_not_of(kBetween, end);
  }
  return words;
}

std::optional<double> number_of(std::string_view word) {
  if (word.starts_with('+')) word.remove_prefix(1);
  std::string text(word);
  if (!text.empty() && std::isalpha(static_cast<unsigned char>(text.back())) == 0)
    std::ranges::replace_if(
        text, [](char c) { return c == 'd' || c == 'D'; }, 'e');
  double value = 0;
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value);
  if (result.ec != std::errc() || result.ptr != end) return std::nullopt;
  return value;
}

/// The lines of a text with their numbers, from 1.
template <typename Take>
void for_each_line(std::string_view text, const Take& take) {
  for (int number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    if (!take(number, text.substr(0, end))) return;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

double number_in_line(std::string_view word, const fs::path& file, int line) {
  if (const auto value = number_of(word)) return *value;
  constexpr std::size_t kShown = 40;
  fail(ExitCode::data, "line {} of {} has '{}', which is no number", line, quoted(file),
       word.substr(0, kShown));
}

std::vector<double> read_numbers(const fs::path& file, const OutputOptions& options) {
  std::vector<double> values;
  for_each_line(read_whole(file), [&](int line, std::string_view text) {
    const auto words = words_of(text);
    if (line <= options.skip || words.empty() || words.front().starts_with('#')) return true;
    if (options.columns.empty())
      for (const auto word : words) values.push_back(number_in_line(word, file, line));
    for (const auto column : options.columns) {
      if (column > std::ssize(words))
        fail(ExitCode::data, "line {} of {} has {} columns, and column {} is asked for", line, quoted(file),
             words.size(), column);
      values.push_back(number_in_line(words[static_cast<std::size_t>(column - 1)], file, line));
    }
    return true;
  });
  return values;
}

bool says_fail(std::string_view word) {
  constexpr std::string_view kFail = "fail";
  return word.size() >= kFail.size() &&
         std::equal(kFail.begin(), kFail.end(), word.begin(),
                    [](char a, char b) { return a == std::tolower(static_cast<unsigned char>(b)); });
}

/// Gradients and Hessians, in brackets, follow the values.
std::vector<double> read_dakota(const fs::path& file) {
  std::vector<double> values;
  for_each_line(read_whole(file), [&](int line, std::string_view text) {
    const auto words = words_of(text);
    if (words.empty()) return true;
    if (words.front().starts_with('[')) return false;
    if (says_fail(words.front())) fail(ExitCode::data, "the simulator says '{}'", text.substr(0, 80));
    values.push_back(number_in_line(words.front(), file, line));
    for (std::size_t i = 1; i < words.size(); ++i)
      if (const auto value = number_of(words[i])) values.push_back(*value);
    return true;
  });
  return values;
}

std::vector<double> read_json(const fs::path& file, const std::string& pointer) {
  try {
    const auto json = parse_json_with_nan(read_whole(file));
    const Json::json_pointer place(pointer);
    if (!json.contains(place)) fail(ExitCode::data, "{} has nothing at '{}'", quoted(file), pointer);
    return numbers_in_json(json.at(place), fmt::format("'{}' of {}", pointer, quoted(file)));
  } catch (const Json::exception& error) {
    fail(ExitCode::data, "{} is no JSON: {}", quoted(file), error.what());
  }
}

}  // namespace

std::vector<double> read_output(const fs::path& file, const OutputOptions& options) {
  constexpr std::uintmax_t kMostBytes = std::uintmax_t{1} << 30U;
  std::error_code absent;
  const auto size = fs::file_size(file, absent);
  if (absent) fail(ExitCode::data, "the simulator left no file {}", quoted(file));
  if (size > kMostBytes)
    fail(ExitCode::data, "{} has {} bytes, more than an output may have (1 GiB)", quoted(file), size);
  switch (options.format) {
    case OutputFormat::numbers:
      return read_numbers(file, options);
    case OutputFormat::dakota:
      return read_dakota(file);
    case OutputFormat::json:
      return read_json(file, options.key);
    case OutputFormat::hdf5: {
      const Matrix values = read_dataset(file, options.key);
      return {values.data(), values.data() + values.size()};
    }
  }
  return {};
}

}  // namespace snpse
