#include "desk/event_source.h"

namespace censo::desk {
namespace {

// Of an address that is known already; false: it is not.
bool add(store::Transaction& tx, const EventSource& one, std::string_view address) {
  return tx.execute(
             "update event_source set messages = messages + $3, events = events + $4, passed = passed + $5, "
             "refused = refused + $6, over_limit = over_limit + $7, "
             "reason = case when $8 = '' then reason else $8 end, "
             "refused_at = case when $9 > refused_at then $9 else refused_at end, last_at = $10 "
             "where way = $1 and address = $2",
             one.way, address, one.messages, one.events, one.passed, one.refused, one.over_limit, one.reason,
             one.refused_at, one.last_at) > 0;
}

void insert(store::Transaction& tx, const EventSource& one, std::string_view address) {
  tx.execute(
      "insert into event_source (way, address, messages, events, passed, refused, over_limit, reason, "
      "refused_at, last_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
      one.way, address, one.messages, one.events, one.passed, one.refused, one.over_limit, one.reason,
      one.refused_at, one.last_at);
}

}  // namespace

void count_event_sources(store::Transaction& tx, std::span<const EventSource> more) {
  std::int64_t room = -1;  // not counted yet
  for (const auto& one : more) {
    if (add(tx, one, one.address)) continue;
    if (room < 0) room = most_event_sources - tx.query_one("select count(*) from event_source")->integer(0);
    if (room > 0) {
      insert(tx, one, one.address);
      --room;
    } else if (!add(tx, one, "")) {
      insert(tx, one, "");
    }
  }
}

std::vector<EventSource> event_sources(store::Transaction& tx, std::string_view way, bool refused,
                                       std::size_t limit) {
  const auto rows = tx.query(
      "select way, address, messages, events, passed, refused, over_limit, reason, refused_at, last_at "
      "from event_source where ($1 = '' or way = $1) and ($2 = 0 or refused > 0 or over_limit > 0) "
      "order by last_at desc, way, address limit $3",
      way, std::int64_t{refused ? 1 : 0}, static_cast<std::int64_t>(limit));
  std::vector<EventSource> found;
  for (const auto& row : rows)
    found.push_back({row.text(0), row.text(1), row.integer(2), row.integer(3), row.integer(4), row.integer(5),
                     row.integer(6), row.text(7), row.integer(8), row.integer(9)});
  return found;
}

void keep_event_doors(store::Transaction& tx, const EventDoors& doors) {
  if (doors.traps.empty() && doors.syslog.empty()) {
    tx.execute("delete from event_listener where collector = $1", doors.collector);
    return;
  }
  tx.execute(
      "insert into event_listener (collector, traps, syslog, syslog_tls, started_at) "
      "values ($1, $2, $3, $4, $5) on conflict (collector) do update set traps = excluded.traps, "
      "syslog = excluded.syslog, syslog_tls = excluded.syslog_tls, started_at = excluded.started_at",
      doors.collector, doors.traps, doors.syslog, doors.syslog_tls, doors.started_at);
}

void count_event_loss(store::Transaction& tx, const EventDoors& doors, const EventLoss& loss) {
  keep_event_doors(tx, doors);  // the database may have been away at the start as well
  tx.execute("update event_listener set lost = lost + $2, lost_at = $3, loss = $4 where collector = $1",
             doors.collector, loss.messages, loss.at, loss.why);
}

std::vector<EventDoors> event_doors(store::Transaction& tx) {
  std::vector<EventDoors> found;
  for (const auto& row : tx.query("select collector, traps, syslog, syslog_tls, started_at, lost, lost_at, "
                                  "loss from event_listener order by collector"))
    found.push_back({row.text(0),
                     row.text(1),
                     row.text(2),
                     row.text(3),
                     row.integer(4),
                     {row.integer(5), row.integer(6), row.text(7)}});
  return found;
}

}  // namespace censo::desk
