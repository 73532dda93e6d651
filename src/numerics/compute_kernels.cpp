#include "numerics/compute_kernels.hpp"

#include <string_view>

#include <ATen/Version.h>
#include <fmt/format.h>
#ifdef SNPSE_ONEDNN
#include <dnnl.h>
#endif

#include "numerics/blas_kernels.hpp"

namespace snpse {
namespace {

const char* name_of(VectorLevel level) {
  switch (level) {
    case VectorLevel::avx512:
      return "AVX-512";
    case VectorLevel::avx2:
      return "AVX2";
    case VectorLevel::baseline:
      break;
  }
  return "baseline";
}

/// LibTorch says it in one line of a long text: "  - CPU capability usage: AVX2".
std::string libtorch_kernels() {
  constexpr std::string_view kLabel = "CPU capability usage: ";
  const std::string text = at::show_config();
  const auto label = text.find(kLabel);
  if (label == std::string::npos) return "";
  const auto begin = label + kLabel.size();
  return text.substr(begin, text.find('\n', begin) - begin);
}

#ifdef SNPSE_ONEDNN
constexpr bool kOneDnn = true;
#else
constexpr bool kOneDnn = false;
#endif

std::string or_none(const std::string& name) {
  return name.empty() ? "none" : name;
}

}  // namespace

VectorLevel onednn_level() {
#ifdef SNPSE_ONEDNN
  const auto isa = static_cast<unsigned>(dnnl_get_effective_cpu_isa());
  const auto includes = [&](unsigned other) { return (isa & other) == other; };
  if (includes(dnnl_cpu_isa_avx512_core)) return VectorLevel::avx512;
  if (includes(dnnl_cpu_isa_avx2)) return VectorLevel::avx2;
#endif
  return VectorLevel::baseline;
}

ComputeKernels compute_kernels() {
  return {openblas_core(), kOneDnn ? name_of(onednn_level()) : "", libtorch_kernels(),
          name_of(multiversion_level())};
}

std::string to_string(const ComputeKernels& kernels) {
  return fmt::format("OpenBLAS {}, oneDNN {}, LibTorch {}, own loops {}", or_none(kernels.openblas),
                     or_none(kernels.onednn), or_none(kernels.libtorch), kernels.multiversion);
}

}  // namespace snpse
