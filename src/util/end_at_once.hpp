#pragma once

namespace snpse {

/// While an object lives, a signal that StopRequest hears ends the process at once, with exit code 75: for
/// long work that has nothing to save and cannot be interrupted otherwise.
class EndAtOnce {
 public:
  EndAtOnce();
  ~EndAtOnce();
  EndAtOnce(const EndAtOnce&) = delete;
  EndAtOnce& operator=(const EndAtOnce&) = delete;
};

}  // namespace snpse
