#!/usr/bin/env bash
# The desk's mail through a real Postfix and a real Dovecot, both processes of this script: a known person writes, is told the number,
# answers; files, strangers, loops, a server that is away. Usage: mail_test.sh BUILD_DIRECTORY
for program in /usr/sbin/postfix /usr/sbin/dovecot; do
  [ -x $program ] || { echo "skipped: $program is not installed"; exit 77; }
done
[ "$(id -u)" = 0 ] || { echo "skipped: Postfix starts as root alone"; exit 77; }
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
chmod 755 "$work"
smtps=$(free_port)
imaps=$((smtps + 1))
mail=$work/mail
mkdir -p "$mail"/{queue,data,conf,dovecot/run,dovecot/state,home} "$mail"/box/{desk,luis}/{new,cur,tmp}
chown postfix "$mail/data"
chown -R nobody:nogroup "$mail/box" "$mail/home"
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$mail/key.pem" -out "$mail/cert.pem" -days 2 -subj /CN=localhost \
  -addext subjectAltName=DNS:localhost,IP:127.0.0.1 2>/dev/null

cat >"$mail/conf/main.cf" <<CONF
compatibility_level = 3.6
queue_directory = $mail/queue
data_directory = $mail/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.example.org
mydestination =
mynetworks = 127.0.0.0/8
virtual_mailbox_domains = example.org
virtual_mailbox_base = $mail/box
virtual_mailbox_maps = inline:{desk@example.org=desk/, luis@example.org=luis/}
virtual_uid_maps = static:$(id -u nobody)
virtual_gid_maps = static:$(id -g nobody)
virtual_alias_maps =
alias_maps =
smtpd_tls_cert_file = $mail/cert.pem
smtpd_tls_key_file = $mail/key.pem
smtpd_recipient_restrictions = permit_mynetworks, reject
maillog_file = $mail/queue/log
maillog_file_prefixes = $work
CONF
cat >"$mail/conf/master.cf" <<CONF
127.0.0.1:$smtps inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
postlog unix-dgram n - n - 1 postlogd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
CONF
cat >"$mail/dovecot/conf" <<CONF
base_dir = $mail/dovecot/run
state_dir = $mail/dovecot/state
log_path = $work/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <$mail/cert.pem
ssl_key = <$mail/key.pem
mail_location = maildir:$mail/box/desk
mail_uid = nobody
first_valid_uid = 1
first_valid_gid = 1
service imap-login {
  inet_listener imap {
    port = 0
  }
  inet_listener imaps {
    address = 127.0.0.1
    port = $imaps
    ssl = yes
  }
}
passdb {
  driver = static
  args = password=hush
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=$mail/home
}
CONF
postfix_runs=
release_own() { [ -z "$postfix_runs" ] || postfix -c "$mail/conf" stop >/dev/null 2>&1 || true; }
start_postfix() { postfix -c "$mail/conf" start >"$work/postfix.log" 2>&1 || fail "Postfix does not start"; postfix_runs=yes; }
/usr/sbin/dovecot -F -c "$mail/dovecot/conf" >"$work/dovecot.out.log" 2>&1 &
pids+=("$!")
start_postfix

