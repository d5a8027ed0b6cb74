#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The Debian package of a build: what is in it and what lintian says: package.sh BUILD
# That it installs, runs and goes away again: tests/long/package.sh.
set -euo pipefail
build=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

cpack -G DEB --config "$build/CPackConfig.cmake" -B "$dir" >"$dir/log" 2>&1 || {
    cat "$dir/log"
    fail "cpack"
}
deb=$(echo "$dir"/medley_*.deb)
dpkg-deb -x "$deb" "$dir/files"
dpkg-deb -e "$deb" "$dir/control"

for file in usr/bin/{medleyd,medleyctl} usr/lib/systemd/system/medleyd.service usr/lib/sysusers.d/medley.conf \
    etc/medley/medley.yaml etc/medley/layouts.d/README usr/share/man/man8/medleyd.8.gz usr/share/man/man1/medleyctl.1.gz \
    usr/share/doc/medley/{copyright,changelog.gz,medley.yaml,README.md} \
    usr/share/medley/layouts.d/10-grids.yaml usr/share/medley/prometheus/alerts.yml usr/share/medley/grafana/medley.json; do
    [[ -s $dir/files/$file ]] || fail "$file is missing"
done
bash -n "$dir/files/usr/share/bash-completion/completions/medleyctl"
zcat "$dir/files/usr/share/man/man1/medleyctl.1.gz" | grep -q 'layout check FILE' ||
    fail "the manual page of medleyctl does not name its commands"

# All that is below /etc, and nothing else, is the operator's to change.
diff "$dir/control/conffiles" <(cd "$dir/files" && find etc -type f -printf '/%p\n' | LC_ALL=C sort)
[[ -z $(find "$dir/files" -perm /022 -not -type l) ]] || fail "others may write files of the package"
depends=$(dpkg-deb -f "$deb" Depends)
for package in libc6 libx264 libavcodec libre0 libwebsockets 'fonts-dejavu-core | fonts-noto-core'; do
    [[ $depends == *"$package"* || ($package == libre0 && $depends == *libre*) ]] ||
        fail "does not depend on $package: $depends"
done

# The settings of the service are read without a complaint, and so is the example.
"$dir/files/usr/bin/medleyd" --check --config "$dir/files/etc/medley/medley.yaml" \
    --set "layouts.dir=$dir/files/etc/medley/layouts.d"
"$dir/files/usr/bin/medleyd" --check --config "$dir/files/usr/share/doc/medley/medley.yaml"

# Sanitizers leave marks that lintian finds odd.
if ! grep -q '^MEDLEY_SANITIZE:[^=]*=.' "$build/CMakeCache.txt"; then
    lintian --allow-root --fail-on error,warning "$deb"
fi
