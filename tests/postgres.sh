#!/usr/bin/env bash
# A PostgreSQL of our own for tests: in a temporary folder, on a Unix socket, under a user without rights.
#   postgres.sh run COMMAND...   starts one, runs COMMAND with CENSO_TEST_POSTGRES set, stops it whatever happens; in memory
#                                (/dev/shm) where 2 GiB are free there, else in $TMPDIR
#   postgres.sh start FOLDER | kill FOLDER | stop FOLDER    one that survives the call; kill is SIGKILL for all its processes
# When CENSO_TEST_POSTGRES is set already, `run` uses that server. Exit status 77: no PostgreSQL is installed.
set -euo pipefail

bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1 || true)
[ -n "$bin" ] || { echo "no PostgreSQL is installed" >&2; exit 77; }

as_server() {
  if [ "$(id -u)" = 0 ]; then setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; else "$@"; fi
}

# Durable by default: the tests of crashes need it. CENSO_TEST_FSYNC=off for the rest.
start() {
  local folder=$1
  if [ ! -d "$folder/data" ]; then
    [ "$(id -u)" != 0 ] || chown postgres "$folder"
    as_server "$bin/initdb" -D "$folder/data" -U censo -A trust -E UTF8 --locale=C --no-sync >"$folder/initdb.log" 2>&1 ||
      { cat "$folder/initdb.log" >&2; exit 1; }
  fi
  as_server "$bin/pg_ctl" -D "$folder/data" -l "$folder/data/log" -w -t 60 start -o "-c listen_addresses='' -k $folder \
    -c fsync=${CENSO_TEST_FSYNC:-on} -c full_page_writes=${CENSO_TEST_FSYNC:-on} -c shared_buffers=64MB -c autovacuum=off \
    -c max_connections=60 -c wal_level=minimal -c max_wal_senders=0" >/dev/null || { tail -5 "$folder/data/log" >&2; exit 1; }
}

kill_all() {
  local master; master=$(head -1 "$1/data/postmaster.pid")
  local processes; processes=$(ps -o pid= --ppid "$master" || true)
  kill -9 "$master" $processes 2>/dev/null || true
  while kill -0 "$master" $processes 2>/dev/null; do sleep 0.02; done
}

# Where a server may lie that is gone with its tests.
place() {
  local free; free=$(df --output=avail -B1 /dev/shm 2>/dev/null | tail -1 || true)
  if [ -w /dev/shm ] && [ "${free:-0}" -ge $((2 * 1024 * 1024 * 1024)) ]; then echo /dev/shm; else echo "${TMPDIR:-/tmp}"; fi
}

case ${1:?} in
  start) start "$2" ;;
  kill) kill_all "$2" ;;
  stop) as_server "$bin/pg_ctl" -D "$2/data" -w -m immediate stop >/dev/null ;;
  run)
    shift
    [ -z "${CENSO_TEST_POSTGRES:-}" ] || exec "$@"
    folder=$(mktemp -d "$(place)/censo-pg-XXXXXX")
    finish() {
      as_server "$bin/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true
      rm -rf "$folder"
    }
    trap finish EXIT
    trap 'exit 143' TERM INT
    chmod 755 "$folder"
    CENSO_TEST_FSYNC=off start "$folder"
    CENSO_TEST_POSTGRES="postgresql:///postgres?host=$folder&user=censo" "$@"
    ;;
  *) exit 2 ;;
esac
