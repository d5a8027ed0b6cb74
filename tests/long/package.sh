#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The Debian package in a bare Debian with a systemd of its own: it installs, starts, does its work
# under the limits of its unit, reloads, survives, upgrades, and leaves nothing behind.
#
#   package.sh [ROOT_OF_THE_TREE]    MIRROR=http://...  MEDLEY_BUILD=a release build to take instead of a new one
#
# debootstrap makes the root file system; namespaces of its own and pivot_root make the container in
# which systemd is process 1, as container managers do it.  Its network is a pair of veth
# that leads nowhere, so no port of the machine is touched.  package_inside.sh is what runs in it.
# Exit 77: cannot be done here.
set -euo pipefail
mirror=${MIRROR:-http://deb.debian.org/debian}
here=$(dirname "$(readlink -f "$0")")

skip() {
    echo "skipped: $*"
    exit 77
}

# In namespaces of its own: becomes systemd of the system in DIR.
boot() { # DIR
    local node
    mount --bind "$1" "$1"
    cd "$1"
    mount -t proc proc proc
    mount -t sysfs -o ro sysfs sys
    mount -t tmpfs -o mode=755 tmpfs sys/fs/cgroup
    mount -t cgroup2 cgroup2 sys/fs/cgroup
    mount -t tmpfs -o mode=755 tmpfs run
    mount -t tmpfs -o mode=755 tmpfs dev
    mkdir dev/pts dev/shm
    mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
    mount -t tmpfs tmpfs dev/shm
    for node in null zero full random urandom tty; do
        touch dev/$node
        mount --bind /dev/$node dev/$node
    done
    ln -s pts/ptmx dev/ptmx
    ln -s /proc/self/fd dev/fd
    hostname medley-test
    ip link set lo up
    ip link add net0 type veth peer name net1
    ip address add 192.0.2.1/24 dev net0
    ip link set net0 up
    ip link set net1 up
    mkdir -p old
    pivot_root . old
    # shellcheck disable=SC2016
    exec env -i container=medley-test PATH=/usr/sbin:/usr/bin:/sbin:/bin \
        /bin/sh -c 'umount -l /old && exec /lib/systemd/systemd --log-target=console'
}

if [[ ${1:-} == --boot ]]; then
    boot "$2"
fi

[[ $(id -u) == 0 ]] || skip "only root can make a container"
for program in debootstrap unshare ip ffmpeg; do
    command -v $program >/dev/null || skip "no $program"
done
unshare --mount --pid --net --uts --ipc --cgroup --fork --kill-child true 2>/dev/null ||
    skip "no namespaces here"
cgroup=$(findmnt -n -t cgroup2 -o TARGET | head -n 1)
[[ -n $cgroup ]] || skip "no cgroup2 here"
# shellcheck disable=SC1091
debian=$(. /etc/os-release && [[ $ID == debian ]] && echo "$VERSION_CODENAME") ||
    skip "a package is for the Debian that it was built on"

tree=$(readlink -f "${1:-.}")
dir=$(mktemp -d "${TMPDIR:-/var/tmp}/medley-package.XXXXXX")
cgroup=$cgroup/medley-test-$$
clean() {
    # One file system only: whatever might still be mounted below is left alone.
    rm -rf --one-file-system "$dir"
    echo $$ >"${cgroup%/*}/cgroup.procs" 2>/dev/null || true
    find "$cgroup" -depth -type d -exec rmdir {} + 2>/dev/null || true
}
trap clean EXIT

build=${MEDLEY_BUILD:-$dir/build}
cmake -S "$tree" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release >/dev/null
cmake --build "$build" --target deb bench_room

root=$dir/root
debootstrap --variant=minbase "$debian" "$root" "$mirror"
cp "$build"/medley_*.deb "$root/medley.deb"
cp "$here/package_inside.sh" "$build/bench/bench_room" "$root/root/"
STREAMS_QUICK=1 "$tree/bench/streams" "$root/root/media" 320x180
cp -L /etc/resolv.conf "$root/etc/"

# The only step with a network: systemd, and what the package depends on, into the cache of apt.
export LC_ALL=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root DEBIAN_FRONTEND=noninteractive
unset TMPDIR
unshare --mount --pid --fork --kill-child --mount-proc="$root/proc" chroot "$root" /bin/bash -euc '
    printf "#!/bin/sh\nexit 101\n" >/usr/sbin/policy-rc.d
    chmod +x /usr/sbin/policy-rc.d
    apt-get -qy install --no-install-recommends systemd systemd-sysv curl
    apt-get -qy install --no-install-recommends --download-only /medley.deb
    rm /usr/sbin/policy-rc.d'

cat >"$root/etc/systemd/system/inside.service" <<'UNIT'
[Service]
Type=oneshot
ExecStart=/root/package_inside.sh
StandardOutput=file:/root/log
StandardError=file:/root/log
ExecStopPost=/bin/sh -c 'echo $EXIT_STATUS >/root/status'
ExecStopPost=/bin/systemctl --no-block exit
UNIT
mkdir -p "$root/etc/systemd/system/multi-user.target.wants"
ln -s ../inside.service "$root/etc/systemd/system/multi-user.target.wants/"

mkdir "$cgroup"
(
    echo "$BASHPID" >"$cgroup/cgroup.procs"
    exec timeout --kill-after=10 600 \
        unshare --mount --propagation private --pid --net --uts --ipc --cgroup --fork --kill-child \
        "$here/package.sh" --boot "$root" </dev/null >"$dir/boot.log" 2>&1
) || true
cat "$root/root/log" 2>/dev/null || cat "$dir/boot.log"
[[ $(cat "$root/root/status" 2>/dev/null) == 0 ]]
