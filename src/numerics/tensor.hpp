#pragma once

// The only place that includes LibTorch: these two headers hold tensors and gradients, without the module,
// optimiser and serialisation library that would double the compile time.
#include <torch/autograd.h>
#include <torch/types.h>
