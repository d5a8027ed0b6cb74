#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The two commands of the README do all the set-up on a bare Debian:
# debootstrap one into a temporary folder, clone the tree into it, and run them there.
#
#   fresh_debian.sh [ROOT_OF_THE_TREE]     DEBIAN=bookworm|trixie  MIRROR=http://...
#
# All mounts are made in a mount namespace of their own, so that they are gone
# with its last process and the folder can be removed safely.  The network is the
# machine's, so Medley's ports must be free.  Exit 77: cannot be done here.
set -euo pipefail
debian=${DEBIAN:-bookworm} mirror=${MIRROR:-http://deb.debian.org/debian}

skip() {
    echo "skipped: $*"
    exit 77
}

inside() { # DIR; in namespaces of its own
    local dir=$1
    mount -t proc proc "$dir/proc"
    mount --rbind /dev "$dir/dev"
    mount --rbind /sys "$dir/sys"
    mount -t tmpfs tmpfs "$dir/dev/shm"
    chroot "$dir" /bin/bash -euxc '
        cd /opt/medley
        ./mcu/up
        curl -fsS http://localhost:8080/healthz
        ./mcu/up | grep "running already"
        ./mcu/up stop
        time ./tests/run'
}

if [[ ${1:-} == --inside ]]; then
    inside "$2"
    exit
fi

[[ $(id -u) == 0 ]] || skip "only root can make a chroot"
command -v debootstrap >/dev/null || skip "no debootstrap"
unshare --mount --pid --fork --kill-child true 2>/dev/null || skip "no namespaces here"

tree=$(readlink -f "${1:-.}")
dir=$(mktemp -d "${TMPDIR:-/var/tmp}/medley-debian.XXXXXX")
# One file system only: whatever might still be mounted below is left alone.
trap 'rm -rf --one-file-system "$dir"' EXIT

debootstrap --variant=minbase "$debian" "$dir" "$mirror"
printf '#!/bin/sh\nexit 101\n' >"$dir/usr/sbin/policy-rc.d" # no service starts in there
chmod +x "$dir/usr/sbin/policy-rc.d"
cp -L /etc/resolv.conf /etc/hosts "$dir/etc/"
# Whom the machine trusts, for npm behind a registry of one's own.
if [[ -f /etc/ssl/certs/ca-certificates.crt ]]; then
    cp -L /etc/ssl/certs/ca-certificates.crt "$dir/etc/machine-ca.crt"
    export NODE_EXTRA_CA_CERTS=/etc/machine-ca.crt npm_config_cafile=/etc/machine-ca.crt
fi
git -c safe.directory='*' clone -q --no-local "$tree" "$dir/opt/medley"

export LC_ALL=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
unset TMPDIR
unshare --mount --propagation private --pid --fork --kill-child "$0" --inside "$dir"
