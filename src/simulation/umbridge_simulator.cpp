#include "simulation/umbridge_simulator.hpp"

#include <algorithm>
#include <numeric>
#include <stop_token>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <httplib.h>
#include <nlohmann/json.hpp>

#include "simulation/json_numbers.hpp"
#include "simulation/last_words.hpp"
#include "util/clock.hpp"
#include "util/error.hpp"

namespace snpse {
namespace {

using Json = nlohmann::json;

constexpr int kMostFailedConnections = 3;
constexpr double kSecondsToConnect = 10;
constexpr double kProtocol = 1.0;

/// What a server says is wrong: {"error": {"type": ..., "message": ...}}, or plain text.
std::string error_text(const std::string& body) {
  const auto json = Json::parse(body, nullptr, false);
  if (json.is_object() && json.contains("error")) {
    const auto& error = json["error"];
    if (error.is_object())
      return fmt::format("{}: {}", error.value("type", "error"), error.value("message", ""));
    return error.is_string() ? error.get<std::string>() : error.dump();
  }
  return beginning(body, 200);
}

}  // namespace

/// A server of the model.
class UmBridgeSimulator::Connection {
 public:
  Connection(const std::string& url, double time_limit) : url_(url), client_(url) {
    if (!client_.is_valid())
      fail(ExitCode::config, "'{}' is no address of a server; write http://HOST:PORT", url);
    client_.set_keep_alive(true);
    client_.set_connection_timeout(std::chrono::duration<double>(kSecondsToConnect));
    constexpr double kForEver = 1e9;
    client_.set_read_timeout(std::chrono::duration<double>(time_limit > 0 ? time_limit : kForEver));
  }

  /// The answer to a request. Error where there is none, or the server says that something is wrong.
  Json get(const std::string& path) { return answer(client_.Get(path), path); }
  Json post(const std::string& path, const Json& request) {
    return answer(client_.Post(path, request.dump(), "application/json"), path);
  }
  /// From another thread: ends the request that is under way.
  void stop() { client_.stop(); }

 private:
  Json answer(const httplib::Result& result, const std::string& path) const {
    if (!result)
      fail(ExitCode::missing_input, "the server {} does not answer {}: {}", url_, path,
           httplib::to_string(result.error()));
    if (result->status != 200)
      fail(ExitCode::data, "the server answers {} with status {}: {}", path, result->status,
           error_text(result->body));
    try {
      return parse_json_with_nan(result->body);
    } catch (const Json::exception&) {
      fail(ExitCode::data, "the server answers {} with '{}', which is no JSON", path,
           beginning(result->body));
    }
  }

  std::string url_;
  httplib::Client client_;
};

UmBridgeSimulator::UmBridgeSimulator(UmBridgeOptions options)
    : options_(std::move(options)), next_url_(static_cast<std::size_t>(options_.rank)) {}

UmBridgeSimulator::~UmBridgeSimulator() = default;

void UmBridgeSimulator::connect() {
  if (connection_) return;
  const auto& url = options_.urls[next_url_++ % options_.urls.size()];
  auto connection = std::make_unique<Connection>(url, options_.time_limit);
  const auto info = connection->get("/Info");
  if (info.value("protocolVersion", 0.0) != kProtocol)
    fail(ExitCode::data, "the server {} speaks version {} of UM-Bridge, not {}", url,
         info.value("protocolVersion", 0.0), kProtocol);
  const auto models = info.value("models", std::vector<std::string>());
  if (std::ranges::find(models, options_.model) == models.end())
    fail(ExitCode::data, "the server {} has no model '{}'; its models are {}", url, options_.model,
         fmt::join(models, ", "));
  const Json request{{"name", options_.model}, {"config", Json::parse(options_.config)}};
  const auto support =
      connection->post("/ModelInfo", {{"name", options_.model}}).value("support", Json::object());
  if (!support.value("Evaluate", false))
    fail(ExitCode::data, "the model '{}' of the server {} cannot be evaluated", options_.model, url);
  input_sizes_ = connection->post("/InputSizes", request).value("inputSizes", std::vector<std::size_t>());
  const auto size = std::accumulate(input_sizes_.begin(), input_sizes_.end(), std::size_t{0});
  if (size != static_cast<std::size_t>(options_.theta_dim))
    fail(ExitCode::data, "the model '{}' takes {} numbers, but the campaign has {} parameters",
         options_.model, size, options_.theta_dim);
  connection_ = std::move(connection);
}

SimulationOutcome UmBridgeSimulator::run(const SimulationRequest& request) {
  if (failed_starts_ == kMostFailedConnections) return {Status::failed, {}, last_failure_, true};
  try {
    connect();
    failed_starts_ = 0;
  } catch (const std::exception& error) {  // JSON of another shape too
    last_failure_ = error.what();
    return {Status::failed, {}, last_failure_, ++failed_starts_ == kMostFailedConnections};
  }
  const auto start = Clock::now();
  try {
    return evaluate(request);
  } catch (const Error& error) {
    if (request.cancel.stop_requested()) return {Status::failed, {}, "cancelled"};
    if (error.code() != ExitCode::missing_input) return {Status::failed, {}, error.what()};
    connection_.reset();
    const bool is_late = options_.time_limit > 0 && seconds_since(start) >= options_.time_limit;
    if (is_late) return {Status::timeout, {}, fmt::format("no answer within {} s", options_.time_limit)};
    return {Status::failed, {}, error.what()};
  }
}

SimulationOutcome UmBridgeSimulator::evaluate(const SimulationRequest& request) {
  Json config = Json::parse(options_.config);
  config[options_.seed_key] = request.external_seed();
  Json input = Json::array();
  for (std::size_t begin = 0; const auto size : input_sizes_) {
    input.push_back(std::vector(request.theta.begin() + static_cast<std::ptrdiff_t>(begin),
                                request.theta.begin() + static_cast<std::ptrdiff_t>(begin + size)));
    begin += size;
  }
  const std::stop_callback stop(request.cancel, [&] { connection_->stop(); });
  const auto answer = connection_->post(
      "/Evaluate", {{"name", options_.model}, {"input", std::move(input)}, {"config", std::move(config)}});
  if (!answer.contains("output")) fail(ExitCode::data, "{}", error_text(answer.dump()));
  return {Status::ok, numbers_in_json(answer["output"], "the server's output"), {}};
}

SimulatorFactory umbridge_factory(const UmBridgeOptions& options) {
  return [options] { return std::make_unique<UmBridgeSimulator>(options); };
}

}  // namespace snpse
