#!/usr/bin/env bash
# A change in a freeze, maintenance that silences, the feed for calendar programs, a deputy, a certificate that ends, a ticket that recurs.
# Usage: calendar_test.sh BUILD_DIRECTORY
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
start_collector
login
in_days() { date -u -d "$1 days" +%Y-%m-%dT%H:%MZ; }
censo ci new --class server --name web01
censo ci new --class certificate --name shop.example fingerprint=ab12 "not_after=$(in_days 10)"

censo change window freeze year_end --title "Year's end, all" --zone Etc/UTC --starts "$(date -u -d '-1 day' +%Y-%m-%d)" \
  --ends "$(date -u -d '20 days' +%Y-%m-%d)" --query class:server
censo change new --title "OpenSSL, quickly" --ci web01 --modify "web01:software_package openssl" --start "$(in_days 1)" --end "$(in_days 2)" \
  --justification CVE --plan apt --backout apt --test curl --outage no --assignee eva
censo change submit CHG-1
exits 5 censo change authorise CHG-1
holds "the refusal names the freeze" grep -q year_end "$work/out"
censo change authorise CHG-1 --freeze-override "CVE is being used"
same "who overrode it is kept" year_end "$(censo ticket show CHG-1 -o json | jq -r .fields.freezes_overridden)"

censo token new --name eva-calendar --role calendar_reader --field token >"$work/reader.token"
feed() { curl -sS --cacert "$work/collector/ca/ca.pem" -u "eva:$(cat "$work/reader.token")" "$@"; }
feed "$url/api/v1/change-calendar.ics" >"$work/changes.ics"
holds "the feed has the change" grep -q 'SUMMARY:CHG-1 OpenSSL\\, quickly' "$work/changes.ics"
holds "and the freeze" grep -q "SUMMARY:Freeze: Year's end" "$work/changes.ics"
same "its lines end as RFC 5545 has them" 0 "$(grep -cv $'\r$' "$work/changes.ics" || true)"
same "a password is no key to the rest" 401 "$(feed -o "$work/out" -w '%{http_code}' "$url/api/v1/tickets")"
censo change calendar --ics >"$work/printed.ics"
same "censo prints the feed as it comes" "$(grep -v ^DTSTAMP "$work/changes.ics")" "$(grep -v ^DTSTAMP "$work/printed.ics")"
same "and of other times only what is then" 0 "$(censo change calendar --ics --from "$(in_days 400)" --to "$(in_days 401)" | grep -c BEGIN:VEVENT || true)"
same "censo lists the same" "$(grep -c BEGIN:VEVENT "$work/changes.ics")" "$(censo change calendar -o json | jq '.items | length')"

censo change window maintenance patches --title Patches --zone Etc/UTC --starts "$(date -u +%Y-%m-%d)" --ends "$(date -u -d '1 day' +%Y-%m-%d)" \
  --repeats FREQ=DAILY --condition 'DiskFull*'
censo event send --item web01 --condition "DiskFull /var" --severity critical
same "maintenance silences" silenced "$(censo event list --field handling | head -1)"

censo desk deputy mia eva --from "$(in_days -1)" --until "$(in_days 5)"
same "a deputy is listed" eva "$(censo desk deputies --field deputy)"

has_task() { [ "$(censo ticket list --kind task --field title)" = "Certificate shop.example ends on $(date -u -d '10 days' +%Y-%m-%d)" ]; }
holds "a certificate that ends makes a task" wait_for 60 has_task

censo ticket template set tapes --kind request --title "Change the tapes"
censo ticket recurring set tapes --template tapes --schedule "* * * * *" --zone Europe/Madrid
has_tapes() { [ "$(censo ticket recurring list --field last_ticket)" = REQ-1 ]; }
holds "a ticket recurs" wait_for 90 has_tapes
echo "$checks checks passed"
