#include "numerics/blas_kernels.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include <unistd.h>

// Null where another BLAS takes OpenBLAS's place.
extern "C" char* openblas_get_corename() __attribute__((weak));

namespace snpse {
namespace {

constexpr const char* kCoreType = "OPENBLAS_CORETYPE";
constexpr const char* kChosenHere = "SNPSE_CHOSE_OPENBLAS_CORETYPE";  // set between the two starts

constexpr std::array<std::string_view, 4> kOfAvx512{"SkylakeX", "Cooperlake", "SapphireRapids",
                                                    "Sapphirerapids"};
constexpr std::array<std::string_view, 2> kOfAvx2{"Haswell", "Zen"};
// The kernels for AMD's Bulldozer to Excavator are in no list: OpenBLAS takes them for those processors only.
constexpr std::array<std::string_view, 18> kOfLess{
    "Unknown",   "Katmai", "Coppermine", "Northwood",  "Prescott", "Banias",
    "Atom",      "Core2",  "Penryn",     "Athlon",     "Opteron",  "Opteron_SSE3",
    "Barcelona", "Nano",   "Bobcat",     "Dunnington", "Nehalem",  "Sandybridge"};

bool holds(const auto& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// The path of the program, by which tools show it; the link itself where the file has been moved.
std::string path_of_program() {
  const std::string link = "/proc/self/exe";
  std::error_code error;
  const auto path = std::filesystem::read_symlink(link, error);
  return !error && std::filesystem::exists(path, error) ? path.string() : link;
}

}  // namespace

std::string openblas_core() {
  return openblas_get_corename == nullptr ? "" : openblas_get_corename();
}

std::optional<VectorLevel> level_of_core(std::string_view core) {
  if (holds(kOfAvx512, core)) return VectorLevel::avx512;
  if (holds(kOfAvx2, core)) return VectorLevel::avx2;
  if (holds(kOfLess, core)) return VectorLevel::baseline;
  return std::nullopt;
}

std::optional<std::string> better_core_type(std::string_view core, VectorLevel processor, bool set_by_user) {
  // OpenBLAS that runs kernels of AVX2 knows the processor, or has no others.
  if (set_by_user || level_of_core(core) != VectorLevel::baseline) return std::nullopt;
  switch (processor) {
    case VectorLevel::avx512:
      return "SkylakeX";
    case VectorLevel::avx2:
      return "Haswell";
    case VectorLevel::baseline:
      break;
  }
  return std::nullopt;
}

void restart_with_better_blas(char** argv) {
  if (std::getenv(kChosenHere) != nullptr) {
    ::unsetenv(kCoreType);
    ::unsetenv(kChosenHere);
    return;
  }
  const auto better = better_core_type(openblas_core(), processor_level(), std::getenv(kCoreType) != nullptr);
  if (!better) return;
  ::setenv(kCoreType, better->c_str(), 1);
  ::setenv(kChosenHere, "1", 1);
  ::execv(path_of_program().c_str(), argv);
  // Without a second start, the program is slower and right.
  ::unsetenv(kCoreType);
  ::unsetenv(kChosenHere);
}

}  // namespace snpse
