#include "score/preconditioning.hpp"

#include <gtest/gtest.h>

namespace snpse {
namespace {

TEST(Preconditioning, TheTargetGivesTheNoise) {
  // z_t = alpha z_0 + sigma eps, and a network that answers its target predicts eps.
  constexpr double kAlpha = 0.7, kSigma = 0.4, kZ = 1.3, kMean = 0.2, kEps = -0.8;
  for (const auto parametrisation :
       {Parametrisation::preconditioned, Parametrisation::noise, Parametrisation::velocity}) {
    const double mean = parametrisation == Parametrisation::preconditioned ? kMean : 0;
    const auto coefficients = preconditioning(parametrisation, kAlpha, kSigma, 0.5, 0.6);
    const double away = kAlpha * (kZ - mean) + kSigma * kEps;  // of z_t from its mean
    EXPECT_NEAR(coefficients.c_skip * away +
                    coefficients.c_out * training_target(coefficients, kZ - mean, kEps, kEps),
                kEps, 1e-12);
    // Another noise as target is what the network then predicts.
    EXPECT_NEAR(
        coefficients.c_skip * away + coefficients.c_out * training_target(coefficients, kZ - mean, kEps, 0.3),
        0.3, 1e-12);
  }
}

TEST(Preconditioning, TheVelocityIsThatOfTheStraightPath) {
  const auto coefficients = preconditioning(Parametrisation::velocity, 0.7, 0.3, 1, 1);
  EXPECT_NEAR(training_target(coefficients, 1.3, -0.8, -0.8), -0.8 - 1.3, 1e-12);
}

}  // namespace
}  // namespace snpse
