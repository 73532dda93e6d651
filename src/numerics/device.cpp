#include "numerics/device.hpp"

#include <torch/cuda.h>

#include "util/error.hpp"

namespace snpse {

int gpu_count() {
  return static_cast<int>(torch::cuda::device_count());
}

void require_gpu() {
  if (gpu_count() > 0) return;
  fail(ExitCode::config,
       "training.device is \"cuda\", but LibTorch finds no GPU here: set it to \"cpu\", or build with a "
       "LibTorch that has CUDA (cmake -DCMAKE_PREFIX_PATH=...) on a machine with a GPU");
}

}  // namespace snpse
