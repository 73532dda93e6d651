#pragma once

#include "network/network_layout.hpp"
#include "score/model_options.hpp"

namespace snpse {

/// The shape of a network of that parametrisation: how often theta stands in its input.
inline NetworkShape with_views(NetworkShape shape, Parametrisation parametrisation) {
  shape.views = parametrisation == Parametrisation::preconditioned ? 2 : 1;
  return shape;
}

}  // namespace snpse
