#include "snpse/parallel/mailbox.hpp"

#include <limits>

#include "snpse/util/error.hpp"

namespace snpse {

namespace mpi = boost::mpi;

void Mailbox::post(int to, int kind, std::string bytes) {
  ensure(bytes.size() <= std::numeric_limits<int>::max(), "a letter is below 2 GiB");
  Posted& letter = posted_.emplace_back(Posted{std::move(bytes), {}});
  letter.request = communicator_.isend(to, kind, letter.bytes.data(), static_cast<int>(letter.bytes.size()));
}

std::optional<Letter> Mailbox::poll() {
  all_sent();
  const auto status = communicator_.iprobe(mpi::any_source, mpi::any_tag);
  if (!status) return std::nullopt;
  Letter letter{status->source(), status->tag(), {}};
  letter.bytes.resize(static_cast<std::size_t>(status->count<char>().value()));
  communicator_.recv(letter.from, letter.kind, letter.bytes.data(), static_cast<int>(letter.bytes.size()));
  return letter;
}

bool Mailbox::all_sent() {
  posted_.remove_if([](Posted& letter) { return letter.request.test().has_value(); });
  return posted_.empty();
}

}  // namespace snpse
