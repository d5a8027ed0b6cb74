# SPDX-License-Identifier: GPL-2.0-or-later
# Which packages of Debian 12 and 13 we need, and how to install what is
# missing; read by mcu/up and tests/run (bash).
#
# An entry "package?command" is there already when the command is: programs
# that people have from elsewhere.

packages_build=(
    cmake ninja-build pkg-config gcc libc6-dev curl
    libre-dev libssl-dev zlib1g-dev libsrtp2-dev libwebsockets-dev
    libjansson-dev libyaml-dev libexpat1-dev libcurl4-openssl-dev
    libsqlite3-dev libjwt-dev libsodium-dev
    libopus-dev libx264-dev libvpx-dev libavcodec-dev libavutil-dev libswscale-dev
    libyuv-dev libspeexdsp-dev libpango1.0-dev libcairo2-dev fonts-dejavu-core
    fonts-noto-color-emoji fonts-droid-fallback # for names with emoji, in Chinese, Japanese, Korean
)

# What `ninja deb` needs on top.
packages_package=("dpkg-dev?dpkg-shlibdeps" "file?file")

packages_test=(
    libcmocka-dev clang libclang-rt-dev lld clang-format
    "chromium?chromium" "nodejs?node" "npm?npm"
    "baresip-core?baresip" baresip-ffmpeg
    "ffmpeg?ffmpeg" "python3?python3" python3-jsonschema "sqlite3?sqlite3"
    "iproute2?ip" "nftables?nft"
    debootstrap "systemd?systemd-analyze" procps "lintian?lintian" "${packages_package[@]}"
)

packages_say() {
    if [[ -t 1 ]]; then
        printf '\033[1m== %s\033[0m\n' "$*"
    else
        printf '== %s\n' "$*"
    fi
}

packages_fail() {
    printf 'FAILED: %s\n' "$*" >&2
    exit 1
}

# Those of the arguments that are not installed.
packages_missing() {
    local entry
    for entry; do
        if [[ $entry == *\?* ]] && command -v "${entry#*\?}" >/dev/null; then
            continue
        fi
        [[ $(dpkg-query -W -f '${db:Status-Status}' "${entry%\?*}" 2>/dev/null) == installed ]] ||
            printf '%s\n' "${entry%\?*}"
    done
}

packages_root() {
    if [[ $(id -u) == 0 ]]; then
        "$@"
    else
        sudo "$@"
    fi
}

# apt-get, quiet but for what it is at; all it said is in the log.
packages_apt() { # LOG ARGUMENTS...
    local log=$1
    shift
    packages_root env DEBIAN_FRONTEND=noninteractive apt-get -y \
        -o Dpkg::Use-Pty=0 -o Acquire::Retries=3 "$@" >>"$log" 2>&1 </dev/null
}

packages_apt_failed() { # LOG WHAT
    tail -n 15 "$1" | sed 's/^/    /' >&2
    packages_fail "$2; the whole story is in $1"
}

# Install what is missing of the arguments.
packages_install() {
    local missing log=.build/log/apt.log
    if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
        echo "No apt-get here: going on as if all these were installed: ${*%\?*}"
        return
    fi
    mapfile -t missing < <(packages_missing "$@")
    [[ ${#missing[@]} -gt 0 ]] || return 0

    if [[ $(id -u) != 0 ]] && ! command -v sudo >/dev/null; then
        packages_fail "these packages are missing, and only root can install them: ${missing[*]}"
    fi
    packages_say "Installing ${#missing[@]} packages: ${missing[*]}"
    mkdir -p .build/log
    : >"$log"

    # Lists of packages that are there and good need no update.
    if apt-get install -s --no-install-recommends "${missing[@]}" >/dev/null 2>&1 &&
        packages_apt "$log" install --no-install-recommends "${missing[@]}"; then
        return 0
    fi
    packages_say "Updating the lists of packages"
    packages_apt "$log" update || packages_apt_failed "$log" "apt-get update failed"
    packages_say "Downloading and installing; this takes a few minutes"
    packages_apt "$log" install --no-install-recommends "${missing[@]}" ||
        packages_apt_failed "$log" "apt-get could not install: ${missing[*]}"
}
