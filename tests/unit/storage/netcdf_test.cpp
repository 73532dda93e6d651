#include "storage/netcdf.hpp"

#include "storage/durable_file.hpp"
#include "storage/netcdf_reader.hpp"
#include "support/scratch_folder.hpp"

namespace snpse {
namespace {

using Netcdf = ScratchFolder;

TEST_F(Netcdf, GivesBackItsVariablesInTheirOrder) {
  const std::vector<double> values{1, 2, 3, 4, 5, 6};
  const NetcdfGroup group{
      .name = "posterior",
      .dimensions = {{"chain", std::vector<std::int64_t>{0, 1}},
                     {"name", std::vector<std::string>{"a", "b", "c"}}},
      .variables = {{"z", {"chain", "name"}, values, {{"long_name", std::string("zeta")}}},
                    {"text", {"chain"}, std::vector<std::string>{"x", "y"}},
                    {"a", {}, std::vector<std::int64_t>{7}}}};
  write_netcdf(folder_ / "a.nc", {group}, {{"seed", std::int64_t{1}}, {"leakage", 0.5}});
  const auto tables = read_netcdf_group(folder_ / "a.nc", "posterior");
  ASSERT_TRUE(tables.has_value());
  ASSERT_EQ(tables->size(), 2U);  // neither coordinates nor text
  EXPECT_EQ(tables->at(0).name, "z");
  EXPECT_EQ(tables->at(0).shape, (std::vector<std::size_t>{2, 3}));
  EXPECT_EQ(tables->at(0).values, values);
  EXPECT_EQ(tables->at(1).name, "a");
  EXPECT_EQ(tables->at(1).values, std::vector<double>{7});
  EXPECT_FALSE(read_netcdf_group(folder_ / "a.nc", "prior").has_value());
}

TEST_F(Netcdf, WhatIsNoSuchFileIsRefused) {
  write_durably(folder_ / "a.nc", "CDF\1 of another format");
  expect_error(ExitCode::data, "no netCDF-4 file", [&] { read_netcdf_group(folder_ / "a.nc", "posterior"); });
  expect_error(ExitCode::missing_input, "absent",
               [&] { read_netcdf_group(folder_ / "absent.nc", "posterior"); });
}

TEST(NetcdfName, IsOneThatNetcdfAllows) {
  EXPECT_EQ(netcdf_name("g_Na"), "g_Na");
  EXPECT_EQ(netcdf_name("AB/PD: Na "), "AB_PD: Na");
  EXPECT_EQ(netcdf_name("-x"), "_-x");
  EXPECT_EQ(netcdf_name("  "), "_");
}

}  // namespace
}  // namespace snpse
