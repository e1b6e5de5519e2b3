#!/usr/bin/env bash
# The agent's packages on a throw-away copy of this machine (an overlay that a chroot enters): installed by one line, run, upgraded, removed,
# purged; deb and rpm. `./dev package censo-agent` makes them first.
# Usage: packages_test.sh BUILD_DIRECTORY
. "$(dirname "${BASH_SOURCE[0]}")/own_root.sh"
for folder in proc sys dev; do mount --rbind "/$folder" "$work/root/$folder"; done
mount -t tmpfs tmpfs "$work/root/tmp"
in_root() { chroot "$work/root" env -u CENSO_CLI_CONFIG DEBIAN_FRONTEND=noninteractive "$@"; }
lacks "the machine has no agent of its own" in_root test -e /usr/bin/censo-agent

holds "the unit is rated 2.3 or better" systemd-analyze security --offline=true --threshold=23 --no-pager "$(dirname "$0")/../../packaging/systemd/censo-agent.service"

export CENSO_AGENT_PACKAGES=$packages
start_collector
login

# One line, as the collector prints it.
line=$(censo agent token new --name line 2>&1 >/dev/null | grep -o 'curl .*')
holds "a new token comes with the line that installs" grep -q "pinnedpubkey 'sha256//" <<<"$line"
lacks "another key than the pinned one is not believed" in_root sh -c "$(sed "s|sha256//.|sha256//_|; s/ | sudo.*//" <<<"$line")"
holds "the line installs, enrols and reports" in_root sh -c "$(sed 's/| sudo sh/| sh/' <<<"$line")"
same "the collector has one agent" 1 "$(censo agent list -o json | jq '.items | length')"
holds "which has reported" test "$(censo agent list -o json | jq -r '.items[0].ci.name')" != null
for file in /usr/lib/systemd/system/censo-agent.service /usr/lib/sysusers.d/censo-agent.conf /usr/share/man/man8/censo-agent.8.gz \
  /usr/share/bash-completion/completions/censo-agent /etc/censo-agent/agent.yaml; do
  holds "$file is there" in_root test -s "$file"
done
same "the state is the agent's alone" "censo-agent 700" "$(in_root stat -c '%U %a' /var/lib/censo-agent)"
holds "commands are completed" in_root bash -c 'source /usr/share/bash-completion/completions/censo-agent; COMP_WORDS=(censo-agent inv); COMP_CWORD=1; _censo censo-agent; [ "${COMPREPLY[*]}" = inventory ]'
size=$(in_root stat -c %s /usr/bin/censo-agent)
echo "installed size of the program, stripped: $size bytes"

# Upgrade
id=$(in_root censo-agent status -o json | jq -r .agent_id)
echo 'inventory: {interval: 2h}' >"$work/root/etc/censo-agent/agent.yaml"
echo 'inventory: {tags: [mine]}' >"$work/root/etc/censo-agent/conf.d/own.yaml"
dpkg-deb -R "$deb" "$work/next"
sed -i 's/^Version: .*/Version: 99.0/' "$work/next/DEBIAN/control"
echo '# another default' >>"$work/next/etc/censo-agent/agent.yaml"
dpkg-deb --root-owner-group -b "$work/next" "$work/root/tmp/next.deb" >/dev/null
holds "an upgrade" in_root dpkg -i --force-confold /tmp/next.deb
same "keeps the settings" "2h 99.0" "$(in_root censo-agent config show | awk '/inventory.interval/ {print $2}') $(in_root dpkg-query -W -f '${Version}' censo-agent)"
same "and conf.d" "inventory: {tags: [mine]}" "$(in_root cat /etc/censo-agent/conf.d/own.yaml)"
same "and the identity" "$id" "$(in_root censo-agent status -o json | jq -r .agent_id)"
holds "and reports" in_root censo-agent run --once

# Removal, purge
holds "a removal" in_root dpkg -r censo-agent
lacks "takes the program" in_root test -e /usr/bin/censo-agent
holds "and leaves identity and settings" in_root test -s /var/lib/censo-agent/enrolment.json -a -s /etc/censo-agent/conf.d/own.yaml
holds "a purge" in_root dpkg -P censo-agent
same "leaves nothing" "" "$(in_root find /etc /usr /var -xdev -name '*censo-agent*' -not -path '*/dpkg/*' -not -path '/usr/src/*' | head)"
lacks "nor the user" in_root getent passwd censo-agent

# The environment of the installation enrols, too.
cp "$deb" "$work/root/tmp/first.deb"
holds "an installation with a token in its environment" in_root env CENSO_SERVER_URL="$url" CENSO_TOKEN="$(censo agent token new --field token)" dpkg -i /tmp/first.deb
holds "is enrolled" in_root test -s /var/lib/censo-agent/enrolment.json
holds "(purged)" in_root dpkg -P censo-agent

# rpm, beside dpkg: its own database, dependencies unknown to it.
cp "$rpm" "$work/root/tmp/agent.rpm"
rpm() { in_root rpm --dbpath /tmp/rpmdb "$@"; }
holds "rpm installs" rpm -i --nodeps /tmp/agent.rpm
holds "and it runs" in_root censo-agent inventory
echo 'inventory: {interval: 3h}' >"$work/root/etc/censo-agent/agent.yaml"
holds "rpm installs anew" rpm -U --nodeps --replacepkgs /tmp/agent.rpm
same "and keeps the settings" "3h" "$(in_root censo-agent config show | awk '/inventory.interval/ {print $2}')"
holds "rpm removes" rpm -e --nodeps censo-agent
lacks "the program" in_root test -e /usr/bin/censo-agent

# What the packaged program is linked without (packaging/lean/left_out.txt) is missed nowhere: it finds what the one with all of its libraries finds.
mkdir -p "$work/root/etc/nginx" "$work/root/var/lib/rpm"
certificate() { in_root openssl req -x509 -nodes -days 30 -subj "/CN=$1" -keyout /dev/null -out "/tmp/$1.pem" "${@:2}" 2>/dev/null && echo "ssl_certificate /tmp/$1.pem;" >>"$work/root/etc/nginx/nginx.conf"; }
rm -f "$work/root/etc/nginx/nginx.conf"
certificate rsa -newkey rsa:2048
certificate rsa-pss -newkey rsa-pss -pkeyopt rsa_keygen_bits:2048
for curve in P-256 P-384 P-521 secp224r1 sect283k1 brainpoolP256r1 SM2; do certificate "$curve" -newkey ec -pkeyopt "ec_paramgen_curve:$curve" || true; done
for kind in ed25519 ed448; do certificate "$kind" -newkey "$kind"; done
in_root openssl dsaparam -out /tmp/dsa 1024 2>/dev/null && certificate dsa -newkey dsa:/tmp/dsa
holds "rpm has packages in its usual place" in_root rpm --dbpath /var/lib/rpm -i --justdb --nodeps /tmp/agent.rpm
cp "$bin/censo-agent" "$work/root/tmp/whole"
in_root dpkg -i /tmp/first.deb >/dev/null
found() { in_root "$@" inventory -o json | jq -S '[.sections[] | select(.name == "certificates" or .name == "rpm" or .name == "dpkg")]'; }
whole=$(found /tmp/whole)
same "certificates of all kinds of keys, and a package of rpm" "true 1" "$(jq -r '.[] | select(.name == "certificates") | .items | length >= 10' <<<"$whole") $(jq '.[] | select(.name == "rpm") | .items | length' <<<"$whole")"
same "are the same to both programs" "$whole" "$(found censo-agent)"
echo "$checks checks"
