#include <algorithm>
#include <array>
#include <cstdlib>

#include <mpi.h>

#include "parallel/world.hpp"
#include "util/error.hpp"

namespace snpse {

MpiSession::MpiSession(int& argc, char**& argv) {
  // Open MPI starts a daemon beside a process that no launcher started, so that the process can spawn others.
  if (!launched()) ::setenv("OMPI_MCA_ess_singleton_isolated", "1", 0);
  int provided = MPI_THREAD_SINGLE;
  // Errors of MPI itself keep its default: they end all ranks with MPI's own message.
  MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &provided);
  if (provided < MPI_THREAD_FUNNELED)
    fail(ExitCode::config,
         "this MPI offers thread level {} only, but MPI_THREAD_FUNNELED ({}) is needed; use an "
         "MPI built with thread support",
         provided, MPI_THREAD_FUNNELED);
}

MpiSession::~MpiSession() {
  MPI_Finalize();
}

void MpiSession::start_for_process() {
  int started = 0;
  MPI_Initialized(&started);
  if (started != 0) return;
  int argc = 0;
  char** argv = nullptr;
  static const MpiSession session(argc, argv);
}

bool MpiSession::launched() {
  constexpr std::array kRankVariables{"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK", "SLURM_PROCID"};
  return std::ranges::any_of(kRankVariables, [](const char* name) { return std::getenv(name) != nullptr; });
}

void MpiSession::abort(int exit_code) {
  MPI_Abort(MPI_COMM_WORLD, exit_code);
  std::abort();
}

}  // namespace snpse
