#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every source file says its licence in one of its first three lines.
cd "${1:-.}" || exit 2
bad=$(find mcu codec mixer net tests bench \
        \( -name node_modules -o -name corpus \) -prune -o \
        -type f \( -name '*.[ch]' -o -name '*.js' -o -name '*.mjs' -o -name '*.sh' -o -name '*.css' \) \
        -print | while read -r file; do
    head -n 3 "$file" | grep -q 'SPDX-License-Identifier: GPL-2.0-or-later' || echo "$file"
done)
[ -z "$bad" ] && exit 0
printf '%s\n' "$bad" | sed 's/$/: no SPDX line in the first three/' >&2
exit 1
