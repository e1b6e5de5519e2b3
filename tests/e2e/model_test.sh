#!/usr/bin/env bash
# Classes added while the collector runs, items and relationships made by people, retirement and purge, with the programs as a user
# runs them. Usage: model_test.sh BUILD_DIRECTORY
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
start_collector
login

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
holds "its fault has file and line" grep -q "$work/bad.yaml:2" "$work/out"

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
