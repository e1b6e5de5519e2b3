#include "collector/access/probes.h"

#include "base/id.h"
#include "base/log.h"
#include "base/text.h"
#include "collector/access/agent_events.h"

#include <boost/json.hpp>

#include <algorithm>

namespace censo::collector::access {
namespace {

using base::Errc;
using base::fail;

constexpr std::size_t longest_name = 40, most_names = 16;

constexpr std::string_view probe_columns =
    "select p.name, p.names, p.agent_id, p.state, p.invited_at, p.invited_by, p.enrolled_at, p.seen_at, "
    "p.address, p.version, p.delivered, p.waiting, p.waiting_bytes, p.lost, p.refused, p.refusal, "
    "(select count(*) from agent a where a.probe = p.name and a.state = 'active'), "
    "p.server_pin, p.api_port from probe p ";

std::vector<std::string> names_from(const std::string& text) {
  std::vector<std::string> names;
  const auto list = boost::json::parse(text);
  for (const auto& name : list.as_array()) names.emplace_back(name.as_string());
  return names;
}

std::string text_of(const std::vector<std::string>& names) {
  boost::json::array list;
  for (const auto& name : names) list.emplace_back(name);
  return boost::json::serialize(list);
}

Probe probe_from(const store::Row& row) {
  Probe probe;
  probe.name = row.text(0);
  probe.names = names_from(row.text(1));
  probe.agent_id = row.text(2);
  probe.state = row.text(3);
  probe.invited_at = row.integer(4);
  probe.invited_by = row.text(5);
  probe.enrolled_at = row.integer(6);
  probe.seen_at = row.integer(7);
  probe.address = row.text(8);
  probe.version = row.text(9);
  probe.delivered = row.integer(10);
  probe.waiting = row.integer(11);
  probe.waiting_bytes = row.integer(12);
  probe.lost = row.integer(13);
  probe.refused = row.integer(14);
  probe.refusal = row.text(15);
  probe.agents = row.integer(16);
  probe.server_pin = row.text(17);
  probe.api_port = row.integer(18);
  return probe;
}

bool is_name(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  };
  return !name.empty() && name.size() <= longest_name && name.front() != '-' && name.front() != '.' &&
         std::all_of(name.begin(), name.end(), allowed);
}

base::Result<ProbeCertificates> certificates(const CertificateAuthority& authority, const Probe& probe,
                                             std::string_view public_key, base::TimeMs now) {
  ProbeCertificates made{probe.name, probe.agent_id, {}, {}};
  auto client = authority.issue_agent(probe.agent_id, public_key, now);
  if (!client) return client.error();
  made.client = std::move(*client);
  if (probe.names.empty()) return made;
  auto server = authority.issue_probe_server(probe.names, public_key, now);
  if (!server) return server.error();
  made.server = std::move(*server);
  return made;
}

}  // namespace

bool is_silent(const Probe& probe, base::TimeMs now) {
  return probe.state == "active" && std::max(probe.seen_at, probe.enrolled_at) + probe_silent_after_ms < now;
}

std::string enrolment_url(const Probe& probe) {
  if (probe.names.empty() || probe.api_port == 0) return {};
  const auto& name = probe.names.front();
  const bool ipv6 = name.find(':') != std::string::npos;
  return "https://" + (ipv6 ? "[" + name + "]" : name) + ":" + std::to_string(probe.api_port);
}

base::Result<MadeEnrolmentToken> invite_probe(store::Transaction& tx, const CertificateAuthority& authority,
                                              const NewProbe& wanted, const base::Clock& clock) {
  if (!is_name(wanted.name))
    return fail(Errc::invalid_argument, "expected a name of 1 to 40 lower-case letters, digits, '-' and '.'",
                "/name");
  if (wanted.names.size() > most_names)
    return fail(Errc::invalid_argument, "expected at most 16 host names and addresses", "/names");
  if (auto checked = authority.check_probe_names(wanted.names); !checked) return checked.error();
  auto made = make_enrolment_token(tx,
                                   {"probe " + wanted.name, wanted.lifetime_ms, 1, wanted.by,
                                    authority.public_key_pin(), "default", wanted.name},
                                   clock);
  if (!made) return made.error();
  tx.execute("delete from enrolment_token where probe = $1 and id <> $2", wanted.name, made->record.id);
  tx.execute(
      "insert into probe (name, names, agent_id, state, invited_at, invited_by, enrolled_at, seen_at, "
      "address, "
      "version, delivered, waiting, waiting_bytes, lost, refused, refusal) values ($1, $2, '', 'invited', "
      "$3, "
      "$4, 0, 0, '', '', 0, 0, 0, 0, 0, '') on conflict (name) do update set names = excluded.names, "
      "invited_at = excluded.invited_at, invited_by = excluded.invited_by",
      wanted.name, text_of(wanted.names), clock.now(), wanted.by);
  return made;
}

