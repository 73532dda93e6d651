#include "storage/npy.hpp"

#include <cstdint>
#include <cstring>
#include <regex>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "util/error.hpp"

namespace snpse {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kAlignment = 64;

/// What the header of an array says.
struct NpyHeader {
  std::string type;
  bool by_columns = false;
  std::vector<Eigen::Index> shape;
  std::size_t end = 0;  // where the data begin
};

[[noreturn]] void reject_npy(const std::filesystem::path& path, const char* why) {
  fail(ExitCode::data, "'{}' holds a damaged NumPy array: {}", path.string(), why);
}

NpyHeader read_npy_header(std::string_view bytes, const std::filesystem::path& path) {
  constexpr std::size_t kVersion = kMagic.size();
  const bool is_long = bytes.size() > kVersion && bytes[kVersion] >= 2;  // from version 2 on
  const std::size_t begin = kVersion + 2 + (is_long ? 4 : 2);
  if (bytes.size() < begin) reject_npy(path, "its header is cut off");
  std::size_t size = 0;
  for (std::size_t i = begin; i-- > kVersion + 2;) size = 256 * size + static_cast<unsigned char>(bytes[i]);
  if (size > bytes.size() - begin) reject_npy(path, "its header is cut off");
  const std::string text(bytes.substr(begin, size));
  static const std::regex pattern(
      R"re(\{'descr': '([^']+)', 'fortran_order': (True|False), 'shape': \(([0-9, ]*)\),? *\} *\n?)re");
  std::smatch part;
  if (!std::regex_match(text, part, pattern)) return {};  // structured types, which are no numbers
  NpyHeader header{part[1], part[2] == "True", {}, begin + size};
  const std::string shape = part[3];
  static const std::regex number("[0-9]+");
  for (std::sregex_iterator it(shape.begin(), shape.end(), number), end; it != end; ++it) {
    if (it->length() > 15) reject_npy(path, "its shape is impossible");
    header.shape.push_back(std::stoll(it->str()));
  }
  return header;
}

template <typename T>
Matrix matrix_from(const NpyHeader& header, std::string_view data, const std::filesystem::path& path) {
  const auto rows = header.shape[0];
  const auto columns = header.shape[1];
  const auto count = data.size() / sizeof(T);
  const bool fits = rows == 0 || columns == 0 ||
                    (static_cast<std::size_t>(columns) <= count / static_cast<std::size_t>(rows));
  if (!fits) reject_npy(path, "it has fewer numbers than its shape says");
  Eigen::Array<T, Eigen::Dynamic, 1> values(rows * columns);
  if (values.size() > 0)
    std::memcpy(values.data(), data.data(), sizeof(T) * static_cast<std::size_t>(values.size()));
  const Vector numbers = values.template cast<double>();
  if (header.by_columns) return Eigen::Map<const Eigen::MatrixXd>(numbers.data(), rows, columns);
  return Eigen::Map<const Matrix>(numbers.data(), rows, columns);
}

}  // namespace

std::string npy_bytes(const std::string& type, const std::vector<Eigen::Index>& shape, const void* data,
                      std::size_t bytes) {
  auto header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}{}), }}", type,
                            fmt::join(shape, ", "), shape.size() == 1 ? "," : "");
  const std::size_t before = kMagic.size() + 4;
  header.append(kAlignment - 1 - (before + header.size()) % kAlignment, ' ');
  header += '\n';
  std::string result(kMagic);
  result += '\1';
  result += '\0';
  result += static_cast<char>(header.size() & 0xffU);
  result += static_cast<char>(header.size() >> 8U);
  result += header;
  result.append(static_cast<const char*>(data), bytes);
  return result;
}

bool is_npy(std::string_view bytes) {
  return bytes.starts_with(kMagic);
}

std::optional<Matrix> matrix_of_npy(std::string_view bytes, const std::filesystem::path& path,
                                    VectorArrays vectors) {
  if (!is_npy(bytes)) reject_npy(path, "it does not begin as one");
  auto header = read_npy_header(bytes, path);
  if (header.shape.size() == 1 && vectors == VectorArrays::as_columns) header.shape.push_back(1);
  if (header.shape.size() != 2) return std::nullopt;
  const auto data = bytes.substr(header.end);
  if (header.type == "<f8") return matrix_from<double>(header, data, path);
  if (header.type == "<f4") return matrix_from<float>(header, data, path);
  if (header.type == "<i8") return matrix_from<std::int64_t>(header, data, path);
  if (header.type == "<i4") return matrix_from<std::int32_t>(header, data, path);
  if (header.type == "|u1") return matrix_from<std::uint8_t>(header, data, path);
  return std::nullopt;
}

}  // namespace snpse
