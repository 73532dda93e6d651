#include "campaign/block_folder.hpp"

#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "storage/durable_file.hpp"
#include "util/error.hpp"

namespace snpse {
namespace fs = std::filesystem;
namespace {

fs::path part_path(const fs::path& folder, int number) {
  return folder / fmt::format("{:06}.h5", number);
}

std::optional<std::vector<double>> read_part(const fs::path& file, const FileHeader& header,
                                             const std::string& purpose, int ranks) {
  try {
    auto record = read_record(file, header.type);
    const auto found = read_header(file);
    if (found.configuration != header.configuration || found.seed != header.seed) return std::nullopt;
    if (record.get<std::string>("purpose") != purpose || record.get<std::int64_t>("ranks") != ranks)
      return std::nullopt;
    return record.take<std::vector<double>>("blocks");
  } catch (const Error& error) {
    if (error.code() != ExitCode::data) throw;
    return std::nullopt;
  }
}

}  // namespace

BlockParts block_folder(const fs::path& folder, const FileHeader& header, const std::string& purpose,
                        int ranks) {
  const auto parts = std::make_shared<int>(0);  // on disk
  BlockParts blocks;
  blocks.load = [=] {
    std::vector<std::vector<double>> all;
    if (fs::exists(folder)) remove_leftovers(folder);
    for (; fs::exists(part_path(folder, *parts)); ++*parts)
      if (auto part = read_part(part_path(folder, *parts), header, purpose, ranks))
        all.push_back(std::move(*part));
    return all;
  };
  blocks.add = [=](const std::vector<double>& part) {
    make_folder(folder);
    Record record;
    record.put("purpose", purpose);
    record.put("ranks", std::int64_t{ranks});
    record.put("blocks", part);
    write_record(part_path(folder, *parts), header, record);
    ++*parts;
  };
  return blocks;
}

}  // namespace snpse
