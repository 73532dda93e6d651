#include "cli/sample_table.hpp"

#include "campaign/data_records.hpp"
#include "cli/table_format.hpp"
#include "storage/csv.hpp"
#include "storage/npz.hpp"
#include "storage/output_file.hpp"

namespace snpse {

SampleTable::SampleTable(const PosteriorSamples& samples, const std::vector<std::string>& names,
                         const Matrix& observations)
    : record_(posterior_record(samples, names, observations)), names_(names), values_(samples.theta) {}

void SampleTable::add(const std::string& name, const Vector& column) {
  record_.put(name, std::vector<double>(column.begin(), column.end()));
  names_.push_back(name);
  values_.conservativeResize(Eigen::NoChange, values_.cols() + 1);
  values_.rightCols(1) = column;
}

void SampleTable::add_data(const Matrix& x, const std::vector<std::string>& names) {
  record_.put("x", x);
  names_.insert(names_.end(), names.begin(), names.end());
  values_.conservativeResize(Eigen::NoChange, values_.cols() + x.cols());
  values_.rightCols(x.cols()) = x;
}

void SampleTable::write(const std::filesystem::path& output, const CampaignFolder& folder) const {
  write_output(output, [&](const std::filesystem::path& file) {
    switch (format_of(output, kSampleFormats)) {
      case TableFormat::hdf5:
        return write_record(file, folder.header("posterior", folder.last_round()), record_);
      case TableFormat::npz:
        return write_npz(file, record_);
      default:
        return write_csv(file, names_, values_);
    }
  });
}

}  // namespace snpse
