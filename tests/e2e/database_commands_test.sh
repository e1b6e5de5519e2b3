#!/usr/bin/env bash
# migrate, backup, restore, check, export and import, as an operator runs them; then a collector on PostgreSQL.
# Usage: database_commands_test.sh BUILD_DIRECTORY
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
if [ -z "${CENSO_TEST_POSTGRES:-}" ]; then exec bash "$here/postgres.sh" run bash "${BASH_SOURCE[0]}" "$(cd "$1" && pwd)"; fi
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
of() { local state=$1; shift; "$bin/censo-collector" "$@" --state-dir "$work/$state"; }
ask() { curl -fsS --cacert "$work/$1/ca/ca.pem" -H "Authorization: Bearer $2" "$url$3"; }

exits 1 of first backup "$work/none"
start_collector first
token=$(of first token create --role admin --name test)
curl -fsS --cacert "$work/first/ca/ca.pem" -H "Authorization: Bearer $token" -H 'Content-Type: application/json' \
  -d '{"title":"The printer smokes"}' "$url/api/v1/tickets" >/dev/null
holds "a backup is made while the collector runs" of first backup "$work/backup"
exits 1 of first backup "$work/backup"
same "nothing is found in a sound database" "nothing found" "$(of first check)"
same "the schema is up to date" "up to date" "$(of first migrate --dry-run | sed 's/.*: //')"
stop_collector

holds "a backup is restored into an empty folder" of second restore "$work/backup"
exits 1 of second restore "$work/backup"
holds "what is in the way is moved aside, not lost" of second restore --force "$work/backup"
same "the old database is kept" 1 "$(ls "$work/second" | grep -c 'censo.db.before-restore-[0-9]*$')"
same "the authority is the same" "$(sha256sum <"$work/first/ca/ca.key")" "$(sha256sum <"$work/second/ca/ca.key")"
start_collector second
same "the ticket is there, by the old token" "The printer smokes" "$(ask second "$token" /api/v1/tickets/INC-1 | jq -r .title)"
stop_collector

head -c -10 "$work/backup" >"$work/cut"
exits 1 of third restore "$work/cut"
holds "the message says where" grep -q "byte [0-9]" "$work/out"
holds "a refused restore leaves no database" test ! -e "$work/third/censo.db"

of first export "$work/export" >/dev/null
export CENSO_DATABASE="$CENSO_TEST_POSTGRES"
holds "SQLite's export is imported into PostgreSQL" of first import "$work/export"
exits 1 of first import "$work/export"
of first export "$work/again" >/dev/null
holds "and exported again as the same bytes" cmp "$work/export" "$work/again"
same "nothing is found there either" "nothing found" "$(of first check)"
start_collector first
same "a collector answers from PostgreSQL" "The printer smokes" "$(ask first "$token" /api/v1/tickets/INC-1 | jq -r .title)"
stop_collector
same "a password in the URL is not shown" "database = postgresql://ana:***@db/censo" \
  "$(CENSO_DATABASE=postgresql://ana:secret@db/censo of first config show | grep '^database =')"
CENSO_DATABASE=postgresql://ana:secret@localhost:1/censo exits 1 of first check
holds "nor in a message" bash -c "! grep -q secret '$work/out'"
