#include "parallel/mailbox.hpp"

#include <limits>

#include "util/error.hpp"

namespace snpse {

namespace mpi = boost::mpi;

void Mailbox::post(int to, int kind, std::string bytes) {
  ensure(bytes.size() <= std::numeric_limits<int>::max(), "a message is below 2 GiB");
  Posted& message = posted_.emplace_back(Posted{std::move(bytes), {}});
  message.request =
      communicator_.isend(to, kind, message.bytes.data(), static_cast<int>(message.bytes.size()));
}

std::optional<Message> Mailbox::poll() {
  all_sent();
  const auto status = communicator_.iprobe(mpi::any_source, mpi::any_tag);
  if (!status) return std::nullopt;
  Message message{status->source(), status->tag(), {}};
  message.bytes.resize(static_cast<std::size_t>(status->count<char>().value()));
  communicator_.recv(message.from, message.kind, message.bytes.data(),
                     static_cast<int>(message.bytes.size()));
  return message;
}

bool Mailbox::all_sent() {
  posted_.remove_if([](Posted& message) { return message.request.test().has_value(); });
  return posted_.empty();
}

}  // namespace snpse
