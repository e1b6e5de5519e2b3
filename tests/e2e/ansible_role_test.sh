#!/usr/bin/env bash
# The Ansible role and the unit, on throw-away copies of this machine that systemd boots in a container: with a package at hand and from the
# collector, twice each, and what the agent may do there. `./dev package censo-agent` makes the package first.
# Usage: ansible_role_test.sh BUILD_DIRECTORY
for program in ansible-playbook systemd-nspawn; do
  command -v $program >/dev/null || { echo "needs $program: apt-get install ansible-core python3-apt systemd-container"; exit 77; }
done
. "$(dirname "${BASH_SOURCE[0]}")/own_root.sh"
roles=$(realpath "$(dirname "$0")/../../packaging/ansible/roles")
export CENSO_AGENT_PACKAGES=$packages
start_collector
login

# In the container: the play twice, then what became of the service.
inside() {
  cat <<'TEXT'
exec >/play/log 2>&1
export HOME=/play ANSIBLE_ROLES_PATH=/play/roles ANSIBLE_NOCOLOR=1 LC_ALL=C.UTF-8
cd /play
for run in first second; do ansible-playbook -i localhost, -c local play.yml >$run.log 2>&1; echo "$run $?"; done
for try in $(seq 150); do journalctl -u censo-agent | grep -q 'report.accepted' && break; sleep 0.2; done
systemctl is-active censo-agent; systemctl is-enabled censo-agent
journalctl -u censo-agent -o cat >journal
cat "/proc/$(systemctl show -P MainPID censo-agent)/status" >status
censo-agent config show >config
TEXT
}
# boots VARIABLES: a fresh copy; leaves $work/root/play
boots() {
  fresh_root
  mkdir "$work/root/play"
  cp -r "$roles" "$work/root/play/roles"
  cp "$deb" "$work/root/play/agent.deb"
  inside >"$work/root/play/inside.sh"
  printf -- '- hosts: localhost\n  gather_facts: false\n  roles: [censo_agent]\n  vars:\n' >"$work/root/play/play.yml"
  sed 's/^/    /' >>"$work/root/play/play.yml"
  printf '[Unit]\nRequires=basic.target\nAfter=basic.target\n[Service]\nType=oneshot\nExecStart=/bin/bash /play/inside.sh\nExecStopPost=/bin/systemctl poweroff -ff\n' \
    >"$work/root/etc/systemd/system/play.service"
  timeout 200 systemd-nspawn -q -D "$work/root" --register=no --keep-unit --console=pipe --link-journal=no -b -- --unit=play.service \
    </dev/null >"$work/boot.log" 2>&1 || true
  [ -e "$work/root/play/log" ] || { echo "systemd does not boot here: $(tail -1 "$work/boot.log")"; exit 77; }
}
# does WHAT: the play's outcome, the same for every way of installing
does() {
  local play=$work/root/play
  cp "$play"/{first,second}.log "$work/"
  holds "$1: the role runs" grep -qx "first 0" "$play/log"
  holds "$1: and again" grep -qx "second 0" "$play/log"
  holds "$1: where there is nothing left to do" grep -qE 'changed=0 .*failed=0' "$play/second.log"
  holds "$1: the service runs" grep -qx active "$play/log"
  holds "$1: and starts with the machine" grep -qx enabled "$play/log"
  holds "$1: it reports" grep -q report.accepted "$play/journal"
  lacks "$1: without problems of its own" grep -qE '"level":"error"' "$play/journal"
  holds "$1: the settings are in force" grep -qE 'inventory.interval +2h' "$play/config"
}
status() { awk -v name="$1:" '$1 == name { print $2 }' "$work/root/play/status"; }

boots <<TEXT
censo_agent_package: /play/agent.deb
censo_server_url: $url
censo_token: $(censo agent token new --name play --field token)
censo_agent_settings: {inventory: {interval: 2h, start_splay: 0s, tags: [by-ansible]}}
TEXT
does "from a package"
same "its user is not root" "$(awk -F: '$1 == "censo-agent" { print $3 }' "$work/root/etc/passwd")" "$(status Uid)"
same "it may read, and nothing else" 0000000000000004 "$(status CapEff)"
same "nor ever more" "0000000000000004 1 2" "$(status CapBnd) $(status NoNewPrivs) $(status Seccomp)"

made=$(censo agent token new --name play2 -o json)
boots <<TEXT
censo_server_url: $url
censo_server_pin: $(jq -r .server_pin <<<"$made")
censo_token: $(jq -r .token <<<"$made")
censo_agent_settings: {inventory: {interval: 2h, start_splay: 0s}}
TEXT
does "from the collector"
same "the collector has both" 2 "$(censo agent list -o json | jq '.items | length')"
echo "$checks checks"
