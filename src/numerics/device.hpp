#pragma once

namespace snpse {

/// GPUs that this LibTorch can use.
int gpu_count();
/// Error(config) where there are none.
void require_gpu();

}  // namespace snpse
