#!/usr/bin/env bash
# How well device definitions name recorded devices, and how long a device takes. The recordings are not part of
# this repository: without them beside the checkout, or in the folder that CENSO_SHARED names, there is nothing to
# measure.
set -euo pipefail
build=${1:?the build folder}
shared=${CENSO_SHARED:-$(dirname "${BASH_SOURCE[0]}")/../../../shared}
if [ ! -e "$shared/snmp-devices/devices.tar.xz" ]; then echo "no recordings beside this checkout"; exit 0; fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
tar -xJf "$shared/snmp-devices/devices.tar.xz" -C "$folder"
echo "replay of $(find "$folder/devices" -name '*.snmprec' ! -name '*@*' | wc -l) recorded devices:"
TIMEFORMAT='%U s of CPU time, %R s in all'
time "$build/censo-collector" device replay "$folder/devices" -o jsonl > "$folder/found.jsonl"
python3 "$shared/tools/score_snmp.py" "$shared/snmp-devices/expected.jsonl" "$shared/snmp-devices/vendors.tsv" "$folder/found.jsonl"
