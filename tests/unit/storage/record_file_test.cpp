#include "storage/record_file.hpp"

#include <cmath>
#include <fstream>
#include <functional>
#include <limits>

#include <hdf5.h>
#include <unistd.h>

#include "storage/durable_file.hpp"
#include "storage/seal.hpp"
#include "support/scratch_folder.hpp"

namespace snpse {
namespace {

using RecordFile = ScratchFolder;

FileHeader example_header() {
  FileHeader header;
  header.type = "example";
  header.seed = std::numeric_limits<std::uint64_t>::max();
  header.configuration = "[campaign]\nname = \"München\"\n";
  return header;
}

Record example_record() {
  Record record;
  record.put("integer", std::numeric_limits<std::int64_t>::min());
  record.put("real", 0.1);
  record.put("text", std::string("two\nlines, ünïcode"));
  record.put("empty/text", std::string());
  record.put("integers", std::vector<std::int64_t>{-1, 0, 1});
  record.put("network/weights", std::vector<float>{0.1F, std::numeric_limits<float>::infinity()});
  record.put("network/deep/reals", std::vector<double>{1e-308, -0.0});
  record.put("texts", std::vector<std::string>{"", "a", "bc"});
  record.put("matrix", Matrix((Matrix(2, 3) << 1, 2, 3, 4, 5, 6).finished()));
  record.put("empty/integers", std::vector<std::int64_t>{});
  record.put("empty/floats", std::vector<float>{});
  record.put("empty/reals", std::vector<double>{});
  record.put("empty/texts", std::vector<std::string>{});
  record.put("empty/matrix", Matrix(0, 4));
  record.put("empty/columns", Matrix(4, 0));
  return record;
}

TEST_F(RecordFile, GivesBackEveryType) {
  const auto path = folder_ / "a.h5";
  const Record written = example_record();
  write_record(path, example_header(), written);
  const Record read = read_record(path, "example");
  ASSERT_EQ(read.values().size(), written.values().size());
  for (const auto& [key, value] : written.values()) {
    SCOPED_TRACE(key);
    ASSERT_TRUE(read.has(key));
    const auto& found = read.values().at(key);
    ASSERT_EQ(found.index(), value.index());
    if (const auto* matrix = std::get_if<Matrix>(&value)) {
      const auto& other = std::get<Matrix>(found);
      ASSERT_EQ(other.rows(), matrix->rows());
      ASSERT_EQ(other.cols(), matrix->cols());
      EXPECT_TRUE(other == *matrix);
    } else {
      EXPECT_TRUE(found == value);
    }
  }
}

TEST_F(RecordFile, KeepsNotANumberAndInfinities) {
  const double inf = std::numeric_limits<double>::infinity();
  Record record;
  record.put("x", Matrix((Matrix(1, 3) << std::nan(""), inf, -inf).finished()));
  write_record(folder_ / "a.h5", example_header(), record);
  const Matrix x = read_record(folder_ / "a.h5", "example").get<Matrix>("x");
  EXPECT_TRUE(std::isnan(x(0, 0)));
  EXPECT_EQ(x(0, 1), inf);
  EXPECT_EQ(x(0, 2), -inf);
}

TEST_F(RecordFile, IntroducesItself) {
  // Longer than the 64 KiB that HDF5 stores inside an object's header.
  FileHeader header = example_header();
  header.configuration.append(100'000, '#');
  write_record(folder_ / "a.h5", header, {});
  const FileHeader read = read_header(folder_ / "a.h5");
  EXPECT_EQ(read.type, header.type);
  EXPECT_EQ(read.program_version, SNPSE_VERSION);
  EXPECT_EQ(read.seed, header.seed);
  EXPECT_EQ(read.configuration, header.configuration);
  EXPECT_TRUE(read_record(folder_ / "a.h5", "example").values().empty());
}

TEST_F(RecordFile, HasTheSameBytesWheneverAndWhereverWritten) {
  write_record(folder_ / "a.h5", example_header(), example_record());
  sleep(1);  // HDF5's time stamps have seconds
  write_record(folder_ / "another_name.h5", example_header(), example_record());
  EXPECT_TRUE(read_whole(folder_ / "a.h5") == read_whole(folder_ / "another_name.h5"));
}

TEST_F(RecordFile, GivesSomeFieldsAlone) {
  const auto path = folder_ / "a.h5";
  write_record(path, example_header(), example_record());
  const Record read = read_fields(path, "example", {"integers", "network/weights"});
  EXPECT_EQ(read.values().size(), 2U);
  EXPECT_EQ(read.get<std::vector<std::int64_t>>("integers"), (std::vector<std::int64_t>{-1, 0, 1}));
  EXPECT_EQ(read.get<std::vector<float>>("network/weights").size(), 2U);
  expect_error(ExitCode::data, "a.h5", [&] { read_fields(path, "example", {"absent"}); });
  expect_error(ExitCode::data, "'network'", [&] { read_fields(path, "network", {"integers"}); });
}

TEST_F(RecordFile, TruncatedAnywhereIsAnErrorNotACrash) {
  write_record(folder_ / "a.h5", example_header(), example_record());
  const std::string bytes = read_whole(folder_ / "a.h5");
  for (std::size_t length = 0; length < bytes.size(); length += 1 + length / 40) {
    SCOPED_TRACE(length);
    write_durably(folder_ / "torn.h5", std::string_view(bytes).substr(0, length));
    expect_error(ExitCode::data, std::to_string(length) + " bytes",
                 [&] { read_record(folder_ / "torn.h5", "example"); });
    expect_error(ExitCode::data, "torn.h5", [&] { read_fields(folder_ / "torn.h5", "example", {"real"}); });
    expect_error(ExitCode::data, "torn.h5", [&] { read_header(folder_ / "torn.h5"); });
  }
}

TEST_F(RecordFile, DamagedAnywhereIsAnErrorNotACrash) {
  write_record(folder_ / "a.h5", example_header(), example_record());
  const std::string bytes = read_whole(folder_ / "a.h5");
  for (std::size_t position = 0; position < bytes.size(); position += 7) {
    SCOPED_TRACE(position);
    std::string damaged = bytes;
    damaged[position] = static_cast<char>(damaged[position] ^ 1);
    std::ofstream(folder_ / "damaged.h5", std::ios::binary) << damaged;
    EXPECT_FALSE(is_sealed(folder_ / "damaged.h5"));
  }
}

TEST_F(RecordFile, ForeignFilesAreRefused) {
  write_durably(folder_ / "text.h5", "theta,x\n1,2\n");
  write_durably(folder_ / "empty.h5", "");
  H5Fclose(H5Fcreate((folder_ / "foreign.h5").c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT));
  for (const char* name : {"text.h5", "empty.h5", "foreign.h5"})
    for (const auto& read :
         std::vector<std::function<void()>>{[&] { read_record(folder_ / name, "example"); },
                                            [&] { read_fields(folder_ / name, "example", {"real"}); }})
      expect_error(ExitCode::data, "move it away", read);
}

TEST_F(RecordFile, OtherTypesAndNewerVersionsAreRefused) {
  const auto path = folder_ / "a.h5";
  write_record(path, example_header(), {});
  expect_error(ExitCode::data, "holds 'example' where 'network' is needed",
               [&] { read_record(path, "network"); });

  const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
  const hid_t attribute = H5Aopen(file, "format_version", H5P_DEFAULT);
  const std::int64_t newer = kFormatVersion + 1;
  H5Awrite(attribute, H5T_NATIVE_INT64, &newer);
  H5Aclose(attribute);
  H5Fclose(file);
  append(path, Seal::of(path).text());
  expect_error(ExitCode::data, "use a newer snpse", [&] { read_record(path, "example"); });
  expect_error(ExitCode::data, "use a newer snpse", [&] { read_header(path); });
}

/// Opens a file, changes it and seals it again.
void change(const std::filesystem::path& path, const std::function<void(hid_t file)>& work) {
  const std::string whole = read_whole(path);
  std::ofstream(path, std::ios::binary) << whole.substr(0, whole.size() - Seal::kSize);
  const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
  work(file);
  H5Fclose(file);
  append(path, Seal::of(path).text());
}

TEST_F(RecordFile, OfTheVersionBeforeRoundsIsRead) {
  const auto path = folder_ / "a.h5";
  auto header = example_header();
  header.round = 3;
  write_record(path, header, example_record());
  EXPECT_EQ(read_header(path).round, 3);
  change(path, [](hid_t file) {
    const hid_t attribute = H5Aopen(file, "format_version", H5P_DEFAULT);
    const std::int64_t before = 1;
    H5Awrite(attribute, H5T_NATIVE_INT64, &before);
    H5Aclose(attribute);
    H5Adelete(file, "round");
  });
  EXPECT_EQ(read_header(path).round, 0);
  EXPECT_EQ(read_record(path, "example").values().size(), example_record().values().size());
}

TEST_F(RecordFile, WhoseHeaderIsNotWantedIsRefused) {
  const auto path = folder_ / "a.h5";
  write_record(path, example_header(), example_record());
  const HeaderCheck refuse = [](const auto& file, const FileHeader& header) {
    fail(ExitCode::data, "{}: not {}", file.string(), header.seed);
  };
  expect_error(ExitCode::data, "a.h5: not 18446744073709551615",
               [&] { read_record(path, "example", refuse); });
  expect_error(ExitCode::data, "a.h5: not", [&] { read_fields(path, "example", {"real"}, refuse); });
}

TEST_F(RecordFile, ThatClaimsMoreThanItHoldsTakesNoMemory) {
  const auto path = folder_ / "a.h5";
  for (const hsize_t rows : {hsize_t{1} << 30U, hsize_t{1} << 62U}) {
    write_record(path, example_header(), {});
    // Chunks that are not written yet take no room in the file.
    change(path, [&](hid_t file) {
      const hsize_t size[2] = {rows, 3};
      const hsize_t chunk[2] = {16, 3};
      const hid_t space = H5Screate_simple(2, size, nullptr);
      const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
      H5Pset_chunk(creation, 2, chunk);
      H5Dclose(H5Dcreate2(file, "matrix", H5T_IEEE_F64LE, space, H5P_DEFAULT, creation, H5P_DEFAULT));
      H5Pclose(creation);
      H5Sclose(space);
    });
    expect_error(ExitCode::data, "a.h5", [&] { read_record(path, "example"); });
    expect_error(ExitCode::data, "a.h5", [&] { open_rows(path, "example", "matrix", 0, 1); });
  }
}

TEST_F(RecordFile, NamesItselfWhereAFieldIsNotWhatItShouldBe) {
  write_record(folder_ / "a.h5", example_header(), example_record());
  const Record read = read_record(folder_ / "a.h5", "example");
  expect_error(ExitCode::data, "a.h5': the field 'absent' is missing", [&] { read.get<double>("absent"); });
  expect_error(ExitCode::data, "a.h5': the field 'real' has the wrong type",
               [&] { read.get<std::int64_t>("real"); });
}

TEST_F(RecordFile, AbsentFilesAreMissingInput) {
  expect_error(ExitCode::missing_input, "absent.h5", [&] { read_record(folder_ / "absent.h5", "example"); });
  expect_error(ExitCode::missing_input, "directory", [&] { read_header(folder_); });
}

TEST_F(RecordFile, CannotBeCreatedBelowAFile) {
  write_durably(folder_ / "file", "");
  expect_error(ExitCode::cannot_create, "Not a directory",
               [&] { write_record(folder_ / "file" / "a.h5", example_header(), {}); });
}

}  // namespace
}  // namespace snpse