start_collector
login
echo hush >"$work/password"
censo mail set out localhost --port "$smtps" --address desk@example.org --name "Service desk" --ca "$mail/cert.pem" >/dev/null
censo mail set in localhost --port "$imaps" --address desk@example.org --user desk --password-file "$work/password" --ca "$mail/cert.pem" >/dev/null
censo mail address set luis luis@example.org
holds "a test mail is taken" censo mail test luis@example.org
arrived() { ls "$mail/box/luis/new" | wc -l; }
wait_for 30 test -n "$(ls "$mail/box/luis/new")" || fail "it does not arrive"
rm -f "$mail"/box/luis/new/*
read_once() { [ "$(censo mail show -o json | jq -r '.items[] | select(.way == "in") | .checked_at')" != null ]; }
wait_for 60 read_once || fail "the folder is not read"
same "the folder can be read" "" "$(censo mail show -o json | jq -r '.items[] | select(.way == "in") | .problem')"

# send FROM FILE: to the desk
send() {
  curl -sS --cacert "$mail/cert.pem" "smtps://localhost:$smtps" --mail-from "$1" --mail-rcpt desk@example.org -T "$2"
}
received() { [ "$(censo mail received -o json | jq '.items | length')" = "$1" ]; }

cat >"$work/first" <<'MAIL'
From: Luis <luis@example.org>
To: desk@example.org
Subject: The shop is slow
Message-ID: <first@example.org>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/html; charset=utf-8

<p>Since <b>noon</b>.</p><script>alert(1)</script>
--b
Content-Disposition: attachment; filename=../../shop.bat

ping 10.0.0.1
--b--
MAIL
send luis@example.org "$work/first"
wait_for 90 received 1 || fail "the mail does not come in"
same "a known person's mail opens an incident" "The shop is slow" "$(censo ticket show INC-1 --field title)"
same "HTML becomes text" "Since noon." "$(censo ticket show INC-1 --field description)"
same "its file is attached, under a name that does nothing" shop.bat.txt "$(censo ticket attachments INC-1 --field name)"
wait_for 60 test -n "$(ls "$mail/box/luis/new")" || true
told() { [ "$(arrived)" -ge "$1" ]; }
wait_for 60 told 1 || fail "the requester is not told the number"
notice=$(cat "$mail"/box/luis/new/*)
holds "the notice names the number" grep -q 'Subject: \[INC-1\] The shop is slow' <<<"$notice"
holds "and answers his mail" grep -q '^In-Reply-To: <first@example.org>' <<<"$notice"
id=$(grep -i '^Message-Id:' <<<"$notice" | head -1 | sed 's/.*<\(.*\)>.*/\1/')

printf 'From: luis@example.org\nTo: desk@example.org\nSubject: Re: whatever\nMessage-ID: <second@example.org>\nIn-Reply-To: <%s>\n\nIt still is.\n\nOn Friday, Service desk wrote:\n> --- Write your answer above this line ---\n> Your incident\n' "$id" >"$work/second"
send luis@example.org "$work/second"
wait_for 90 received 2 || fail "the answer does not come in"
same "an answer is a comment, without what it quotes" "It still is." "$(censo ticket show INC-1 -o json | jq -r '.notes.items[0].text')"

printf 'From: stranger@elsewhere.example\nSubject: Hello\nMessage-ID: <third@elsewhere.example>\n\nBuy.\n' >"$work/third"
send stranger@elsewhere.example "$work/third"
wait_for 90 received 3 || fail "the stranger's mail does not come in"
waiting=$(censo mail received --waiting --field id)
same "a stranger waits, and is placed" INC-2 "$(censo mail place "$waiting" --requester luis --field number)"

printf 'From: luis@example.org\nSubject: Away\nAuto-Submitted: auto-replied\nMessage-ID: <fourth@example.org>\n\nI am away.\n' >"$work/fourth"
send luis@example.org "$work/fourth"
wait_for 90 received 4 || fail "the absence note does not come in"
same "an absence note is dropped" dropped "$(censo mail received --field outcome | head -1)"

postfix -c "$mail/conf" stop >/dev/null 2>&1
postfix_runs=
censo ticket comment INC-1 "Which browser?"
waits() { [ "$(censo mail list --state waiting -o json | jq '[.items[] | select(.tries > 0)] | length')" -ge 1 ]; }
wait_for 60 waits || fail "no try is made"
start_postfix
rm -f "$mail"/box/luis/new/*
censo mail retry "$(censo mail list --state waiting --field id | head -1)"
wait_for 60 told 1 || fail "what waited does not arrive"
passed "what could not be sent waits and arrives"
echo "$checks checks passed"
