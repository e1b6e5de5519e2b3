#!/usr/bin/env bash
# Classes added while the collector runs, items and relationships made by people, retirement and purge, with the programs as a user
# runs them. Usage: model_test.sh BUILD_DIRECTORY
set -euo pipefail
bin=$1
work=$(mktemp -d)
pids=()
export CENSO_CLI_CONFIG=$work/censo.json
checks=0

finish() {
  local status=$?
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  if [ $status != 0 ]; then
    echo "--- the collector's log, its end:"; tail -30 "$work/collector.log" 2>/dev/null || true
  fi
  rm -rf "$work"
  exit $status
}
trap finish EXIT

fail() { echo "FAILED: $*" >&2; exit 1; }
same() { checks=$((checks + 1)); [ "$2" = "$3" ] || fail "$1: expected '$2', found '$3'"; echo "ok: $1"; }
holds() { local what=$1; shift; checks=$((checks + 1)); "$@" >/dev/null || fail "$what"; echo "ok: $what"; }
censo() { "$bin/censo" "$@"; }
# exits STATUS COMMAND...
exits() {
  local expected=$1 found=0; shift
  "$@" >"$work/out" 2>&1 || found=$?
  [ "$found" = "$expected" ] || { cat "$work/out"; fail "exit status of '$*': expected $expected, found $found"; }
  checks=$((checks + 1)); echo "ok: exit $expected: $*"
}
wait_for() { local until=$((SECONDS + $1)); shift; until "$@" >/dev/null 2>&1; do [ $SECONDS -lt $until ] || return 1; sleep 0.1; done; }

api=$((20000 + RANDOM % 20000))
while ss -Htuln | grep -q ":$api "; do api=$((api + 2)); done
url=https://localhost:$api
start_collector() {
  "$bin/censo-collector" run --state-dir "$work/collector" --listen "127.0.0.1:$api" --agent-listen "127.0.0.1:$((api + 1))" \
    >>"$work/collector.log" 2>&1 &
  collector=$!
  pids+=("$collector")
  wait_for 20 curl -fsS --cacert "$work/collector/ca/ca.pem" "$url/healthz" || fail "the collector does not answer"
}
start_collector
censo login "$url" --ca "$work/collector/ca/ca.pem" --token-file "$work/collector/admin-token"

# Classes
cat >"$work/robot.yaml" <<'YAML'
class: robot
extends: hardware
label: {en: Robot, es: Robot}
identity: [{rule: robot, attributes: [serial_number]}]
attributes:
  arms: {type: integer, min: 0, label: {en: Arms, es: Brazos}}
YAML
censo class add "$work/robot.yaml" --dry-run
exits 3 "$bin/censo" class show robot
censo class add "$work/robot.yaml"
same "a class is there without a restart" robot "$(censo class show robot --field class)"
exits 5 "$bin/censo" class add "$work/robot.yaml"
printf 'class: bad\nextends: ghost\nlabel: {en: B, es: B}\n' >"$work/bad.yaml"
exits 1 "$bin/censo" class add "$work/bad.yaml"
holds "its fault has file and line" grep -q 'classes/bad.yaml:2' "$work/out"

# Items
censo ci new --class robot --name r2 serial_number=S1234567 arms=2
same "an item made by hand has its values" 2 "$(censo ci show r2 -o json | jq .attributes.arms)"
exits 1 "$bin/censo" ci set r2 arms=many
exits 5 "$bin/censo" class remove robot
holds "the items in the way are named" grep -q "$(censo ci show r2 --field id)" "$work/out"
censo ci set r2 location=Madrid --dry-run
same "a dry run changes nothing" null "$(censo ci show r2 -o json | jq .attributes.location)"
censo ci set r2 location=Madrid
same "a value is locked by who set it" location "$(censo ci show r2 -o json | jq -r '.locks[] | select(.attribute == "location").attribute')"
censo ci release r2 location
same "a released value is gone" null "$(censo ci show r2 -o json | jq .attributes.location)"
censo ci stage r2 stock --status in_repair
same "the stage" stock "$(censo ci show r2 --field stage)"

# Relationships
censo ci new --class rack --name rack-1 room=A
censo relate r2 located_in rack-1 --note 'seen there' --expires 30d
same "a relationship of a person" person "$(curl -fsS --cacert "$work/collector/ca/ca.pem" \
  -H "Authorization: Bearer $(cat "$work/collector/admin-token")" "$url/api/v1/cis/r2/relationships" | jq -r '.items[0].origin')"
censo ci new --class rack --name rack-2 room=A
exits 5 "$bin/censo" relate r2 located_in rack-2
censo unrelate r2 located_in rack-1
censo relate r2 located_in rack-2
censo lock r2 located_in rack-2 --not-so
exits 5 "$bin/censo" relate r2 located_in rack-2
censo unlock r2 located_in rack-2
censo relate r2 located_in rack-2

# The end
censo ci retire r2 --status disposed
same "a retired item is not listed" "" "$(censo ci list --class robot --field name)"
exits 2 "$bin/censo" ci purge r2
censo ci purge r2 --yes --reason 'sold' >/dev/null
exits 3 "$bin/censo" ci show r2
same "the purge is logged" sold "$(censo ci purges --field reason)"

# After a restart
kill "$collector"; wait "$collector" || true
start_collector
same "users' classes are there after a restart" robot "$(censo class show robot --field class)"
censo class remove robot
exits 3 "$bin/censo" class show robot
echo "$checks checks"
