#include "collector/access/agents.h"

#include "base/id.h"
#include "base/log.h"
#include "base/text.h"
#include "cmdb/reporting_source.h"
#include "collector/access/agent_events.h"
#include "collector/access/enrolment_tokens.h"

namespace censo::collector::access {
namespace {

using base::Errc;
using base::fail;

constexpr base::TimeMs grace_ms = base::TimeMs{24} * 60 * 60 * 1000;

Agent agent_of(const store::Row& row) {
  return {row.text(0),    row.text(1), row.text(2), row.integer(3), row.integer(4),
          row.integer(5), row.text(6), row.text(7), row.integer(8), row.text(9)};
}

base::Error clone_suspected(const AgentCertificate& certificate, std::int64_t generation) {
  base::log(base::LogLevel::warning, "agent.clone_suspected",
            "a certificate that was replaced is still in use",
            {{"agent", certificate.agent_id}, {"serial", certificate.serial}, {"generation", generation}});
  return fail(Errc::permission_denied,
              "this certificate was replaced by a newer one; enrol again if this host is a copy", {},
              "CLONE_SUSPECTED");
}

base::Error other_way(const Agent& agent) {
  const std::string way = agent.probe.empty() ? "by itself" : "through the probe \"" + agent.probe + "\"";
  return fail(Errc::permission_denied, "this agent enrolled to report " + way + ", and is taken no other way",
              {}, "OTHER_WAY");
}

}  // namespace

base::Result<Enrolment> enrol(store::Transaction& tx, const CertificateAuthority& authority,
                              const EnrolmentRequest& request, const base::Clock& clock) {
  const auto now = clock.now();
  const auto token = use_enrolment_token(tx, request.token, now);
  if (!token) return token.error();
  if (!token->probe.empty())
    return fail(Errc::permission_denied, "this token admits the probe \"" + token->probe + "\", no agent",
                "/token", "PROBE_TOKEN");
  const auto name = base::sanitize_utf8(base::trim(request.host_name), 255);
  if (name.empty()) return fail(Errc::invalid_argument, "expected the name of the host", "/host_name");
  Enrolment enrolment;
  enrolment.agent_id = base::time_ordered_uuid(clock);
  auto certificate = authority.issue_agent(enrolment.agent_id, request.public_key, now);
  if (!certificate) return certificate.error();
  enrolment.certificate = std::move(*certificate);
  tx.execute(
      "insert into agent (id, name, state, enrolled_at, enrolled_from, enrolment_token_id, generation, "
      "serial,"
      " previous_serial, renewed_at, certificate_expires_at, group_name, probe)"
      " values ($1, $2, 'active', $3, $4, $5, 1, $6, '', $3, $7, $8, $9)",
      enrolment.agent_id, name, now, request.address, token->id, enrolment.certificate.serial,
      enrolment.certificate.expires_at, token->group, request.probe);
  note_agent_event(tx, enrolment.agent_id,
                   {std::string(agent_event::enrolled), "from " + std::string(request.address)}, clock);
  base::log(base::LogLevel::info, "agent.enrolled", "a host enrolled",
            {{"agent", enrolment.agent_id},
             {"name", name},
             {"address", request.address},
             {"token", base::id_to_text(token->id)},
             {"serial", enrolment.certificate.serial}});
  return enrolment;
}

base::Result<Agent> admit_agent(store::Transaction& tx, const AgentCertificate& certificate, base::TimeMs now,
                                std::string_view probe) {
  const auto row = tx.query_one(
      "select id, name, state, enrolled_at, generation, certificate_expires_at, group_name,"
      " probe, refresh_asked_at, refresh_asked_by, serial, previous_serial, renewed_at, serial_seen"
      " from agent where id = $1",
      certificate.agent_id);
  if (!row)
    return fail(Errc::permission_denied, "this agent is not known here; enrol it again", {}, "AGENT_UNKNOWN");
  auto agent = agent_of(*row);
  if (agent.state != "active") {
    return fail(Errc::permission_denied, "this agent was revoked; enrol it again if that was a mistake", {},
                "AGENT_REVOKED");
  }
  if (agent.probe != probe) return other_way(agent);
  const bool current = certificate.serial == row->text(10);
  const bool seen = row->integer(13) != 0;
  // An agent that stored its new certificate never goes back to the old one. It does when the answer got
  // lost.
  const bool in_grace = certificate.serial == row->text(11) && !seen && now <= row->integer(12) + grace_ms;
  if (!current && !in_grace) return clone_suspected(certificate, agent.generation);
  if (current && !seen) tx.execute("update agent set serial_seen = 1 where id = $1", certificate.agent_id);
  return agent;
}

base::Result<IssuedCertificate> renew_agent(store::Transaction& tx, const CertificateAuthority& authority,
                                            const AgentCertificate& certificate, std::string_view public_key,
                                            base::TimeMs now) {
  auto issued = authority.issue_agent(certificate.agent_id, public_key, now);
  if (!issued) return issued.error();
  // The previous one is the one that asked: an answer that got lost is asked for again with the same
  // certificate.
  tx.execute(
      "update agent set generation = generation + 1, serial = $2, previous_serial = $3, renewed_at = $4,"
      " certificate_expires_at = $5, serial_seen = 0 where id = $1",
      certificate.agent_id, issued->serial, certificate.serial, now, issued->expires_at);
  return issued;
}

base::Result<Agent> find_agent(store::Transaction& tx, std::string_view id) {
  const auto row = tx.query_one(
      "select id, name, state, enrolled_at, generation, certificate_expires_at, group_name, probe,"
      " refresh_asked_at, refresh_asked_by from agent where id = $1",
      id);
  if (!row) return fail(Errc::not_found, "no agent " + base::sanitize_utf8(id, 40));
  return agent_of(*row);
}

std::vector<Agent> list_agents(store::Transaction& tx, std::string_view after, std::size_t limit,
                               std::string_view probe) {
  const auto most = static_cast<std::int64_t>(limit);
  const auto rows =
      probe.empty()
          ? tx.query(
                "select id, name, state, enrolled_at, generation, certificate_expires_at, group_name,"
                " probe, refresh_asked_at, refresh_asked_by from agent"
                " where id > $1 and is_probe = 0 order by id limit $2",
                after, most)
          : tx.query(
                "select id, name, state, enrolled_at, generation, certificate_expires_at, group_name,"
                " probe, refresh_asked_at, refresh_asked_by from agent"
                " where probe = $3 and id > $1 order by id limit $2",
                after, most, probe);
  std::vector<Agent> agents;
  for (const auto& row : rows) agents.push_back(agent_of(row));
  return agents;
}

base::Result<void> revoke_agent(store::Transaction& tx, std::string_view id, std::string_view by,
                                const base::Clock& clock) {
  if (tx.execute("update agent set state = 'revoked' where id = $1", id) == 0) {
    return fail(Errc::not_found, "no agent " + base::sanitize_utf8(id, 40));
  }
  cmdb::end_agent(tx, id, clock.now());
  note_agent_event(tx, id, {std::string(agent_event::revoked), "by " + std::string(by)}, clock);
  return {};
}

base::Result<Agent> ask_refresh(store::Transaction& tx, std::string_view id, std::string_view by,
                                base::TimeMs now) {
  const auto agent = find_agent(tx, id);
  if (!agent) return agent.error();
  if (agent->state != "active")
    return fail(Errc::conflict, "expected an active agent, found one that is " + agent->state);
  cmdb::expect_whole_report(tx, id);
  tx.execute("update agent set refresh_asked_at = $2, refresh_asked_by = $3 where id = $1", id, now, by);
  return find_agent(tx, id);
}

void settle_refresh(store::Transaction& tx, std::string_view id, const base::Clock& clock) {
  const auto agent = find_agent(tx, id);
  if (!agent || agent->refresh_asked_at == 0) return;
  tx.execute("update agent set refresh_asked_at = 0, refresh_asked_by = '' where id = $1", id);
  note_agent_event(tx, id, {std::string(agent_event::refreshed), "asked by " + agent->refresh_asked_by},
                   clock);
}

}  // namespace censo::collector::access
