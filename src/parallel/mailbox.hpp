#pragma once

#include <list>
#include <optional>
#include <string>

#include <boost/mpi/communicator.hpp>
#include <boost/mpi/request.hpp>

namespace snpse {

struct Message {
  int from = 0;
  int kind = 0;
  std::string bytes;
};

/// Letters between ranks (a rank may write to itself), sent and received without waiting. Letters from one
/// rank to another arrive in the order in which they were posted. For the layer `parallel` itself.
class Mailbox {
 public:
  explicit Mailbox(boost::mpi::communicator communicator) : communicator_(std::move(communicator)) {}

  /// bytes: below 2 GiB.
  void post(int to, int kind, std::string bytes = {});
  /// The next message that has arrived, if any. To be called regularly: it also moves what was posted.
  std::optional<Message> poll();
  /// Whether all that was posted has left. The mailbox must not be destroyed before.
  bool all_sent();

 private:
  struct Posted {
    std::string bytes;  // must stay where it is until sent
    boost::mpi::request request;
  };

  boost::mpi::communicator communicator_;
  std::list<Posted> posted_;
};

}  // namespace snpse
