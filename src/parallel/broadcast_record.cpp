#include "parallel/broadcast_record.hpp"

#include <sstream>
#include <utility>

#include <boost/archive/binary_iarchive.hpp>
#include <boost/archive/binary_oarchive.hpp>
#include <boost/serialization/string.hpp>
#include <boost/serialization/vector.hpp>

#include "parallel/serialize_matrix.hpp"

namespace snpse {
namespace {

using InputArchive = boost::archive::binary_iarchive;
using OutputArchive = boost::archive::binary_oarchive;

/// Reads the alternative number `index` of Record::Value.
template <std::size_t I = 0>
Record::Value read_alternative(std::size_t index, InputArchive& archive) {
  if constexpr (I < std::variant_size_v<Record::Value>) {
    if (index != I) return read_alternative<I + 1>(index, archive);
    std::variant_alternative_t<I, Record::Value> value{};
    archive >> value;
    return value;
  }
  throw std::logic_error("a record holds an unknown type");
}

std::string pack(const Record& record) {
  std::ostringstream stream;
  OutputArchive archive(stream);
  const std::size_t count = record.values().size();
  archive << record.origin() << count;
  for (const auto& [key, value] : record.values()) {
    const std::size_t index = value.index();
    archive << key << index;
    std::visit([&](const auto& alternative) { archive << alternative; }, value);
  }
  return std::move(stream).str();
}

Record unpack(const std::string& bytes) {
  std::istringstream stream(bytes);
  InputArchive archive(stream);
  Record record;
  std::string origin;
  std::size_t count = 0;
  archive >> origin >> count;
  record.set_origin(std::move(origin));
  for (std::size_t i = 0; i < count; ++i) {
    std::string key;
    std::size_t index = 0;
    archive >> key >> index;
    record.put(key, read_alternative(index, archive));
  }
  return record;
}

}  // namespace

void broadcast(const World& world, Record& record) {
  std::string bytes = world.is_root() ? pack(record) : std::string();
  world.broadcast(bytes);
  if (!world.is_root()) record = unpack(bytes);
}

}  // namespace snpse
