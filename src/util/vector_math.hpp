#pragma once

#include <bit>
#include <cstdint>

#include "util/multiversion.hpp"

namespace snpse {

// Functions of doubles without branches and calls, so that loops over them become vector code. The
// polynomials are summed in pairs and pairs of pairs, which has a third of the latency of Horner's
// scheme.

/// exp(x) to 1e-14 of its value for |x| <= 700: 2^n exp(r), |r| <= ln(2) / 2, with the Taylor polynomial.
SNPSE_INLINE double vector_exp(double x) {
  constexpr double kLog2E = 1.44269504088896340736;
  constexpr double kLn2High = 0x1.62e42feep-1;  // so few bits that a product with n is exact
  constexpr double kLn2Low = 1.90821492927058770002e-10;
  constexpr double kRounder = 0x1.8p52;  // adding it leaves an integer in the lowest bits
  constexpr unsigned kMantissaBits = 52;
  const double shifted = x * kLog2E + kRounder;
  const double n = shifted - kRounder;
  const double r = (x - n * kLn2High) - n * kLn2Low;
  const double r2 = r * r;
  const double r4 = r2 * r2;
  const double low = (1.0 + r) + (1.0 / 2 + 1.0 / 6 * r) * r2;
  const double middle = (1.0 / 24 + 1.0 / 120 * r) + (1.0 / 720 + 1.0 / 5040 * r) * r2;
  const double high = (1.0 / 40320 + 1.0 / 362880 * r) + (1.0 / 3628800 + 1.0 / 39916800 * r) * r2;
  const double p = low + (middle + high * r4) * r4;
  const std::uint64_t exponent = std::bit_cast<std::uint64_t>(shifted) << kMantissaBits;
  return std::bit_cast<double>(std::bit_cast<std::uint64_t>(p) + exponent);
}

/// 1 - exp(-x) to 1e-10 of its value for 0 <= x <= 0.4, the first nine terms of its series.
SNPSE_INLINE double vector_relaxation(double x) {
  const double x2 = x * x;
  const double x4 = x2 * x2;
  const double low = (1.0 - 1.0 / 2 * x) + (1.0 / 6 - 1.0 / 24 * x) * x2;
  const double high = (1.0 / 120 - 1.0 / 720 * x) + (1.0 / 5040 - 1.0 / 40320 * x) * x2;
  return x * (low + (high + 1.0 / 362880 * x4) * x4);
}

/// ln(x) to 1e-15 of max(1, |ln(x)|) for a normal x > 0: n ln(2) + ln(m), m between sqrt(1/2) and sqrt(2),
/// with the series of 2 artanh((m - 1) / (m + 1)).
SNPSE_INLINE double vector_log(double x) {
  constexpr double kLn2 = 0.693147180559945309417;
  constexpr unsigned kMantissaBits = 52;
  constexpr std::uint64_t kExponentBias = 1023;
  constexpr std::uint64_t kOne = kExponentBias << kMantissaBits;
  constexpr std::uint64_t kSqrtHalf = 0x3fe6a09e667f3bcdULL;  // the bits of sqrt(1/2)
  constexpr double kInteger = 0x1p52;  // or-ing an integer below 2^52 into its bits adds that integer
  const auto bits = std::bit_cast<std::uint64_t>(x);
  const std::uint64_t biased = (bits - kSqrtHalf + kOne) >> kMantissaBits;
  const double n = std::bit_cast<double>(biased | std::bit_cast<std::uint64_t>(kInteger)) -
                   (kInteger + static_cast<double>(kExponentBias));
  const double m = std::bit_cast<double>(bits - (biased << kMantissaBits) + kOne);
  const double s = (m - 1.0) / (m + 1.0);
  const double z = s * s;
  const double z2 = z * z;
  const double z4 = z2 * z2;
  const double low = (2.0 + 2.0 / 3 * z) + (2.0 / 5 + 2.0 / 7 * z) * z2;
  const double high = (2.0 / 9 + 2.0 / 11 * z) + (2.0 / 13 + 2.0 / 15 * z) * z2;
  return n * kLn2 + s * (low + (high + (2.0 / 17 + 2.0 / 19 * z) * z4) * z4);
}

struct SineCosine {
  double sine;
  double cosine;
};

/// The sine and the cosine of turns * 2 pi to 2e-13, |turns| <= 1/2: those of the quarter angle by their
/// series, and the formulas for the double angle twice.
SNPSE_INLINE SineCosine vector_sine_cosine(double turns) {
  constexpr double kHalfPi = 1.57079632679489661923;
  const double y = turns * kHalfPi;
  const double z = y * y;
  const double z2 = z * z;
  const double z4 = z2 * z2;
  const double sine = y * ((1.0 - 1.0 / 6 * z) + (1.0 / 120 - 1.0 / 5040 * z) * z2 +
                           ((1.0 / 362880 - 1.0 / 39916800 * z) + 1.0 / 6227020800 * z2) * z4);
  const double cosine =
      (1.0 - 1.0 / 2 * z) + (1.0 / 24 - 1.0 / 720 * z) * z2 +
      ((1.0 / 40320 - 1.0 / 3628800 * z) + (1.0 / 479001600 - 1.0 / 87178291200 * z) * z2) * z4;
  const double half_sine = 2.0 * sine * cosine;
  const double half_cosine = 1.0 - 2.0 * sine * sine;
  return {2.0 * half_sine * half_cosine, 1.0 - 2.0 * half_sine * half_sine};
}

}  // namespace snpse
