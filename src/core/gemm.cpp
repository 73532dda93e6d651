#include "snpse/core/gemm.hpp"

#include <cblas.h>

namespace snpse {
namespace {

enum class Transposed { none, a, b };

void sgemm(Transposed transposed, const float* a, const float* b, float* c, const ProductSize& size,
           Result result) {
  const std::int64_t lda = transposed == Transposed::a ? size.rows : size.inner;
  const std::int64_t ldb = transposed == Transposed::b ? size.inner : size.columns;
  const float beta = result == Result::add ? 1.0F : 0.0F;
  const auto narrow = [](std::int64_t n) { return static_cast<int>(n); };
  cblas_sgemm(CblasRowMajor, transposed == Transposed::a ? CblasTrans : CblasNoTrans,
              transposed == Transposed::b ? CblasTrans : CblasNoTrans, narrow(size.rows),
              narrow(size.columns), narrow(size.inner), 1.0F, a, narrow(lda), b, narrow(ldb), beta, c,
              narrow(size.columns));
}

}  // namespace

void multiply(const float* a, const float* b, float* c, const ProductSize& size, Result result) {
  sgemm(Transposed::none, a, b, c, size, result);
}

void multiply_by_transposed(const float* a, const float* b, float* c, const ProductSize& size,
                            Result result) {
  sgemm(Transposed::b, a, b, c, size, result);
}

void multiply_transposed(const float* a, const float* b, float* c, const ProductSize& size, Result result) {
  sgemm(Transposed::a, a, b, c, size, result);
}

}  // namespace snpse
