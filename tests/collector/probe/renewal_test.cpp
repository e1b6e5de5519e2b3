// Certificates near their end: of a probe, and of the agents behind it. The centre's time is now, the probe's
// is set ahead.
#include "base/file.h"
#include "collector/probe/identity.h"
#include "collector/probe/probe.h"
#include "tests/base/scratch_folder.h"
#include "tests/collector/http/probe_fixture.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <thread>

namespace censo::collector::probe {
namespace {

namespace json = boost::json;
using http::EnrolledAgent;
using http::HttpAnswer;
using http::HttpRequest;

constexpr base::TimeMs day_ms = 86'400'000;

class Renewals : public http::Probes {
 protected:
  Renewals() {
    const auto url = "https://localhost:" + std::to_string(server.api_port());
    first = enrol(url, invite("berlin", {"probe.test"}), "far").value();
    EXPECT_TRUE(base::make_private_folder(folder));
    EXPECT_TRUE(save_identity(folder, first));
  }
  void start(int days_ahead) {
    probe.reset();
    own_clock.emplace(clock.now() + days_ahead * day_ms);
    CollectorConfig config;
    config.state_dir = folder;
    config.server.api_listen = config.server.agents_listen = "127.0.0.1:0";
    config.probe_spool_bytes = 1'000'000;
    config.probe_pause = std::chrono::milliseconds(50);
    probe = Probe::start(config, *own_clock, "test").value();
  }
  static bool wait_for(const std::function<bool()>& what) {
    for (int i = 0; i < 200 && !what(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    return what();
  }
  // The certificate that the centre knows the agent by has been used.
  bool is_used(const std::string& agent_id, const std::string& serial) {
    std::int64_t found = 0;
    server.write([&](store::Transaction& tx) {
      found = tx.query_one("select count(*) from agent where id = $1 and serial = $2 and serial_seen = 1",
                           agent_id, serial)
                  ->integer(0);
    });
    return found == 1;
  }
  std::string probe_id() { return probe_named("berlin").agent_id; }
  static std::string serial_in(const std::string& pem) {
    return access::serial_of(*access::parse_certificate(pem).value());
  }
  HttpAnswer ask_probe(const EnrolledAgent* as, const HttpRequest& request) {
    auto settings = as != nullptr ? server.agent_client(*as) : server.api_client();
    settings.host = "probe.test";
    http::TlsClient client(as != nullptr ? probe->agents_port() : probe->api_port(), settings);
    client.send(to_text(request));
    return client.read_answer().value_or(HttpAnswer{});
  }
  // As an agent does: the same once more until the centre has answered.
  HttpAnswer ask_until_answered(const EnrolledAgent* as, const HttpRequest& request) {
    HttpAnswer answer;
    wait_for([&] { return (answer = ask_probe(as, request)).status != 503; });
    return answer;
  }
  static EnrolledAgent agent_of(const HttpAnswer& answer, const access::Key& key) {
    const auto object = json::parse(answer.body).as_object();
    const std::string pem(object.at("certificate").as_string());
    return {std::string(object.at("agent_id").as_string()), pem, access::to_pem(key), serial_in(pem)};
  }
  EnrolledAgent agent_that_enrols() {
    const auto key = access::make_key();
    return agent_of(
        ask_until_answered(
            nullptr,
            {"POST", "/api/v1/enrol", {}, enrolment(server.enrolment_token(), key, false), json_body}),
        key);
  }
  HttpAnswer report_through(const EnrolledAgent& agent, std::uint64_t sequence) {
    return ask_probe(&agent, {"POST",
                              "/api/v1/reports",
                              {},
                              report_of(1, agent, sequence).body,
                              {{"Content-Type", "application/json"}, {"Content-Encoding", "zstd"}}});
  }
  static HttpRequest renewal_for(const access::Key& key) {
    return {"POST",
            "/api/v1/renew",
            {},
            json::serialize(json::object{{"public_key", access::public_pem(key)}}),
            json_body};
  }

  base::ScratchFolder scratch;
  const std::string folder = scratch / "probe";
  Identity first;
  std::optional<base::ManualClock> own_clock;
  std::unique_ptr<Probe> probe;
};

TEST_F(Renewals, AreDueTenDaysBeforeTheEndAndUrgentThreeDaysBefore) {
  const auto end = access::expires_at(*access::parse_certificate(first.certificate_pem).value());
  EXPECT_EQ(renewal(first, end - 10 * day_ms - 1).value(), Renewal::not_due);
  EXPECT_EQ(renewal(first, end - 10 * day_ms).value(), Renewal::between_scans);
  EXPECT_EQ(renewal(first, end - 3 * day_ms).value(), Renewal::at_once);
  EXPECT_EQ(renewal(first, end + day_ms).value(), Renewal::at_once);
}

TEST_F(Renewals, OfAProbeComeNotBeforeTheirTime) {
  start(19);
  ASSERT_TRUE(wait_for([&] { return probe_named("berlin").version == "test"; }));
  const auto before = probe_named("berlin").seen_at;
  ASSERT_TRUE(wait_for([&] { return probe_named("berlin").seen_at > before; }));
  EXPECT_EQ(probe->failure(), "");
  EXPECT_EQ(load_identity(folder)->certificate_pem, first.certificate_pem);
}

TEST_F(Renewals, OfAProbeAreInUseOnceItHasStartedAnew) {
  start(21);
  ASSERT_TRUE(wait_for([&] { return !probe->failure().empty(); }));
  EXPECT_EQ(probe->failure(), "the probe has new certificates");
  probe->stop();
  const auto renewed = load_identity(folder).value();
  EXPECT_NE(renewed.key_pem, first.key_pem);
  EXPECT_NE(renewed.certificate_pem, first.certificate_pem);
  EXPECT_NE(renewed.server_certificate_pem, first.server_certificate_pem);
  const auto serial = serial_in(renewed.certificate_pem);
  EXPECT_FALSE(is_used(probe_id(), serial));
  start(0);
  EXPECT_TRUE(wait_for([&] { return is_used(probe_id(), serial); }));
  EXPECT_EQ(ask_probe(nullptr, {"GET", "/healthz"}).status, 200) << "agents take its new certificate";
  EXPECT_EQ(probe->failure(), "");
}

// A device that takes everything and says nothing: the scan of it takes seconds.
class SilentDevice {
 public:
  SilentDevice() : socket_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    auto* own = reinterpret_cast<sockaddr*>(&address_);
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address_;
    EXPECT_EQ(bind(socket_, own, size), 0);
    EXPECT_EQ(getsockname(socket_, own, &size), 0);
  }
  ~SilentDevice() { close(socket_); }
  jobs::StoredJob job() const {
    jobs::StoredJob job;
    job.ranges = {"127.0.0.1"};
    job.port = ntohs(address_.sin_port);
    return job;
  }

 private:
  int socket_;
  sockaddr_in address_{};
};

TEST_F(Renewals, OfAProbeWaitForTheEndOfAScanUnlessTheirTimeIsShort) {
  const SilentDevice device;
  const auto run = queue("berlin", "slow", device.job());
  start(21);
  ASSERT_TRUE(wait_for([&] { return stored(run.id).state == "running"; }));
  const auto before = probe_named("berlin").seen_at;
  ASSERT_TRUE(wait_for([&] { return probe_named("berlin").seen_at > before; }));
  EXPECT_EQ(stored(run.id).state, "running");
  EXPECT_EQ(probe->failure(), "");
  const auto again = queue("berlin", "again", device.job());
  start(28);
  EXPECT_TRUE(wait_for([&] { return !probe->failure().empty(); }));
  EXPECT_EQ(stored(again.id).state, "running") << "it was under way";
}

TEST_F(Renewals, OfAProbeAreAskedForAgainWhenTheAnswerGotLost) {
  const EnrolledAgent as{"", first.certificate_pem, first.key_pem, {}};
  const auto lost = post(as, "/api/v1/probe/renew",
                         json::serialize(json::object{{"public_key", access::new_public_key()}}));
  ASSERT_EQ(lost.status, 201);
  start(21);
  ASSERT_TRUE(wait_for([&] { return !probe->failure().empty(); }));
  const auto serial = serial_in(load_identity(folder)->certificate_pem);
  start(0);
  EXPECT_TRUE(wait_for([&] { return is_used(probe_id(), serial); }));
}

TEST_F(Renewals, OfAnAgentBehindAProbeReplaceTheOldCertificate) {
  start(0);
  const auto agent = agent_that_enrols();
  EXPECT_EQ(report_through(agent, 1).status, 202);
  const auto key = access::make_key();
  EXPECT_EQ(ask_probe(&agent, renewal_for(key)).status, 503) << "the centre has to be asked";
  const auto answer = ask_until_answered(&agent, renewal_for(key));
  ASSERT_EQ(answer.status, 201) << answer.body;
  EXPECT_NE(json::parse(answer.body).at("report_url").as_string().find(std::to_string(probe->agents_port())),
            std::string::npos);
  const auto renewed = agent_of(answer, key);
  EXPECT_EQ(renewed.id, agent.id);
  EXPECT_EQ(report_through(agent, 2).status, 202) << "good until the new one is used";
  EXPECT_EQ(report_through(renewed, 3).status, 202);
  EXPECT_EQ(reason(report_through(agent, 4)), "CLONE_SUSPECTED");
  EXPECT_TRUE(wait_for([&] { return is_used(agent.id, renewed.serial); }));
  EXPECT_TRUE(wait_for([&] { return probe_named("berlin").waiting == 0; }));
  EXPECT_EQ(probe_named("berlin").refused, 0);
  EXPECT_EQ(ci_count(), 1);
}

// The one before may still wait when the agent, which gave it up, asks with another key: made last, it would
// lock the agent out.
TEST_F(Renewals, OfAnAgentThatAskedTwiceAreForTheLastKey) {
  start(0);
  const auto agent = agent_that_enrols();
  std::vector<access::Key> keys;
  for (int i = 0; i < 6; ++i) keys.push_back(access::make_key());
  for (const auto& key : keys) ask_probe(&agent, renewal_for(key));
  const auto answer = ask_until_answered(&agent, renewal_for(keys.back()));
  ASSERT_EQ(answer.status, 201) << answer.body;
  const auto renewed = agent_of(answer, keys.back());
  EXPECT_EQ(report_through(renewed, 1).status, 202);
  EXPECT_TRUE(wait_for([&] { return is_used(agent.id, renewed.serial); }));
}

}  // namespace
}  // namespace censo::collector::probe
