#include "storage/seal.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "storage/durable_file.hpp"

namespace snpse {
namespace {

/// The seal of the first bytes of a file, so many.
Seal seal_of_beginning(const std::filesystem::path& file, std::uintmax_t size) {
  Seal seal;
  for_each_piece(file, [&](std::string_view piece) {
    const auto taken = std::min<std::uintmax_t>(piece.size(), size);
    seal.add(piece.substr(0, taken));
    size -= taken;
  });
  return seal;
}

}  // namespace

std::string Seal::text() const {
  return fmt::format("\nsnpse {:08x}\n", crc_.checksum());
}

Seal Seal::of(const std::filesystem::path& file) {
  Seal seal;
  for_each_piece(file, [&](std::string_view piece) { seal.add(piece); });
  return seal;
}

bool is_sealed(const std::filesystem::path& file) {
  const std::string end = read_end(file, Seal::kSize);
  return is_seal(end) && end == seal_of_beginning(file, std::filesystem::file_size(file) - end.size()).text();
}

bool is_seal(std::string_view end) {
  return end.size() == Seal::kSize && end.starts_with("\nsnpse ") && end.ends_with('\n');
}

}  // namespace snpse
