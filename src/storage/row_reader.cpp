#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

#include "storage/sealed_file.hpp"

namespace snpse {
namespace fs = std::filesystem;
namespace {

/// Some rows of a matrix in an open file.
class RowsInFile : public Rows {
 public:
  RowsInFile(fs::path path, const std::string& expected_type, const std::string& name, Eigen::Index first,
             Eigen::Index count)
      : path_(std::move(path)),
        first_(first),
        count_(count),
        file_(open_file(path_)),
        dataset_(H5Dopen2(file_.get(), name.c_str(), H5P_DEFAULT), H5Dclose, "open a dataset"),
        space_(H5Dget_space(dataset_.get()), H5Sclose, "inspect a dataset") {
    checked_header(file_.get(), path_, expected_type);
    if (H5Sget_simple_extent_ndims(space_.get()) != 2) throw Hdf5Error("find rows");
    const Hdf5Handle type(H5Dget_type(dataset_.get()), H5Tclose, "inspect a dataset");
    const auto shape = checked_extent(dataset_.get(), space_.get(), type.get());
    const auto rows = static_cast<Eigen::Index>(shape[0]);
    if (first < 0 || first > rows || count < 0 || count > rows - first) throw Hdf5Error("find rows");
    width_ = static_cast<Eigen::Index>(shape[1]);
  }

  Eigen::Index size() const override { return count_; }
  Eigen::Index width() const override { return width_; }

  Matrix read(std::span<const Eigen::Index> rows) const override {
    Matrix result(static_cast<Eigen::Index>(rows.size()), width_);
    std::vector<std::size_t> order(rows.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&](std::size_t i) { return rows[i]; });
    understood(path_, [&] {
      for (std::size_t begin = 0; begin < order.size();) {
        const std::size_t end = end_of_run(rows, order, begin);
        const Eigen::Index low = rows[order[begin]];
        const Matrix run = read_run(low, rows[order[end - 1]] - low + 1);
        for (; begin < end; ++begin)
          result.row(static_cast<Eigen::Index>(order[begin])) = run.row(rows[order[begin]] - low);
      }
    });
    return result;
  }

 private:
  // Rows not farther apart than this many numbers are read at once, with what lies between.
  static constexpr Eigen::Index kGap = 4096;

  std::size_t end_of_run(std::span<const Eigen::Index> rows, const std::vector<std::size_t>& order,
                         std::size_t begin) const {
    const Eigen::Index first = rows[order[begin]];
    std::size_t end = begin + 1;
    while (end < order.size() && (rows[order[end]] - rows[order[end - 1]] - 1) * width_ <= kGap &&
           rows[order[end]] - first < rows_at_once(width_))
      ++end;
    return end;
  }

  Matrix read_run(Eigen::Index first, Eigen::Index count) const {
    ensure(first >= 0 && first + count <= count_, "rows that there are");
    Matrix run(count, width_);
    if (run.size() == 0) return run;
    const std::array<hsize_t, 2> start{static_cast<hsize_t>(first_ + first), 0};
    const std::array<hsize_t, 2> shape{static_cast<hsize_t>(count), static_cast<hsize_t>(width_)};
    const Hdf5Handle in_memory(H5Screate_simple(2, shape.data(), nullptr), H5Sclose, "create a data space");
    checked(H5Sselect_hyperslab(space_.get(), H5S_SELECT_SET, start.data(), nullptr, shape.data(), nullptr),
            "select rows");
    checked(
        H5Dread(dataset_.get(), H5T_NATIVE_DOUBLE, in_memory.get(), space_.get(), H5P_DEFAULT, run.data()),
        "read rows");
    return run;
  }

  fs::path path_;
  Eigen::Index first_;
  Eigen::Index count_;
  Eigen::Index width_ = 0;
  Hdf5Handle file_;
  Hdf5Handle dataset_;
  Hdf5Handle space_;
};

}  // namespace

std::shared_ptr<const Rows> open_rows(const fs::path& path, const std::string& expected_type,
                                      const std::string& name, Eigen::Index first, Eigen::Index count) {
  check_seal(path, SealCheck::end_only);
  return understood(
      path, [&] { return std::make_shared<const RowsInFile>(path, expected_type, name, first, count); });
}

}  // namespace snpse
