#include "storage/npz.hpp"

#include <algorithm>
#include <memory>
#include <type_traits>

#include <boost/locale/encoding_utf.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <zip.h>

#include "storage/durable_file.hpp"
#include "util/error.hpp"

namespace snpse {
namespace fs = std::filesystem;
namespace {

struct DiscardArchive {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
using Archive = std::unique_ptr<zip_t, DiscardArchive>;

struct CloseEntry {
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};

/// The texts as NumPy's fixed-length UTF-32.
std::string npy_of(const std::vector<std::string>& texts, const std::vector<Eigen::Index>& shape) {
  std::vector<std::u32string> wide;
  std::size_t longest = 1;
  for (const auto& text : texts) {
    wide.push_back(boost::locale::conv::utf_to_utf<char32_t>(text));
    longest = std::max(longest, wide.back().size());
  }
  std::u32string all;
  for (auto& text : wide) {
    text.resize(longest);
    all += text;
  }
  return npy_bytes(fmt::format("<U{}", longest), shape, all.data(), all.size() * sizeof(char32_t));
}

/// A value of a record as the bytes of a .npy file.
struct NpyOf {
  std::string operator()(std::int64_t value) const { return npy_bytes("<i8", {}, &value, sizeof value); }
  std::string operator()(double value) const { return npy_bytes("<f8", {}, &value, sizeof value); }
  std::string operator()(const std::string& text) const { return npy_of(std::vector{text}, {}); }
  std::string operator()(const std::vector<std::string>& texts) const {
    return npy_of(texts, {static_cast<Eigen::Index>(texts.size())});
  }
  std::string operator()(const Matrix& m) const {
    return npy_bytes("<f8", {m.rows(), m.cols()}, m.data(),
                     sizeof(double) * static_cast<std::size_t>(m.size()));
  }
  template <typename T>
  std::string operator()(const std::vector<T>& values) const {
    const char* type = std::is_same_v<T, double> ? "<f8" : std::is_same_v<T, float> ? "<f4" : "<i8";
    return npy_bytes(type, {static_cast<Eigen::Index>(values.size())}, values.data(),
                     sizeof(T) * values.size());
  }
};

[[noreturn]] void fail_to_write(const fs::path& path, const char* why) {
  fail(ExitCode::io, "cannot write '{}': {}; make room and run the same command again", path.string(), why);
}

void write_archive(const fs::path& path, const fs::path& aside, const Record& record) {
  int code = 0;
  Archive archive(zip_open(aside.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &code));
  if (!archive) fail_to_write(path, "libzip cannot create the archive");
  std::vector<std::string> entries;  // whose bytes must live until the archive is closed
  for (const auto& [name, value] : record.values()) entries.push_back(std::visit(NpyOf{}, value));
  auto bytes = entries.begin();
  for (const auto& [name, value] : record.values()) {
    zip_source_t* source = zip_source_buffer(archive.get(), bytes->data(), bytes->size(), 0);
    const auto index = zip_file_add(archive.get(), (name + ".npy").c_str(), source, ZIP_FL_ENC_UTF_8);
    if (index < 0) {
      zip_source_free(source);
      fail_to_write(path, zip_strerror(archive.get()));
    }
    const auto entry = static_cast<zip_uint64_t>(index);
    zip_set_file_compression(archive.get(), entry, ZIP_CM_STORE, 0);
    zip_file_set_dostime(archive.get(), entry, 0, (1U << 5U) + 1, 0);  // 1 January 1980
    ++bytes;
  }
  if (zip_close(archive.get()) != 0) fail_to_write(path, zip_strerror(archive.get()));
  archive.release();  // zip_close() has freed it  NOLINT(bugprone-unused-return-value)
}

std::string read_entry(zip_t* archive, zip_uint64_t index, const zip_stat_t& state, const fs::path& path) {
  const std::unique_ptr<zip_file_t, CloseEntry> entry(zip_fopen_index(archive, index, 0));
  std::string bytes(state.size, '\0');
  if (!entry || zip_fread(entry.get(), bytes.data(), bytes.size()) != static_cast<zip_int64_t>(bytes.size()))
    fail(ExitCode::data, "'{}' is a damaged .npz file: its array '{}' cannot be read", path.string(),
         state.name);
  return bytes;
}

}  // namespace

void write_npz(const fs::path& path, const Record& record) {
  write_durably(path, [&](const fs::path& aside) { write_archive(path, aside, record); });
}

std::vector<NumpyTable> read_numpy(const fs::path& path, VectorArrays vectors) {
  const std::string whole = read_whole(path);  // says why a file cannot be read
  std::vector<NumpyTable> tables;
  const auto add = [&](const std::string& name, const std::string& bytes) {
    if (auto values = matrix_of_npy(bytes, path, vectors)) tables.push_back({name, std::move(*values)});
  };
  if (is_npy(whole)) {
    add("", whole);
    return tables;
  }
  int code = 0;
  const Archive archive(zip_open(path.c_str(), ZIP_RDONLY | ZIP_CHECKCONS, &code));
  if (!archive)
    fail(ExitCode::data, "'{}' is no NumPy file: neither an array nor a .npz archive", path.string());
  const auto entries = zip_get_num_entries(archive.get(), 0);
  for (zip_int64_t i = 0; i < entries; ++i) {
    zip_stat_t state;
    const auto index = static_cast<zip_uint64_t>(i);
    if (zip_stat_index(archive.get(), index, 0, &state) != 0 || (state.valid & ZIP_STAT_SIZE) == 0) continue;
    std::string name = state.name;
    if (!name.ends_with(".npy")) continue;
    name.resize(name.size() - 4);
    add(name, read_entry(archive.get(), index, state, path));
  }
  return tables;
}

}  // namespace snpse
