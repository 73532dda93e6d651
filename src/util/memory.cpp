#include "util/memory.hpp"

#include <algorithm>
#include <fstream>

#include <sys/resource.h>
#include <unistd.h>

namespace snpse {

double machine_memory() {
  double least =
      static_cast<double>(::sysconf(_SC_PHYS_PAGES)) * static_cast<double>(::sysconf(_SC_PAGE_SIZE));
  double of_group = 0;  // of a container
  if (std::ifstream("/sys/fs/cgroup/memory.max") >> of_group && of_group > 0)
    least = std::min(least, of_group);
  return least;
}

double usable_memory() {
  struct rlimit limit {};
  if (::getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return machine_memory();
  return std::min(machine_memory(), static_cast<double>(limit.rlim_cur));
}

void require_memory(double bytes, const std::string& what, ExitCode asked_by) {
  constexpr double kGigabyte = 1e9;
  const double usable = usable_memory();
  if (bytes <= usable) return;
  fail(asked_by, "{} takes {:.3g} GB of memory, but there are {:.3g} GB: ask for less", what,
       bytes / kGigabyte, usable / kGigabyte);
}

}  // namespace snpse
