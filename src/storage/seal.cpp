#include "snpse/storage/seal.hpp"

#include <boost/crc.hpp>
#include <fmt/format.h>

namespace snpse {

std::string seal_of(std::string_view bytes) {
  boost::crc_32_type crc;
  crc.process_bytes(bytes.data(), bytes.size());
  return fmt::format("\nsnpse {:08x}\n", crc.checksum());
}

bool is_sealed(std::string_view bytes) {
  if (bytes.size() < kSealSize) return false;
  const std::string_view content = bytes.substr(0, bytes.size() - kSealSize);
  return bytes.substr(content.size()) == seal_of(content);
}

bool is_seal(std::string_view end) {
  return end.size() == kSealSize && end.starts_with("\nsnpse ") && end.ends_with('\n');
}

}  // namespace snpse
