#include "core/record_checks.hpp"

#include <cmath>

#include "support/scratch_folder.hpp"

namespace snpse {
namespace {

Record checked_record() {
  Record record;
  record.set_origin("rounds/001/a.h5");
  record.put("share", 0.5);
  record.put("nan", std::nan(""));
  record.put("count", std::int64_t{-1});
  record.put("counts", std::vector<std::int64_t>{0, 7});
  record.put("weights", std::vector<float>{1, INFINITY});
  record.put("matrix", Matrix(Matrix::Constant(2, 3, INFINITY)));
  return record;
}

TEST(RecordChecks, GiveWhatIsSound) {
  const Record record = checked_record();
  EXPECT_EQ(number_in(record, "share", 0, 1), 0.5);
  EXPECT_EQ(whole_in(record, "count", -1), -1);
  EXPECT_EQ(wholes_in(record, "counts", 2, 0, 7).back(), 7);
  EXPECT_EQ(matrix_in(record, "matrix", 2, 3).rows(), 2);
}

TEST(RecordChecks, NameTheFileTheFieldAndWhatIsWrong) {
  const Record record = checked_record();
  const auto refused = [&](const std::string& message, const auto& read) {
    expect_error(ExitCode::data, "'rounds/001/a.h5': the field " + message, read);
  };
  refused("'share' holds 0.5, which is not between 0 and 0.1", [&] { number_in(record, "share", 0, 0.1); });
  refused("'nan' holds nan, which is not finite", [&] { number_in(record, "nan"); });
  refused("'count' holds -1, but it is to be at least 0", [&] { whole_in(record, "count", 0); });
  refused("'counts' holds 7, which is not between 0 and 6", [&] { wholes_in(record, "counts", 2, 0, 6); });
  refused("'counts' has 2 entries, not 3", [&] { wholes_in(record, "counts", 3, 0); });
  refused("'weights' holds a number that is not finite", [&] { weights_in(record, "weights", 2); });
  refused("'matrix' is 2 x 3, not 3 x 2", [&] { matrix_in(record, "matrix", 3, 2); });
  refused("'matrix' holds a number that is not finite", [&] { finite_matrix_in(record, "matrix", 2, 3); });
}

}  // namespace
}  // namespace snpse
