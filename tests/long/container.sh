#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The steps of configs/Containerfile, one after the other, where there is no container engine: each
# stage is a debootstrapped folder, RUN is a chroot.  Then the image's program starts as the image's user,
# is found healthy by the image's check, and ends by the image's signal.
#
#   container.sh [ROOT_OF_THE_TREE]     MIRROR=http://...
#
# Exit 77: cannot be done here.
set -euo pipefail
mirror=${MIRROR:-http://deb.debian.org/debian}

skip() {
    echo "skipped: $*"
    exit 77
}

[[ $(id -u) == 0 ]] || skip "only root can make a chroot"
for program in debootstrap unshare ip setpriv; do
    command -v $program >/dev/null || skip "no $program"
done
unshare --mount --pid --net --fork --kill-child true 2>/dev/null || skip "no namespaces here"

cd "${1:-.}"
dir=$(mktemp -d "${TMPDIR:-/var/tmp}/medley-container.XXXXXX")
trap 'rm -rf --one-file-system "$dir"' EXIT
unset TMPDIR
export LC_ALL=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root DEBIAN_FRONTEND=noninteractive

stage='' workdir=/ user=root entrypoint='' health=''

# A list as JSON has it, of texts without quotes or commas in them, as lines.
words() {
    sed -e 's/^\[ *"//' -e 's/" *\]$//' -e 's/", *"/\n/g' <<<"$1"
}

from() { # IMAGE [AS NAME]
    [[ $1 =~ ^debian:([0-9]+)-slim$ ]] || { echo "what is $1?" >&2 && exit 1; }
    local suite=bookworm
    [[ ${BASH_REMATCH[1]} == 12 ]] || suite=trixie
    [[ -d $dir/base ]] || debootstrap --variant=minbase "$suite" "$dir/base" "$mirror"
    stage=$dir/${3:-image} workdir=/ user=root
    cp -a "$dir/base" "$stage"
    cp -L /etc/resolv.conf "$stage/etc/"
    # No service starts in an image.
    printf '#!/bin/sh\nexit 101\n' >"$stage/usr/sbin/policy-rc.d"
    chmod +x "$stage/usr/sbin/policy-rc.d"
}

copy() { # [--from=STAGE] SOURCE... TARGET
    local base=$PWD target=$stage source paths
    if [[ $1 == --from=* ]]; then
        base=$dir/${1#--from=}
        shift
    fi
    paths=("${@:1:$#-1}")
    [[ ${!#} == /* ]] && target+=${!#} || target+=$workdir/${!#}
    mkdir -p "${target%/*}"
    for source in "${paths[@]}"; do
        # Of a folder its content is copied.
        if [[ -d $base/$source ]]; then
            mkdir -p "$target"
            cp -a "$base/$source/." "$target/"
        else
            cp -a "$base/$source" "$target"
        fi
    done
}

run() { # COMMAND
    unshare --mount --pid --fork --kill-child --mount-proc="$stage/proc" \
        chroot "$stage" /bin/bash -euo pipefail -c "cd '$workdir'; $1"
}

while read -r word rest; do
    printf '== %s %.100s\n' "$word" "$rest"
    # shellcheck disable=SC2086
    case $word in
    FROM) from $rest ;;
    COPY) copy $rest ;;
    RUN) run "$rest" >"$dir/log" 2>&1 || { tail -n 30 "$dir/log" && exit 1; } ;;
    WORKDIR) workdir=$rest && mkdir -p "$stage$workdir" ;;
    USER) user=$rest ;;
    HEALTHCHECK) health=${rest#* CMD } ;;
    ENTRYPOINT) entrypoint=$rest ;;
    esac
done < <(sed '/^[[:space:]]*#/d; /^$/d' configs/Containerfile | sed -e ':a' -e '/\\$/N; s/\\\n//; ta')

mapfile -t program < <(words "$entrypoint")
mapfile -t check < <(words "$health")
as=(setpriv --reuid "$user" --regid "$user" --clear-groups --no-new-privs)
cat >"$stage/inside" <<INSIDE
cd /
$(printf '%q ' "${as[@]}" "${program[@]}") &
for ((i = 0; i < 100; ++i)); do
    sleep 0.2
    $(printf '%q ' "${as[@]}" "${check[@]}") >/health 2>&1 && break
done
cat /health
((i < 100)) || exit 1
kill -TERM \$!
wait \$!
INSIDE
echo "== the image's program as $user"
unshare --mount --pid --net --fork --kill-child --mount-proc="$stage/proc" /bin/bash -euc '
    mount --rbind /dev "$1/dev"
    ip link set lo up
    ip link add net0 type veth peer name net1
    ip address add 192.0.2.1/24 dev net0
    ip link set net0 up
    ip link set net1 up
    exec chroot "$1" /bin/bash -eu /inside' - "$stage"
