#pragma once

#include <boost/mpi/communicator.hpp>

#include "parallel/world.hpp"

namespace snpse {

struct World::Impl {
  boost::mpi::communicator communicator;
  boost::mpi::communicator farewell;  // for all_failed() alone, so that it meets no collective under way

  /// Collective. Returns once all ranks have called it, waiting with Backoff. After it, a blocking
  /// collective of MPI, which waits by spinning, only spins for the transfer itself.
  void meet() const;
};

}  // namespace snpse
