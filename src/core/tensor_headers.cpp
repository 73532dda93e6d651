// Exists to give the precompiled header of LibTorch a target to live in.
#include "snpse/core/tensor.hpp"
