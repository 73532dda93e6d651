#include "snpse/core/gemm.hpp"

#include <cblas.h>

namespace snpse {
namespace {

void sgemm(CBLAS_TRANSPOSE transpose_a, CBLAS_TRANSPOSE transpose_b, const float* a, const float* b, float* c,
           const ProductSize& size, Result result) {
  const auto m = static_cast<int>(size.rows);
  const auto k = static_cast<int>(size.inner);
  const auto n = static_cast<int>(size.columns);
  const float beta = result == Result::add ? 1.0F : 0.0F;
  cblas_sgemm(CblasRowMajor, transpose_a, transpose_b, m, n, k, 1.0F, a, transpose_a == CblasTrans ? m : k, b,
              transpose_b == CblasTrans ? k : n, beta, c, n);
}

}  // namespace

void multiply(const float* a, const float* b, float* c, const ProductSize& size, Result result) {
  sgemm(CblasNoTrans, CblasNoTrans, a, b, c, size, result);
}

void multiply_by_transposed(const float* a, const float* b, float* c, const ProductSize& size,
                            Result result) {
  sgemm(CblasNoTrans, CblasTrans, a, b, c, size, result);
}

void multiply_transposed(const float* a, const float* b, float* c, const ProductSize& size, Result result) {
  sgemm(CblasTrans, CblasNoTrans, a, b, c, size, result);
}

}  // namespace snpse
