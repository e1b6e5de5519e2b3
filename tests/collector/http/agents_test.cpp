// The agent listener: who gets through the handshake, and what becomes of reports.
#include "base/digest.h"
#include "base/id.h"
#include "collector/access/x509.h"
#include "tests/collector/http/reporting_agent.h"

#include <gtest/gtest.h>
#include <openssl/obj_mac.h>
#include <openssl/rsa.h>
#include <boost/json.hpp>

namespace censo::collector::http {
namespace {

constexpr base::TimeMs day_ms = 86'400'000;

struct CertificateCase {
  std::string name;
  void (*change)(access::CertificatePlan&);
  std::string alert;  // empty: it gets through
};

access::CertificatePlan good_plan() {
  const auto now = base::SystemClock().now();
  const std::string id = base::random_uuid();
  return {id,
          now - day_ms,
          now + day_ms,
          {{NID_basic_constraints, "critical,CA:FALSE"},
           {NID_key_usage, "critical,digitalSignature"},
           {NID_ext_key_usage, "clientAuth"},
           {NID_subject_alt_name, "URI:urn:censo:agent:" + id}}};
}

void replace(access::CertificatePlan& plan, int nid, const std::string& value) {
  std::erase_if(plan.extensions, [nid](const auto& extension) { return extension.first == nid; });
  if (!value.empty()) plan.extensions.emplace_back(nid, value);
}

class Certificates : public testing::TestWithParam<CertificateCase> {
 protected:
  // What the server says of a leaf that `key` signed as `issuer`.
  std::string failure_of(const access::CertificatePlan& plan, const access::Certificate& issuer,
                         const access::Key& key) {
    const auto leaf_key = access::make_key();
    auto settings = server.api_client();
    settings.certificate_pem = access::to_pem(access::sign_certificate(plan, leaf_key, issuer.get(), key));
    settings.key_pem = access::to_pem(leaf_key);
    return failure_of(settings);
  }
  std::string failure_of(const ClientSettings& settings) {
    TlsClient client(server.agents_port(), settings);
    client.send(to_text({"POST", "/api/v1/renew", {}, "{}"}));
    return client.read_answer() ? "" : client.failure();
  }
  access::Certificate authority() {
    return access::parse_certificate(server.authority().certificate_pem()).value();
  }
  access::Key authority_key() { return access::parse_private_key(server.authority_key_pem()).value(); }
  RunningServer server;
};

TEST_P(Certificates, AreJudgedInTheHandshake) {
  auto plan = good_plan();
  GetParam().change(plan);
  EXPECT_EQ(failure_of(plan, authority(), authority_key()), GetParam().alert);
}

using Plan = access::CertificatePlan;
const CertificateCase cases[] = {
    {"Good", [](Plan&) {}, ""},
    {"Expired", [](Plan& plan) { plan.not_after = plan.not_before + 1000; },
     "sslv3 alert certificate expired"},
    {"NotYetValid", [](Plan& plan) { plan.not_before = plan.not_after - 1000; },
     "sslv3 alert bad certificate"},
    {"ForServers", [](Plan& plan) { replace(plan, NID_ext_key_usage, "serverAuth"); },
     "sslv3 alert unsupported certificate"},
    {"ForNoUsage", [](Plan& plan) { replace(plan, NID_ext_key_usage, ""); },
     "sslv3 alert unsupported certificate"},
    {"AnAuthority", [](Plan& plan) { replace(plan, NID_basic_constraints, "critical,CA:TRUE"); },
     "sslv3 alert unsupported certificate"},
    {"WithoutName", [](Plan& plan) { replace(plan, NID_subject_alt_name, ""); },
     "sslv3 alert unsupported certificate"},
    {"WithAHostName", [](Plan& plan) { replace(plan, NID_subject_alt_name, "DNS:web01"); },
     "sslv3 alert unsupported certificate"},
    {"WithTwoAgents",
     [](Plan& plan) {
       const auto id = std::string("URI:urn:censo:agent:0f8fad5b-d9cb-469f-a165-70867728950e");
       replace(plan, NID_subject_alt_name, id + "," + id);
     },
     "sslv3 alert unsupported certificate"},
    {"WithAnOddId", [](Plan& plan) { replace(plan, NID_subject_alt_name, "URI:urn:censo:agent:../../etc"); },
     "sslv3 alert unsupported certificate"},
};
INSTANTIATE_TEST_SUITE_P(Agents, Certificates, testing::ValuesIn(cases),
                         [](const auto& given) { return given.param.name; });

class Handshake : public Certificates {};

TEST_F(Handshake, WithoutACertificateIsRefused) {
  EXPECT_EQ(failure_of(server.api_client()), "tlsv13 alert certificate required");
}

TEST_F(Handshake, WithACertificateOfAnotherAuthorityIsRefused) {
  const auto key = access::make_key();
  auto plan = good_plan();
  plan.extensions = {{NID_basic_constraints, "critical,CA:TRUE"}};
  const auto foreign = access::sign_certificate(plan, key, nullptr, key);
  EXPECT_EQ(failure_of(good_plan(), foreign, key), "tlsv1 alert unknown ca");
}

TEST_F(Handshake, WithACertificateThatSignsItselfIsRefused) {
  const auto key = access::make_key();
  auto settings = server.api_client();
  settings.certificate_pem = access::to_pem(access::sign_certificate(good_plan(), key, nullptr, key));
  settings.key_pem = access::to_pem(key);
  EXPECT_EQ(failure_of(settings), "tlsv1 alert unknown ca");
}

TEST_F(Handshake, WithAnRsaKeyIsRefused) {
  const access::Key key(EVP_RSA_gen(2048));
  auto settings = server.api_client();
  settings.certificate_pem =
      access::to_pem(access::sign_certificate(good_plan(), key, authority().get(), authority_key()));
  settings.key_pem = access::to_pem(key);
  EXPECT_EQ(failure_of(settings), "sslv3 alert unsupported certificate");
}

TEST_F(Handshake, OfTls12IsRefusedToAgents) {
  auto settings = server.agent_client(server.enrol());
  settings.most_version = TLS1_2_VERSION;
  EXPECT_EQ(failure_of(settings), "tlsv1 alert protocol version");
}

TEST_F(Handshake, OfTls12IsTakenByTheApi) {
  auto settings = server.api_client();
  settings.most_version = TLS1_2_VERSION;
  EXPECT_TRUE(TlsClient(server.api_port(), settings).connected());
}

TEST_F(Handshake, OfTls11IsRefusedByTheApi) {
  auto settings = server.api_client();
  settings.most_version = TLS1_1_VERSION;
  EXPECT_FALSE(TlsClient(server.api_port(), settings).connected());
}

TEST_F(Handshake, AnotherHostNameIsNoticedByTheClient) {
  auto settings = server.api_client();
  settings.host = "other.example";
  EXPECT_EQ(TlsClient(server.api_port(), settings).failure(), "certificate verify failed");
}

class Reports : public ReportingAgent {};

TEST_F(Reports, AreTakenWithAReceipt) {
  const auto sent = report(1, agent.id);
  const auto answer = send(agent, sent);
  EXPECT_EQ(answer.status, 201) << answer.body;
  EXPECT_EQ(text(answer, "outcome"), "created");
  EXPECT_EQ(text(answer, "digest"), inventory::content_digest(sent));
  EXPECT_EQ(boost::json::parse(answer.body).at("sequence").to_number<int>(), 1);
}

TEST_F(Reports, SentTwiceAreOne) {
  const auto first = send(agent, report(1, agent.id));
  const auto second = send(agent, report(1, agent.id));
  EXPECT_EQ(second.status, 200) << second.body;
  EXPECT_EQ(text(second, "outcome"), "duplicate");
  EXPECT_EQ(text(second, "ci"), text(first, "ci"));
}

TEST_F(Reports, OfTheSameContentNeedNotTravel) {
  const auto first = send(agent, report(1, agent.id));
  const auto digest = inventory::content_digest(report(2, agent.id));
  const auto answer = offer(agent, 2, digest);
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(text(answer, "outcome"), "unchanged");
  EXPECT_EQ(text(answer, "ci"), text(first, "ci"));
  EXPECT_EQ(text(answer, "digest"), digest);
}

TEST_F(Reports, OfOtherContentAreWanted) {
  send(agent, report(1, agent.id));
  const auto answer = offer(agent, 2, inventory::content_digest(report(2, agent.id, "SN-2")));
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(text(answer, "outcome"), "wanted");
  EXPECT_TRUE(boost::json::parse(answer.body).at("unless_changed").as_object().empty());
}

TEST_F(Reports, OfferedByAnotherAgentAreWanted) {
  send(agent, report(1, agent.id));
  EXPECT_EQ(text(offer(server.enrol("web02"), 2, inventory::content_digest(report(2, agent.id))), "outcome"),
            "wanted");
}

TEST_F(Reports, OfferedWithoutASequenceAreMalformed) {
  EXPECT_EQ(offer(agent, 0, std::string(64, 'a')).status, 422);
}

TEST_F(Reports, WithAnOlderSequenceAreStale) {
  send(agent, report(5, agent.id));
  const auto answer = send(agent, report(4, agent.id, "SN-2"));
  EXPECT_EQ(answer.status, 409);
  EXPECT_EQ(text(answer, "reason"), "STALE_SEQUENCE");
}

TEST_F(Reports, WithoutAnAgentAreMalformed) {
  EXPECT_EQ(send(agent, report(1, {})).status, 422);
}

TEST_F(Reports, OfAnotherAgentAreRefusedAndChangeNothing) {
  const auto other = server.enrol("web02");
  send(other, report(1, other.id));
  const auto before = ci_count();
  const auto answer = send(agent, report(2, other.id, "SN-9"));
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(text(answer, "reason"), "AGENT_ID_MISMATCH");
  EXPECT_EQ(ci_count(), before);
}

TEST_F(Reports, InTheNameOfTheScannerAreRefused) {
  auto sent = report(1, agent.id);
  sent.origin.kind = inventory::OriginKind::scanner;
  EXPECT_EQ(text(send(agent, sent), "reason"), "AGENT_ID_MISMATCH");
}

TEST_F(Reports, OfARevokedAgentAreRefusedAtOnce) {
  TlsClient client(server.agents_port(), server.agent_client(agent));
  const auto body = inventory::compress(inventory::to_json(report(1, agent.id)));
  const HttpRequest request{"POST",
                            "/api/v1/reports",
                            {},
                            body,
                            {{"Content-Type", "application/json"}, {"Content-Encoding", "zstd"}}};
  client.send(to_text(request));
  ASSERT_EQ(client.read_answer().value_or(HttpAnswer{}).status, 201);
  server.ask({"POST", "/api/v1/agents/" + agent.id + "/revoke", server.token(Role::admin)});
  client.send(to_text(request));
  const auto answer = client.read_answer().value_or(HttpAnswer{});
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(text(answer, "reason"), "AGENT_REVOKED");
}

TEST_F(Reports, OfAnAgentThatIsGoneAreRefused) {
  server.write([](store::Transaction& tx) { tx.execute("delete from agent"); });
  EXPECT_EQ(text(send(agent, report(1, agent.id)), "reason"), "AGENT_UNKNOWN");
}

TEST_F(Reports, ThatUnfoldTooMuchAreRefused) {
  const auto answer = send(agent, inventory::compress(std::string(9 * 1024 * 1024, ' ')));
  EXPECT_EQ(answer.status, 413);
}

TEST_F(Reports, ThatAreNoZstdAreRefused) {
  EXPECT_EQ(send(agent, std::string("not zstd")).status, 422);
}

TEST_F(Reports, ThatAreNoJsonAreRefused) {
  const auto answer = send(agent, inventory::compress("{\"origin\":"));
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(text(answer, "reason"), "JSON_SYNTAX");
}

TEST_F(Reports, InAnotherEncodingAreRefused) {
  const auto answer =
      server.ask_as(agent, {"POST",
                            "/api/v1/reports",
                            {},
                            "x",
                            {{"Content-Type", "application/json"}, {"Content-Encoding", "br"}}});
  EXPECT_EQ(answer.status, 415);
  EXPECT_EQ(text(answer, "reason"), "ENCODING_UNSUPPORTED");
}

TEST_F(Reports, OfAnotherMediaTypeAreRefused) {
  const auto answer =
      server.ask_as(agent, {"POST", "/api/v1/reports", {}, "<xml/>", {{"Content-Type", "application/xml"}}});
  EXPECT_EQ(answer.status, 415);
}

TEST_F(Reports, OverTheLimitAreRefusedBeforeTheyAreRead) {
  EXPECT_EQ(send(agent, std::string(2 * 1024 * 1024 + 1, 'x')).status, 413);
}

TEST_F(Reports, AreCounted) {
  send(agent, report(1, agent.id));
  const auto answer = server.ask({"GET", "/metrics", server.token(Role::viewer)});
  EXPECT_NE(answer.body.find("censo_reports_total{outcome=\"created\"} 1"), std::string::npos);
}

TEST_F(Reports, ShowWhenTheAgentLastReported) {
  send(agent, report(1, agent.id));
  const auto answer = server.ask({"GET", "/api/v1/agents/" + agent.id, server.token(Role::viewer)});
  const auto shown = boost::json::parse(answer.body);
  EXPECT_TRUE(shown.at("last_report_at").is_string());
  EXPECT_EQ(shown.at("ci").at("name").as_string(), "web01");
}

// A connection that takes an earlier session up again: no certificate is shown, and yet it is the agent's.
class ResumedSessions : public ReportingAgent {
 protected:
  struct Talk {
    HttpAnswer answer;
    std::shared_ptr<SSL_SESSION> session;
    bool resumed = false;
  };
  Talk talk(const ClientSettings& settings, std::uint16_t port, const HttpRequest& request) {
    TlsClient client(port, settings);
    client.send(to_text(request));
    auto answer = client.read_answer();
    if (!answer) return {};
    return {std::move(*answer), client.session(), client.resumed()};
  }
  // As this agent's key and certificate say, going on with `session`.
  Talk report_over(const std::shared_ptr<SSL_SESSION>& session, std::uint64_t sequence,
                   const std::string& named) {
    auto settings = server.agent_client(agent);
    settings.session = session;
    return talk(settings, server.agents_port(),
                {"POST",
                 "/api/v1/reports",
                 {},
                 inventory::compress(inventory::to_json(report(sequence, named))),
                 {{"Content-Type", "application/json"}, {"Content-Encoding", "zstd"}}});
  }
};

TEST_F(ResumedSessions, AreTheSameAgents) {
  const auto first = report_over(nullptr, 1, agent.id);
  EXPECT_FALSE(first.resumed);
  const auto second = report_over(first.session, 2, agent.id);
  EXPECT_TRUE(second.resumed);
  EXPECT_EQ(second.answer.status, 200) << second.answer.body;
  const auto third = report_over(second.session, 3, base::random_uuid());
  EXPECT_TRUE(third.resumed);
  EXPECT_EQ(text(third.answer, "reason"), "AGENT_ID_MISMATCH");
}

TEST_F(ResumedSessions, DoNotLetARevokedAgentIn) {
  const auto first = report_over(nullptr, 1, agent.id);
  server.write([&](store::Transaction& tx) {
    ASSERT_TRUE(access::revoke_agent(tx, agent.id, "test", base::SystemClock()));
  });
  const auto second = report_over(first.session, 2, agent.id);
  EXPECT_TRUE(second.resumed);
  EXPECT_EQ(second.answer.status, 403);
  EXPECT_EQ(text(second.answer, "reason"), "AGENT_REVOKED");
}

TEST_F(ResumedSessions, DoNotLetAReplacedCertificateIn) {
  const auto first = report_over(nullptr, 1, agent.id);
  server.write([](store::Transaction& tx) {
    tx.execute("update agent set previous_serial = serial, serial = 'another', serial_seen = 1");
  });
  const auto second = report_over(first.session, 2, agent.id);
  EXPECT_TRUE(second.resumed);
  EXPECT_EQ(text(second.answer, "reason"), "CLONE_SUSPECTED");
}

TEST_F(ResumedSessions, OfTheOtherListenerAreNoWayIn) {
  auto settings = server.api_client();
  const auto api = talk(settings, server.api_port(), {"GET", "/healthz"});
  ASSERT_EQ(api.answer.status, 200);
  settings.session = api.session;
  EXPECT_TRUE(talk(settings, server.api_port(), {"GET", "/healthz"}).resumed);
  const auto agents = talk(settings, server.agents_port(), {"POST", "/api/v1/renew", {}, "{}"});
  EXPECT_EQ(agents.answer.status, 0) << "it was answered without a certificate";
}

TEST_F(ResumedSessions, AreCounted) {
  const auto first = report_over(nullptr, 1, agent.id);
  report_over(first.session, 2, agent.id);
  const auto shown = server.ask({"GET", "/metrics", server.token(Role::viewer)}).body;
  const std::string counter = R"(censo_tls_handshakes_total{listener="agents",resumed=)";
  EXPECT_NE(shown.find(counter + "\"false\"} 1\n"), std::string::npos) << shown;
  EXPECT_NE(shown.find(counter + "\"true\"} 1\n"), std::string::npos) << shown;
}

// The refusal is rolled back; that it happened is not.
TEST(Copies, AnOldCertificateInUseIsAnEventOfTheAgent) {
  RunningServer server;
  const auto agent = server.enrol();
  server.write([](store::Transaction& tx) {
    tx.execute("update agent set previous_serial = serial, serial = 'another', serial_seen = 1");
  });
  EXPECT_EQ(server.ask_as(agent, {"POST", "/api/v1/renew", {}, "{}"}).status, 403);
  std::string what;
  server.write([&](store::Transaction& tx) {
    what = tx.query_one("select what from agent_event where agent_id = $1 order by id desc limit 1", agent.id)
               ->text(0);
  });
  EXPECT_EQ(what, "old_certificate");
}

}  // namespace
}  // namespace censo::collector::http