base::Result<ProbeCertificates> enrol_probe(store::Transaction& tx, const CertificateAuthority& authority,
                                            const EnrolmentRequest& request, const base::Clock& clock) {
  const auto now = clock.now();
  const auto token = use_enrolment_token(tx, request.token, now);
  if (!token) return token.error();
  if (token->probe.empty())
    return fail(Errc::permission_denied,
                "this token admits agents; a probe needs one of its own: censo probe invite", "/token",
                "AGENT_TOKEN");
  auto probe = find_probe(tx, token->probe);
  if (!probe) return probe.error();
  const std::string before = probe->agent_id;
  probe->agent_id = base::time_ordered_uuid(clock);
  auto made = certificates(authority, *probe, request.public_key, now);
  if (!made) return made.error();
  if (!before.empty()) tx.execute("update agent set state = 'revoked' where id = $1", before);
  tx.execute(
      "insert into agent (id, name, state, enrolled_at, enrolled_from, enrolment_token_id, generation, "
      "serial, "
      "previous_serial, renewed_at, certificate_expires_at, group_name, is_probe) "
      "values ($1, $2, 'active', $3, $4, $5, 1, $6, '', $3, $7, $8, 1)",
      probe->agent_id, base::sanitize_utf8(base::trim(request.host_name), 255), now, request.address,
      token->id, made->client.serial, made->client.expires_at, token->group);
  tx.execute(
      "update probe set agent_id = $2, state = 'active', enrolled_at = $3, seen_at = $3, address = $4, "
      "delivered = 0, waiting = 0, waiting_bytes = 0, lost = 0 where name = $1",
      probe->name, probe->agent_id, now, request.address);
  note_agent_event(tx, probe->agent_id,
                   {std::string(agent_event::enrolled), "from " + std::string(request.address)}, clock);
  base::log(base::LogLevel::info, "probe.enrolled", "a probe enrolled",
            {{"probe", probe->name}, {"address", request.address}, {"serial", made->client.serial}});
  return made;
}

base::Result<ProbeCertificates> renew_probe(store::Transaction& tx, const CertificateAuthority& authority,
                                            const AgentCertificate& certificate, std::string_view public_key,
                                            base::TimeMs now) {
  const auto probe = probe_of(tx, certificate.agent_id);
  if (!probe) return probe.error();
  ProbeCertificates made{probe->name, probe->agent_id, {}, {}};
  if (!probe->names.empty()) {
    auto server = authority.issue_probe_server(probe->names, public_key, now);
    if (!server) return server.error();
    made.server = std::move(*server);
  }
  auto client = renew_agent(tx, authority, certificate, public_key, now);
  if (!client) return client.error();
  made.client = std::move(*client);
  return made;
}

std::vector<Probe> list_probes(store::Transaction& tx) {
  static const std::string sql = std::string(probe_columns) + "order by p.name";
  std::vector<Probe> probes;
  for (const auto& row : tx.query(sql)) probes.push_back(probe_from(row));
  return probes;
}

base::Result<Probe> find_probe(store::Transaction& tx, std::string_view name) {
  static const std::string sql = std::string(probe_columns) + "where p.name = $1";
  if (const auto row = tx.query_one(sql, name)) return probe_from(*row);
  return fail(Errc::not_found, "no probe is called \"" + base::sanitize_utf8(name, longest_name) + "\"");
}

base::Result<Probe> probe_of(store::Transaction& tx, std::string_view agent_id) {
  static const std::string sql = std::string(probe_columns) + "where p.agent_id = $1 and p.state = 'active'";
  if (!agent_id.empty())
    if (const auto row = tx.query_one(sql, agent_id)) return probe_from(*row);
  return fail(Errc::permission_denied, "this certificate is no active probe's", {}, "NOT_A_PROBE");
}

base::Result<void> revoke_probe(store::Transaction& tx, std::string_view name, std::string_view by,
                                const base::Clock& clock) {
  const auto probe = find_probe(tx, name);
  if (!probe) return probe.error();
  tx.execute("delete from enrolment_token where probe = $1", name);
  tx.execute("update probe set state = 'revoked' where name = $1", name);
  if (probe->agent_id.empty()) return {};
  tx.execute("update agent set state = 'revoked' where id = $1", probe->agent_id);
  note_agent_event(tx, probe->agent_id, {std::string(agent_event::revoked), "by " + std::string(by)}, clock);
  return {};
}

void note_sighting(store::Transaction& tx, std::string_view name, const ProbeSighting& sighting,
                   base::TimeMs now) {
  tx.execute(
      "update probe set seen_at = $2, address = $3, version = $4, waiting = $5, waiting_bytes = $6, "
      "lost = $7, server_pin = $8, api_port = $9 where name = $1",
      name, now, sighting.address, sighting.version, sighting.waiting, sighting.waiting_bytes, sighting.lost,
      sighting.server_pin, sighting.api_port);
}

std::vector<AgentBehind> agents_behind(store::Transaction& tx, std::string_view probe) {
  std::vector<AgentBehind> agents;
  for (const auto& row : tx.query(
           "select id, name, state, serial, previous_serial, group_name, renewed_at, serial_seen from agent "
           "where probe = $1 order by id",
           probe))
    agents.push_back({row.text(0), row.text(1), row.text(2), row.text(3), row.text(4), row.text(5),
                      row.integer(6), row.integer(7)});
  return agents;
}

}  // namespace censo::collector::access
