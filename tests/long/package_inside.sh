#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The life of the Debian package, as process of a system with systemd: see package.sh.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 HOME=/root
config=/etc/medley/medley.yaml

step() {
    printf '== %s\n' "$*"
}

fail() {
    echo "FAILED: $*"
    systemctl status --no-pager medleyd || true
    journalctl --no-pager -u medleyd | tail -n 40
    exit 1
}

apt() {
    apt-get -qq -o Dpkg::Use-Pty=0 --no-install-recommends "$@" >/root/apt.log 2>&1 || {
        cat /root/apt.log
        fail "apt-get $*"
    }
}

show() {
    systemctl show -P "$1" medleyd
}

until_true() { # SECONDS COMMAND...
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        ((SECONDS < end)) || fail "waited in vain for: $*"
        sleep 0.2
    done
}

is_healthy() {
    curl -fsS http://127.0.0.1:9090/healthz >/dev/null 2>&1
}

has_logged() { # REGEX
    journalctl --no-pager -o cat -u medleyd | grep -q "$1"
}

is_up_again() { # OLD_PID
    [[ $(show MainPID) != "$1" && $(show ActiveState) == active ]] && is_healthy
}

step "a fresh installation starts the service"
apt install /medley.deb
[[ $(show ActiveState) == active ]] || fail "it is not active"
systemctl is-enabled medleyd || fail "it is not enabled"
curl -fsS http://127.0.0.1:8080/healthz || fail "no answer"
is_healthy || fail "no answer on the admin port"
! grep -v '"level":"\(info\|debug\)"' <(journalctl --no-pager -o cat _SYSTEMD_UNIT=medleyd.service) ||
    fail "it complained at its start"

step "it is shut in"
pid=$(show MainPID)
# CAP_NET_BIND_SERVICE, bit 10, alone.
for line in 'NoNewPrivs:	1' 'Seccomp:	2' 'CapEff:	0000000000000400' 'CapBnd:	0000000000000400'; do
    grep -q "^$line" "/proc/$pid/status" || fail "$line is not in its status"
done
[[ $(stat -c %U "/proc/$pid") == medley ]] || fail "it does not run as medley"
[[ $(stat -c %U:%a /var/lib/medley/https.pem) == medley:600 ]] || fail "others may read its key"
nsenter -t "$pid" -m touch /usr/x 2>/dev/null && fail "it may write to /usr"

step "people call each other under these limits"
/root/bench_room --server 127.0.0.1:5060 --pid "$pid" --media /root/media --video 320x180 \
    --rooms 1 --people 3 --seconds 3 --warmup 1 --json | tee /root/report
grep -qE '"legs": ?3' /root/report || fail "not everybody came in"
! grep -qE '"(fps_min|audio_pps_min)": ?0(\.0*)?[,}]' /root/report || fail "somebody saw or heard nothing"
[[ $(show MainPID) == "$pid" ]] || fail "it did not survive"

step "medleyctl finds it"
[[ $(stat -c %U:%a /run/medley/medleyd.sock) == medley:660 ]] || fail "the socket is not for its group"
medleyctl status || fail "medleyctl status"
medleyctl rooms || fail "medleyctl rooms"

step "a reload is one, and a broken file changes nothing"
printf 'log:\n  level: debug\n' >>$config
systemctl reload medleyd || fail "reload"
until_true 10 has_logged 'log.level changed: takes effect at once'
sed -i 's/level: debug/level: loud/' $config
! systemctl reload medleyd || fail "a reload with a broken file is no success"
until_true 10 has_logged "$config:[0-9]*:[0-9]*: log.level"
is_healthy || fail "a broken file ended it"
[[ $(show MainPID) == "$pid" ]] || fail "it was started anew"
sed -i '/^log:/,$d' $config

step "the watchdog hears of it, and notices when it hangs"
mkdir -p /etc/systemd/system/medleyd.service.d
printf '[Service]\nWatchdogSec=2\n' >/etc/systemd/system/medleyd.service.d/override.conf
systemctl daemon-reload
systemctl restart medleyd
pid=$(show MainPID)
sleep 6
[[ $(show MainPID) == "$pid" && $(show NRestarts) == 0 ]] || fail "the watchdog did not hear of it"
kill -STOP "$pid"
until_true 30 is_up_again "$pid"
rm -r /etc/systemd/system/medleyd.service.d
systemctl daemon-reload
systemctl restart medleyd

step "it comes back when it was killed"
pid=$(show MainPID)
kill -KILL "$pid"
until_true 10 is_up_again "$pid"

step "an upgrade keeps settings and starts the new one"
echo '# mine' >>$config
pid=$(show MainPID)
apt install --reinstall /medley.deb
until_true 10 is_up_again "$pid"
grep -q '# mine' $config || fail "the settings were overwritten"

step "it stops in good order"
systemctl stop medleyd
[[ $(show Result) == success ]] || fail "it ended by $(show Result)"
systemctl start medleyd

step "removing it ends it and leaves settings and state"
apt remove medley
! pgrep -x medleyd || fail "it still runs"
[[ -f $config && -f /var/lib/medley/https.pem ]] || fail "settings or state are gone"
[[ ! -e /usr/bin/medleyd ]] || fail "the program is still there"

step "purging it leaves nothing but a locked user"
apt purge medley
rm -f /medley.deb /root/report
find / -xdev \( -name '*medley*' -o -user medley \) -not -path '/proc/*' -not -path '/var/log/journal/*' |
    grep . && fail "this is left"
getent passwd medley | grep nologin || fail "the user is gone"
[[ -z $(systemctl --failed --plain --no-legend) ]] || fail "something else failed: $(systemctl --failed)"
echo "all is well"
