#!/usr/bin/env bash
# A monitoring system tells of a full disk: an incident, repeats, a kill of the collector, the end; a stranger waits in the queue.
# Usage: events_test.sh BUILD_DIRECTORY
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
start_collector
login
censo ci new --class server --name web01
censo token new --name alertmanager --role event_sender --field token >"$work/sender.token"

# alert STATUS LABELS FINGERPRINT
alert() {
  curl -fsS --cacert "$work/collector/ca/ca.pem" -H "Authorization: Bearer $(cat "$work/sender.token")" -H 'Content-Type: application/json' \
    "$url/api/v1/events/alertmanager" -d '{"version": "4", "status": "'"$1"'", "receiver": "censo", "commonLabels": {}, "commonAnnotations": {},
      "alerts": [{"status": "'"$1"'", "labels": {"alertname": "DiskFull", "severity": "critical", '"$2"'}, "annotations": {"summary": "Disk is full"},
      "startsAt": "2026-11-27T01:00:00Z", "fingerprint": "'"$3"'"}]}'
}
full='"instance": "web01:9100", "mountpoint": "/var"'
same "an alert opens an incident" INC-1 "$(alert firing "$full" f1 | jq -r '.events[0].ticket')"
same "a repeat is counted" 2 "$(alert firing "$full" f1 | jq -r '.events[0].times')"
same "there is one incident" 1 "$(censo ticket list -o json | jq '.items | length')"

kill -9 "$collector"; wait "$collector" || true
start_collector
same "what was answered survives a kill" 3 "$(alert firing "$full" f1 | jq -r '.events[0].times')"

same "the end resolves it" resolved "$(alert resolved "$full" f1 >/dev/null; censo ticket show INC-1 --field state)"
holds "the ticket shows what was told" bash -c "'$bin/censo' ticket show INC-1 | grep -q 'DiskFull /var'"

alert firing '"instance": "db09:9100"' f2 >/dev/null
id=$(censo event list --handling unknown --field id)
same "a stranger waits" db09:9100 "$(censo event show "$id" --field item)"
same "a person says who it is" INC-2 "$(censo event place "$id" web01 --field ticket)"
same "a sender sees nothing" 403 "$(curl -s -o "$work/out" -w '%{http_code}' --cacert "$work/collector/ca/ca.pem" \
  -H "Authorization: Bearer $(cat "$work/sender.token")" "$url/api/v1/tickets")"
echo "$checks checks passed"
