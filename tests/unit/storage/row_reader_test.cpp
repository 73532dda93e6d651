#include <vector>

#include "storage/durable_file.hpp"
#include "storage/record_file.hpp"
#include "support/scratch_folder.hpp"

namespace snpse {
namespace {

using RowsOfAFile = ScratchFolder;

constexpr Eigen::Index kRows = 3000;
constexpr Eigen::Index kColumns = 7;

FileHeader header() {
  FileHeader header;
  header.type = "example";
  return header;
}

/// Row i holds i, i + 0.1, ...
Matrix rows_from(Eigen::Index first, Eigen::Index count) {
  Matrix rows(count, kColumns);
  for (Eigen::Index i = 0; i < count; ++i)
    for (Eigen::Index j = 0; j < kColumns; ++j)
      rows(i, j) = static_cast<double>(first + i) + 0.1 * static_cast<double>(j);
  return rows;
}

StreamedMatrix in_two_pieces(Eigen::Index first_of_second) {
  return {"x", kRows, kColumns, [first_of_second](const StreamedMatrix::Put& put) {
            put(first_of_second, rows_from(first_of_second, kRows - first_of_second));
            put(0, rows_from(0, first_of_second));
          }};
}

TEST_F(RowsOfAFile, WrittenPieceByPieceAreAsThoseWrittenAtOnce) {
  Record small;
  small.put("id", std::vector<std::int64_t>{1, 2});
  write_record(folder_ / "pieces.h5", header(), small, in_two_pieces(1234));
  write_record(folder_ / "other_pieces.h5", header(), small, in_two_pieces(1));
  EXPECT_TRUE(read_whole(folder_ / "pieces.h5") == read_whole(folder_ / "other_pieces.h5"));
  const Record read = read_record(folder_ / "pieces.h5", "example");
  EXPECT_EQ(read.get<Matrix>("x"), rows_from(0, kRows));
  EXPECT_EQ(read.get<std::vector<std::int64_t>>("id").size(), 2U);
}

TEST_F(RowsOfAFile, AreGivenInTheOrderAsked) {
  write_record(folder_ / "a.h5", header(), {}, in_two_pieces(10));
  const auto rows = open_rows(folder_ / "a.h5", "example", "x", 100, kRows - 200);
  EXPECT_EQ(rows->size(), kRows - 200);
  EXPECT_EQ(rows->width(), kColumns);
  EXPECT_EQ(rows->block(0, rows->size()), rows_from(100, kRows - 200));
  // Neighbours, rows far apart, one twice, the last.
  const std::vector<Eigen::Index> wanted{2799, 5, 4, 1500, 5, 0};
  const Matrix got = rows->read(wanted);
  for (std::size_t i = 0; i < wanted.size(); ++i)
    EXPECT_EQ(got.row(static_cast<Eigen::Index>(i)), rows_from(100 + wanted[i], 1)) << i;
  EXPECT_EQ(rows->read({}).rows(), 0);
}

TEST_F(RowsOfAFile, ThatIsNoneOfOursOrHasFewerAreRefused) {
  write_record(folder_ / "a.h5", header(), {}, in_two_pieces(10));
  const auto open = [&](const char* file, const char* type, const char* name, Eigen::Index count) {
    return [=, this] { open_rows(folder_ / file, type, name, 0, count); };
  };
  expect_error(ExitCode::missing_input, "absent.h5", open("absent.h5", "example", "x", 1));
  expect_error(ExitCode::data, "'network'", open("a.h5", "network", "x", 1));
  expect_error(ExitCode::data, "a.h5", open("a.h5", "example", "y", 1));
  expect_error(ExitCode::data, "find rows", open("a.h5", "example", "x", kRows + 1));
  write_durably(folder_ / "torn.h5", std::string_view(read_whole(folder_ / "a.h5")).substr(0, 5000));
  expect_error(ExitCode::data, "torn.h5", open("torn.h5", "example", "x", 1));
}

TEST_F(RowsOfAFile, AreNotWrittenWhereTheyCannotBeHad) {
  const StreamedMatrix failing{"x", 1, 1,
                               [](const StreamedMatrix::Put&) { fail(ExitCode::data, "no rows"); }};
  expect_error(ExitCode::data, "no rows", [&] { write_record(folder_ / "a.h5", header(), {}, failing); });
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

}  // namespace
}  // namespace snpse
