#include <exception>
#include <iostream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "parallel/world.hpp"

namespace {

/// On ranks above 0: prints nothing but failures, each with its rank.
class FailuresOnly : public testing::EmptyTestEventListener {
 public:
  explicit FailuresOnly(int rank) : rank_(rank) {}

  // GoogleTest holds a lock during OnTestPartResult, so that the name must be known before.
  void OnTestStart(const testing::TestInfo& test) override {
    test_ = std::string(test.test_suite_name()) + '.' + test.name();
  }

  void OnTestPartResult(const testing::TestPartResult& result) override {
    if (!result.failed()) return;
    std::ostringstream text;  // one write, so that ranks' lines do not mix
    text << "rank " << rank_ << ": " << test_ << " failed at " << result.file_name() << ':'
         << result.line_number() << '\n'
         << result.message() << '\n';
    std::cerr << text.str() << std::flush;
  }

 private:
  int rank_;
  std::string test_;
};

/// Runs all tests; an exception that a test lets out ends the job, as other ranks may wait for this one.
int run_tests(int rank) {
  try {
    return RUN_ALL_TESTS();
  } catch (const std::exception& e) {
    std::cerr << "rank " << rank << ": " << e.what() << std::endl;
  } catch (...) {
    std::cerr << "rank " << rank << ": an exception that says nothing" << std::endl;
  }
  snpse::MpiSession::abort(1);
}

}  // namespace

int main(int argc, char** argv) {
  const snpse::MpiSession session(argc, argv);
  testing::InitGoogleTest(&argc, argv);
  GTEST_FLAG_SET(catch_exceptions, false);
  const snpse::World world;
  if (!world.is_root()) {
    auto& listeners = testing::UnitTest::GetInstance()->listeners();
    delete listeners.Release(listeners.default_result_printer());
    listeners.Append(new FailuresOnly(world.rank()));
  }
  const int failed = run_tests(world.rank());
  const bool none_found = testing::UnitTest::GetInstance()->test_to_run_count() == 0;
  return world.any(failed != 0 || none_found) ? 1 : 0;
}
