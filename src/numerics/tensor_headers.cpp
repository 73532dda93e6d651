// Exists to give the precompiled header of LibTorch a target to live in.
#include "numerics/tensor.hpp"
