#include "tests/collector/http/running_server.h"

#include "base/file.h"
#include "collector/access/api_tokens.h"
#include "collector/access/enrolment_tokens.h"
#include "collector/access/x509.h"
#include "tests/cmdb/store/test_location.h"
#include "tests/collector/access/public_key.h"

#include <stdexcept>
#include <utility>

namespace censo::collector::http {
namespace {

constexpr base::TimeMs hour_ms = 3'600'000;

}  // namespace

RunningServer::RunningServer(Settings settings)
    : authority_(access::CertificateAuthority::open(folder_ / "ca", clock_.now()).value()),
      catalog_(cmdb::ClassCatalog::load(cmdb::built_in_schemas()).value()) {
  const auto identity = authority_.server_identity({}, clock_.now()).value();
  const ServerSettings server_settings{"127.0.0.1:0", "127.0.0.1:0", 2, settings.limits};
  server_ = Server::open(server_settings, identity, authority_.certificate_pem(), clock_).value();
  database_.emplace(store::DatabaseSettings{test::location(folder_ / "censo.db"), 2, settings.queue_limit});
  scans_.emplace(*database_, catalog_, clock_, jobs::CredentialBox::open(folder_ / "scanner.key").value());
  services_.emplace(Services{clock_,
                             catalog_,
                             *database_,
                             authority_,
                             *scans_,
                             metrics_,
                             graph_,
                             search_,
                             packages_,
                             "test",
                             {},
                             server_->agents_port(),
                             {},
                             &rows_});
  auto routes = all_routes(*services_);
  for (auto& route : settings.more_routes) routes.push_back(std::move(route));
  server_->start({std::move(routes), *database_, metrics_});
}

// As the collector does it: what posts to the server ends before it.
RunningServer::~RunningServer() {
  server_->stop();
  database_.reset();
}

ClientSettings RunningServer::api_client() const {
  ClientSettings settings;
  settings.authority_pem = authority_.certificate_pem();
  return settings;
}

ClientSettings RunningServer::agent_client(const EnrolledAgent& agent) const {
  auto settings = api_client();
  settings.certificate_pem = agent.certificate_pem;
  settings.key_pem = agent.key_pem;
  return settings;
}

HttpAnswer RunningServer::exchange(std::uint16_t port, const ClientSettings& settings,
                                   const HttpRequest& request) {
  TlsClient client(port, settings);
  client.send(to_text(request));
  return client.read_answer().value_or(HttpAnswer{});
}

HttpAnswer RunningServer::ask(const HttpRequest& request) {
  return exchange(api_port(), api_client(), request);
}

HttpAnswer RunningServer::ask_as(const EnrolledAgent& agent, const HttpRequest& request) {
  return exchange(agents_port(), agent_client(agent), request);
}

void RunningServer::write(const std::function<void(store::Transaction&)>& work) {
  const auto done = database_->write([&](store::Transaction& tx) -> store::Outcome {
    work(tx);
    return {};
  });
  if (!done) throw std::runtime_error(to_string(done.error()));
}

std::string RunningServer::token(Role role) {
  std::string text;
  write([&](store::Transaction& tx) {
    text =
        access::make_api_token(tx, {std::string(name_of(role)), role, hour_ms, "test"}, clock_).value().token;
  });
  return text;
}

std::string RunningServer::enrolment_token(std::int64_t uses) {
  std::string text;
  write([&](store::Transaction& tx) {
    text =
        access::make_enrolment_token(tx, {"test", hour_ms, uses, "test", authority_.public_key_pin()}, clock_)
            .value()
            .token;
  });
  return text;
}

EnrolledAgent RunningServer::enrol(const std::string& name) {
  const auto token = enrolment_token();
  const auto key = access::make_key();
  const auto pem = access::public_pem(key);
  EnrolledAgent agent;
  write([&](store::Transaction& tx) {
    const auto enrolment = access::enrol(tx, authority_, {token, pem, name, "127.0.0.1"}, clock_).value();
    agent = {enrolment.agent_id, enrolment.certificate.pem, access::to_pem(key),
             enrolment.certificate.serial};
  });
  return agent;
}

std::string RunningServer::authority_key_pem() const {
  return base::read_own_file(folder_ / "ca/ca.key").value();
}

}  // namespace censo::collector::http
