#!/usr/bin/env bash
# migrate, backup, restore, check, export and import, as an operator runs them; then a collector on PostgreSQL.
# Usage: database_commands_test.sh BUILD_DIRECTORY
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
bin=$(cd "$1" && pwd)
if [ -z "${CENSO_TEST_POSTGRES:-}" ]; then
  status=0
  bash "$here/postgres.sh" run bash "${BASH_SOURCE[0]}" "$bin" || status=$?
  exit $status
fi
work=$(mktemp -d)
collector=
finish() {
  local status=$?
  [ -z "$collector" ] || { kill "$collector" 2>/dev/null || true; wait "$collector" 2>/dev/null || true; }
  [ $status = 0 ] || tail -n 20 "$work"/*.log 2>/dev/null || true
  rm -rf "$work"
  exit $status
}
trap finish EXIT

fail() { echo "FAILED: $*" >&2; exit 1; }
same() { [ "$2" = "$3" ] || fail "$1: expected '$2', found '$3'"; echo "ok: $1"; }
holds() { local what=$1; shift; "$@" >/dev/null || fail "$what"; echo "ok: $what"; }
exits() {
  local expected=$1 found=0; shift
  "$@" >"$work/out" 2>&1 || found=$?
  [ "$found" = "$expected" ] || { cat "$work/out"; fail "exit status of '$*': expected $expected, found $found"; }
  echo "ok: exit $expected: $*"
}
of() { local state=$1; shift; "$bin/censo-collector" "$@" --state-dir "$work/$state"; }
free_port() { local port=$((20000 + RANDOM % 20000)); while ss -Htuln | grep -q ":$port "; do port=$((port + 1)); done; echo $port; }
start() { # start STATE
  port=$(free_port)
  # Not through of(): its process would be a shell around the collector, and that is what stop() would end.
  "$bin/censo-collector" run --state-dir "$work/$1" --listen "127.0.0.1:$port" \
    --agent-listen "127.0.0.1:$((port + 1))" >>"$work/$1.log" 2>&1 &
  collector=$!
  local until=$((SECONDS + 20))
  until curl -fsS --cacert "$work/$1/ca/ca.pem" "https://localhost:$port/healthz" >/dev/null 2>&1; do
    [ $SECONDS -lt $until ] || fail "the collector does not answer"
    sleep 0.1
  done
}
stop() { kill "$collector"; wait "$collector" || true; collector=; }
ask() { curl -fsS --cacert "$work/$1/ca/ca.pem" -H "Authorization: Bearer $2" "https://localhost:$port$3"; }

exits 1 of first backup "$work/none"
start first
token=$(of first token create --role admin --name test)
curl -fsS --cacert "$work/first/ca/ca.pem" -H "Authorization: Bearer $token" -H 'Content-Type: application/json' \
  -d '{"title":"The printer smokes"}' "https://localhost:$port/api/v1/tickets" >/dev/null
holds "a backup is made while the collector runs" of first backup "$work/backup"
exits 1 of first backup "$work/backup"
same "nothing is found in a sound database" "nothing found" "$(of first check)"
same "the schema is up to date" "up to date" "$(of first migrate --dry-run | sed 's/.*: //')"
stop

holds "a backup is restored into an empty folder" of second restore "$work/backup"
exits 1 of second restore "$work/backup"
holds "what is in the way is moved aside, not lost" of second restore --force "$work/backup"
same "the old database is kept" 1 "$(ls "$work/second" | grep -c 'censo.db.before-restore-[0-9]*$')"
same "the authority is the same" "$(sha256sum <"$work/first/ca/ca.key")" "$(sha256sum <"$work/second/ca/ca.key")"
start second
same "the ticket is there, by the old token" "The printer smokes" "$(ask second "$token" /api/v1/tickets/INC-1 | jq -r .title)"
stop

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
start first
same "a collector answers from PostgreSQL" "The printer smokes" "$(ask first "$token" /api/v1/tickets/INC-1 | jq -r .title)"
stop
same "a password in the URL is not shown" "database = postgresql://ana:***@db/censo" \
  "$(CENSO_DATABASE=postgresql://ana:secret@db/censo of first config show | grep '^database =')"
CENSO_DATABASE=postgresql://ana:secret@localhost:1/censo exits 1 of first check
holds "nor in a message" bash -c "! grep -q secret '$work/out'"
