#pragma once

namespace snpse {

/// How the noise levels of a training step are drawn.
enum class NoiseLevels {
  lognormal,  ///< ln(sigma_t / (alpha_t s)) ~ N(noise_mean, noise_deviation^2), clamped to the process's
              ///< range, s the deviation that the regression leaves of a parameter, each parameter in equal
              ///< parts of the levels
  uniform,    ///< t ~ U(t_min, 1), each one drawn independently, as in the paper
};

/// Where the gradient of a training step is computed.
enum class Device {
  cpu,
  cuda,  ///< an NVIDIA GPU; ranks on one machine take turns with its GPUs
};

struct TrainingOptions {
  Device device = Device::cpu;
  double learning_rate = 1e-3;
  int warmup = 100;           ///< steps over which the learning rate rises from 0
  int batch = 256;            ///< simulations a step, over all ranks
  int noise_draws = 2;        ///< noise levels drawn for each simulation of a step
  double weight_decay = 0.1;  ///< AdamW's, decoupled (Loshchilov & Hutter 2019)
  NoiseLevels noise_levels = NoiseLevels::lognormal;
  double noise_mean = -1.7;
  double noise_deviation = 1.6;
  double validation_share = 0.1;  ///< of all simulations so far, drawn anew each round
  double check_share = 0.05;  ///< of all simulations so far, kept from training and validation for the check
                              ///< of the posterior at the end of a run; 0: no check
  int validation_draws = 8;   ///< fixed, stratified noise levels a held-out simulation
  int iteration = 0;          ///< sweeps of the training set that validation_every, patience, max_steps and
                              ///< early_steps count; 0: they count steps
  int validation_every = 100;
  int smoothing = 5;       ///< validation losses in a row whose mean is compared with earlier ones
  int patience = 0;        ///< without a new lowest validation loss until training ends; 0: as many steps as
                           ///< 90 sweeps of the training set have, from 500 to 1500
  int max_steps = 6000;    ///< limit of the whole training
  int early_steps = 3000;  ///< max_steps of tsnpse's rounds before the last, which need only find the
                           ///< region, where that is less; 0: the same
  double cooldown = 0.3;   ///< fraction of max_steps over which the rate falls linearly to 0; 0: it stays
  double averaging = 0.999;  ///< decay a step of the weights' exponential moving average, which is what is
                             ///< validated and kept; 0: the weights themselves, but for rounding
  double memory = 4;  ///< GB of x that a rank holds; where its part is more, the rows of a batch are read
                      ///< from the campaign's files
  double checkpoint_seconds = 60;  ///< at most this much training is lost when the program is killed
};

}  // namespace snpse
