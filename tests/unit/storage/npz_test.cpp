#include "storage/npz.hpp"

#include "storage/durable_file.hpp"
#include "storage/npy.hpp"
#include "support/scratch_folder.hpp"

namespace snpse {
namespace {

using Npz = ScratchFolder;

const Matrix& some_numbers() {
  static const Matrix numbers = (Matrix(2, 3) << 1, 2, 3, 4.5, 1e-300, -7).finished();
  return numbers;
}

TEST_F(Npz, GivesBackItsTables) {
  Record record;
  record.put("theta", some_numbers());
  record.put("names", std::vector<std::string>{"a", "\xc3\xa9t\xc3\xa9"});
  record.put("count", std::int64_t{3});
  record.put("list", std::vector<double>{1, 2});
  record.put("x", Matrix(0, 2));
  write_npz(folder_ / "a.npz", record);
  const auto tables = read_numpy(folder_ / "a.npz");
  ASSERT_EQ(tables.size(), 2U);  // in the order of their names
  EXPECT_EQ(tables[0].name, "theta");
  EXPECT_EQ(tables[0].values, some_numbers());
  EXPECT_EQ(tables[1].values.rows(), 0);
  EXPECT_EQ(tables[1].values.cols(), 2);
  const auto bytes = read_whole(folder_ / "a.npz");
  write_npz(folder_ / "a.npz", record);
  EXPECT_EQ(read_whole(folder_ / "a.npz"), bytes);
}

TEST_F(Npz, ReadsArraysOfEveryTypeAndOrder) {
  const auto read = [&](const std::string& bytes) {
    write_durably(folder_ / "a.npy", bytes);
    return read_numpy(folder_ / "a.npy");
  };
  const std::vector<float> floats{1, 2, 3, 4, 5, 6};
  const auto bytes = npy_bytes("<f4", {2, 3}, floats.data(), sizeof(float) * floats.size());
  EXPECT_EQ(read(bytes)[0].values, (Matrix(2, 3) << 1, 2, 3, 4, 5, 6).finished());
  auto by_columns = bytes;
  const std::string shape = ", 'shape': (2, 3), }";
  by_columns.replace(by_columns.find("False"), 5 + shape.size(), "True" + shape + " ");
  EXPECT_EQ(read(by_columns)[0].values, (Matrix(2, 3) << 1, 3, 5, 2, 4, 6).finished());
  const std::vector<std::int64_t> wholes{7, 8};
  EXPECT_EQ(read(npy_bytes("<i8", {2, 1}, wholes.data(), 16))[0].values, Matrix(Eigen::Vector2d(7, 8)));
  EXPECT_TRUE(read(npy_bytes("<i8", {2}, wholes.data(), 16)).empty());  // one dimension
  EXPECT_EQ(read_numpy(folder_ / "a.npy", VectorArrays::as_columns)[0].values, Matrix(Eigen::Vector2d(7, 8)));
  const std::vector<std::uint8_t> bytes_of_status{0, 3};
  EXPECT_EQ(read(npy_bytes("|u1", {2, 1}, bytes_of_status.data(), 2))[0].values,
            Matrix(Eigen::Vector2d(0, 3)));
  EXPECT_TRUE(read(npy_bytes("|S8", {2, 1}, wholes.data(), 16)).empty());  // text
}

TEST_F(Npz, DamageIsAnErrorOfTheData) {
  const auto refused = [&](const std::string& bytes, const std::string& why) {
    write_durably(folder_ / "a.npz", bytes);
    expect_error(ExitCode::data, why, [&] { read_numpy(folder_ / "a.npz"); });
  };
  const double one = 1;
  const auto whole = npy_bytes("<f8", {1, 1}, &one, sizeof one);
  refused("no archive", "no NumPy file");
  refused(whole.substr(0, 40), "cut off");
  refused(whole.substr(0, whole.size() - 1), "fewer numbers");
  refused(npy_bytes("<f8", {99999999999999, 99999999999999}, &one, sizeof one), "fewer numbers");
  Record record;
  record.put("theta", some_numbers());
  write_npz(folder_ / "b.npz", record);
  auto bytes = read_whole(folder_ / "b.npz");
  bytes[bytes.find("NUMPY")] = 'X';
  refused(bytes, "damaged");
  expect_error(ExitCode::missing_input, "absent", [&] { read_numpy(folder_ / "absent.npz"); });
}

}  // namespace
}  // namespace snpse
