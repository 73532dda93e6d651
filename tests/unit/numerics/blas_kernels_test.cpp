#include "numerics/blas_kernels.hpp"

#include <gtest/gtest.h>

#include "numerics/compute_kernels.hpp"
#include "numerics/gemm.hpp"

namespace snpse {
namespace {

constexpr auto kLevels = {VectorLevel::baseline, VectorLevel::avx2, VectorLevel::avx512};

TEST(BetterCoreType, ReplacesKernelsOfSseByTheWidestOfTheProcessor) {
  for (const char* core : {"Prescott", "Core2", "Nehalem", "Barcelona", "Sandybridge"}) {
    EXPECT_EQ(better_core_type(core, VectorLevel::avx512, false), "SkylakeX") << core;
    EXPECT_EQ(better_core_type(core, VectorLevel::avx2, false), "Haswell") << core;
    EXPECT_EQ(better_core_type(core, VectorLevel::baseline, false), std::nullopt) << core;
  }
}

TEST(BetterCoreType, LeavesKernelsThatOpenBlasChoseForTheProcessor) {
  for (const char* core : {"Haswell", "Zen", "SkylakeX", "Cooperlake", "SapphireRapids", "Excavator"})
    for (const auto processor : kLevels)
      EXPECT_EQ(better_core_type(core, processor, false), std::nullopt) << core;
}

TEST(BetterCoreType, LeavesKernelsWhoseNameItDoesNotKnowAndAnotherBlas) {
  for (const auto processor : kLevels) {
    EXPECT_EQ(better_core_type("NewerThanThis", processor, false), std::nullopt);
    EXPECT_EQ(better_core_type("", processor, false), std::nullopt);
  }
}

TEST(BetterCoreType, RespectsTheUsersChoice) {
  for (const auto processor : kLevels) EXPECT_EQ(better_core_type("Prescott", processor, true), std::nullopt);
}

TEST(BetterCoreType, IsOneThatNeedsNoBetter) {
  for (const auto processor : kLevels)
    if (const auto better = better_core_type("Prescott", processor, false)) {
      EXPECT_EQ(level_of_core(*better), processor);
      EXPECT_EQ(better_core_type(*better, processor, false), std::nullopt);
    }
}

TEST(Gemm, TheBlasTakesLongTransposedProductsWithVectorsAsLongAsThoseOfOneDnn) {
  for (const auto onednn : kLevels) {
    EXPECT_FALSE(blas_takes_long_transposed(std::nullopt, onednn));
    for (const auto blas : kLevels) EXPECT_EQ(blas_takes_long_transposed(blas, onednn), blas >= onednn);
  }
}

TEST(ComputeKernels, AreNamed) {
  const auto kernels = compute_kernels();
  EXPECT_FALSE(kernels.libtorch.empty());
  EXPECT_EQ(kernels.openblas, openblas_core());
  EXPECT_EQ(to_string({"Haswell", "AVX2", "AVX2", "AVX2"}),
            "OpenBLAS Haswell, oneDNN AVX2, LibTorch AVX2, own loops AVX2");
  EXPECT_EQ(to_string({"", "", "", "baseline"}),
            "OpenBLAS none, oneDNN none, LibTorch none, own loops baseline");
}

}  // namespace
}  // namespace snpse
