#include "simulation/umbridge_server.hpp"

#include <atomic>
#include <cmath>
#include <thread>

#include <fmt/format.h>
#include <httplib.h>
#include <nlohmann/json.hpp>
#include <sys/socket.h>

#include "util/error.hpp"

namespace snpse {
namespace {

using Json = nlohmann::json;

constexpr double kServedProtocol = 1.0;
constexpr int kMostConnections = 64;  // that are served at the same time

/// A request that cannot be answered; type: one of UM-Bridge's names.
struct Refusal {
  std::string type;
  std::string message;
};

std::string number_text(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  return Json(value).dump();
}

Json parsed(const std::string& body) {
  auto json = Json::parse(body, nullptr, false);
  if (!json.is_object()) throw Refusal{"InvalidInput", "the request is no JSON object"};
  return json;
}

void require_zero(const Json& request, const char* key) {
  if (request.contains(key) && request[key] != 0)
    throw Refusal{"InvalidInput", fmt::format("{} is {}, but the model has one input and one output, 0", key,
                                              request[key].dump())};
}

/// The only vector in [[...]] under this key.
std::vector<double> vector_of(const Json& request, const char* key, std::size_t size) {
  const auto refuse = [&] {
    throw Refusal{"InvalidInput", fmt::format("{} must be one vector of {} numbers: [[...]]", key, size)};
  };
  const auto& vectors = request.contains(key) ? request[key] : Json();
  if (!vectors.is_array() || vectors.size() != 1 || !vectors[0].is_array() || vectors[0].size() != size)
    refuse();
  for (const auto& number : vectors[0])
    if (!number.is_number()) refuse();
  return vectors[0].get<std::vector<double>>();
}

/// The weight of the only output in [w] under `sens`.
double sensitivity_of(const Json& request) {
  const auto& sens = request.contains("sens") ? request["sens"] : Json();
  if (!sens.is_array() || sens.size() != 1 || !sens[0].is_number())
    throw Refusal{"InvalidInput", "sens must be one number in a list"};
  return sens[0].get<double>();
}

}  // namespace

struct UmBridgeServer::Impl {
  explicit Impl(UmBridgeModel of) : model(std::move(of)) {
    server.new_task_queue = [] { return new httplib::ThreadPool(kMostConnections); };  // the server owns it
    server.set_tcp_nodelay(true);
    // Not the default, SO_REUSEPORT, by which two servers would share a port without a word.
    server.set_socket_options([](socket_t socket) {
      const int yes = 1;
      ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    });
    server.Get("/Info", [this](const httplib::Request&, httplib::Response& response) {
      const Json info{{"protocolVersion", kServedProtocol}, {"models", {model.name}}};
      response.set_content(info.dump(), "application/json");
    });
    answer("/ModelInfo", [](const Json&) {
      return R"({"support": {"Evaluate": true, "Gradient": true, "ApplyJacobian": false, "ApplyHessian": false}})";
    });
    answer("/InputSizes",
           [this](const Json&) { return fmt::format(R"({{"inputSizes": [{}]}})", model.input_size); });
    answer("/OutputSizes", [](const Json&) { return R"({"outputSizes": [1]})"; });
    answer("/Evaluate", [this](const Json& request) { return evaluate(request); });
    answer("/Gradient", [this](const Json& request) { return gradient(request); });
    for (const char* feature : {"ApplyJacobian", "ApplyHessian"})
      answer(fmt::format("/{}", feature), [feature](const Json&) -> std::string {
        throw Refusal{"UnsupportedFeature",
                      fmt::format("{} is not supported: ask for Evaluate or Gradient", feature)};
      });
  }

  std::string evaluate(const Json& request) const {
    const double value = model.evaluate(vector_of(request, "input", model.input_size));
    return fmt::format(R"({{"output": [[{}]]}})", number_text(value));
  }

  std::string gradient(const Json& request) const {
    require_zero(request, "outWrt");
    require_zero(request, "inWrt");
    const double sensitivity = sensitivity_of(request);
    auto slopes = model.gradient(vector_of(request, "input", model.input_size));
    for (double& slope : slopes) slope *= sensitivity;
    return Json{{"output", slopes}}.dump();
  }

  /// Answers requests at this path, which name the model.
  void answer(const std::string& path, std::function<std::string(const Json&)> respond) {
    server.Post(path, [this, respond = std::move(respond)](const httplib::Request& request,
                                                           httplib::Response& response) {
      const auto refuse = [&](const std::string& type, const std::string& message) {
        constexpr int kBadRequest = 400;
        response.status = kBadRequest;
        const Json error{{"error", {{"type", type}, {"message", message}}}};
        response.set_content(error.dump(-1, ' ', false, Json::error_handler_t::replace), "application/json");
      };
      try {
        const auto json = parsed(request.body);
        if (!json.contains("name") || json["name"] != model.name)
          throw Refusal{"ModelNotFound", fmt::format("the only model is '{}'", model.name)};
        response.set_content(respond(json), "application/json");
      } catch (const Refusal& refusal) {
        refuse(refusal.type, refusal.message);
      } catch (const std::exception& error) {
        refuse("InvalidInput", error.what());
      }
    });
  }

  UmBridgeModel model;
  httplib::Server server;
  int port = 0;
  std::thread listener;
  std::atomic<bool> ended = false;
};

UmBridgeServer::UmBridgeServer(UmBridgeModel model, const std::string& host, int port)
    : impl_(std::make_unique<Impl>(std::move(model))) {
  auto& server = impl_->server;
  impl_->port = port == 0 ? server.bind_to_any_port(host) : server.bind_to_port(host, port) ? port : -1;
  if (impl_->port < 0)
    fail(ExitCode::cannot_create,
         "cannot listen at {}:{}: another program may listen there, or the host is not this machine; choose "
         "another --port or --host",
         host, port);
  impl_->listener = std::thread([impl = impl_.get()] {
    impl->server.listen_after_bind();
    impl->ended = true;
  });
}

UmBridgeServer::~UmBridgeServer() {
  // stop() overlooks a server that has not begun.
  while (!impl_->server.is_running() && !impl_->ended) std::this_thread::yield();
  impl_->server.stop();
  impl_->listener.join();
}

int UmBridgeServer::port() const {
  return impl_->port;
}

}  // namespace snpse
