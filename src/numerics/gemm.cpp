#include "numerics/gemm.hpp"

#include <algorithm>
#include <stdexcept>

#include <cblas.h>
#ifdef SNPSE_ONEDNN
#include <dnnl.h>
#endif

#include "numerics/blas_kernels.hpp"
#include "numerics/compute_kernels.hpp"

namespace snpse {
namespace {

enum class Transposed { none, a, b };

struct Product {
  Transposed transposed;
  const float* a;
  const float* b;
  float* c;
  ProductSize size;
  float beta;

  std::int64_t lda() const { return transposed == Transposed::a ? size.rows : size.inner; }
  std::int64_t ldb() const { return transposed == Transposed::b ? size.inner : size.columns; }
};

void multiply_by_blas(const Product& p) {
  const auto narrow = [](std::int64_t n) { return static_cast<int>(n); };
  cblas_sgemm(CblasRowMajor, p.transposed == Transposed::a ? CblasTrans : CblasNoTrans,
              p.transposed == Transposed::b ? CblasTrans : CblasNoTrans, narrow(p.size.rows),
              narrow(p.size.columns), narrow(p.size.inner), 1.0F, p.a, narrow(p.lda()), p.b, narrow(p.ldb()),
              p.beta, p.c, narrow(p.size.columns));
}

#ifdef SNPSE_ONEDNN
/// oneDNN makes code for the size at hand, and takes half the time of OpenBLAS where one side is as short as
/// a row of parameters.
bool onednn_is_faster(const Product& p) {
  constexpr std::int64_t kLong = 128;
  static const bool blas_takes_long =
      blas_takes_long_transposed(level_of_core(openblas_core()), onednn_level());
  const bool is_long = p.transposed == Transposed::a && std::min(p.size.rows, p.size.columns) >= kLong;
  return !(is_long && blas_takes_long);
}

void multiply_by_onednn(const Product& p) {
  const auto status = dnnl_sgemm(p.transposed == Transposed::a ? 'T' : 'N',
                                 p.transposed == Transposed::b ? 'T' : 'N', p.size.rows, p.size.columns,
                                 p.size.inner, 1.0F, p.a, p.lda(), p.b, p.ldb(), p.beta, p.c, p.size.columns);
  if (status != dnnl_success) throw std::logic_error("oneDNN refused a product of matrices");
}
#endif

void sgemm(Transposed transposed, const float* a, const float* b, float* c, const ProductSize& size,
           Accumulate accumulate) {
  const Product product{transposed, a, b, c, size, accumulate == Accumulate::yes ? 1.0F : 0.0F};
#ifdef SNPSE_ONEDNN
  if (onednn_is_faster(product)) return multiply_by_onednn(product);
#endif
  multiply_by_blas(product);
}

}  // namespace

bool blas_takes_long_transposed(std::optional<VectorLevel> blas, VectorLevel onednn) {
  // With vectors of equal length OpenBLAS takes up to a fifth less time than oneDNN or, on AMD's Zen 5, up to
  // a tenth more. With shorter vectors it takes twice the time.
  return blas && *blas >= onednn;
}

void multiply(const float* a, const float* b, float* c, const ProductSize& size, Accumulate accumulate) {
  sgemm(Transposed::none, a, b, c, size, accumulate);
}

void multiply_by_transposed(const float* a, const float* b, float* c, const ProductSize& size,
                            Accumulate accumulate) {
  sgemm(Transposed::b, a, b, c, size, accumulate);
}

void multiply_transposed(const float* a, const float* b, float* c, const ProductSize& size,
                         Accumulate accumulate) {
  sgemm(Transposed::a, a, b, c, size, accumulate);
}

}  // namespace snpse
