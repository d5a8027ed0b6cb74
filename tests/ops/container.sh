#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What configs/Containerfile names is there: files of the tree and packages of Debian: container.sh ROOT
# It is not built here: that needs a container engine.
set -euo pipefail
cd "$1"
file=configs/Containerfile

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

# Continued lines are joined, comments dropped.
text=$(sed '/^[[:space:]]*#/d' $file | sed -e ':a' -e '/\\$/N; s/\\\n//; ta')

while read -r word rest; do
    case $word in
    FROM | SHELL | ARG | ENV | WORKDIR | RUN | COPY | USER | EXPOSE | VOLUME | HEALTHCHECK | ENTRYPOINT | CMD | LABEL | STOPSIGNAL | '') ;;
    *) fail "unknown instruction $word" ;;
    esac
    if [[ $word == RUN ]]; then
        bash -n <<<"$rest" || fail "$rest"
    elif [[ $word == COPY && $rest != --from=* ]]; then
        read -ra paths <<<"$rest"
        for path in "${paths[@]:0:${#paths[@]}-1}"; do
            [[ -e $path ]] || fail "there is no $path to copy"
        done
    fi
done <<<"$text"
[[ $text =~ (^|$'\n')USER\ +medley ]] || fail "it would run as root"
for wanted in EXPOSE HEALTHCHECK ENTRYPOINT; do
    [[ $text == *"$wanted"* ]] || fail "no $wanted"
done

# Those of the lists in .cmake/packages.sh are used by every build; the others are named here.
packages=$(grep -oE 'apt-get install [^&;]*' <<<"$text" | tr ' ' '\n' |
    grep -vE '^(apt-get|install|-.*|/.*|"\$.*|)$' | sort -u)
[[ -n $packages ]] || fail "it installs nothing?"
for package in $packages; do
    [[ -n $(apt-cache show --no-all-versions "$package" 2>/dev/null) ]] ||
        fail "Debian has no package $package"
done
