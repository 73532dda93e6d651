#pragma once

namespace snpse {

/// Prepares the process for numerical work: n threads for LibTorch and for the BLAS that it calls (several
/// ranks share a machine, so one each is the rule), and an allocator that keeps the memory of large tensors
/// instead of returning it to the kernel after every step, which doubles the speed of training.
void prepare_process(int threads);

/// How many cores this process may use: its launcher may have bound it to fewer than there are.
int usable_cores();

}  // namespace snpse
