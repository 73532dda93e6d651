#pragma once

#include <filesystem>
#include <memory>

#include "core/prior.hpp"

namespace snpse {

/// The prior of a shared library with the functions of snpse/prior.h, which is known by its draws and its
/// log-density alone: it has no whitening map. Loads the library into this process, for good.
/// Error(missing_input) if it cannot be loaded; Error(data) if it lacks a function, or of 10 000 draws one
/// has no density.
std::shared_ptr<const Prior> load_prior(const std::filesystem::path& library, int dim);

}  // namespace snpse
