#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The systemd unit is well formed and lets the daemon do little: service.sh ROOT MEDLEYD
set -eu
root=$1 medleyd=$(readlink -f "$2")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# They are not installed here, so the unit names those that were built.
sed "s|/usr/bin/medleyd|$medleyd|; s|/usr/bin/medleyctl|${medleyd%/*}/medleyctl|" \
    "$root/configs/systemd/medleyd.service" >"$dir/medleyd.service"
grep -q "^ExecReload=${medleyd%/*}/medleyctl -s /run/medley/medleyd.sock reload$" "$dir/medleyd.service"
grep -q '^  socket: /run/medley/medleyd.sock$' "$root/configs/debian/medley.yaml"
grep -q "ExecStart=$medleyd " "$dir/medleyd.service"
systemd-analyze verify --man=no "$dir/medleyd.service" 2>"$dir/complaints" || true
# It names other units of the machine too, which are none of our business.
if grep 'medleyd\.service' "$dir/complaints"; then
    exit 1
fi

# In tenths: 0 is locked up, 100 may do anything.
systemd-analyze security --offline=true --no-pager --threshold=20 "$dir/medleyd.service" >"$dir/security" || {
    cat "$dir/security"
    exit 1
}
tail -n 1 "$dir/security"

mkdir "$dir/etc"
systemd-sysusers --root="$dir" - <"$root/configs/systemd/medley.sysusers"
grep '^medley:.*:/var/lib/medley:' "$dir/etc/passwd"
grep '^medley:' "$dir/etc/group"
