#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# C files are as clang-format of the tree's .clang-format leaves them.
# Its versions differ in details, so only version 14 (Debian 12) is asked.
cd "${1:-.}" || exit 2
for format in clang-format-14 clang-format; do
    "$format" --version 2>/dev/null | grep -q 'version 14\.' && break
    format=
done
[ -n "$format" ] || { echo "no clang-format 14 here"; exit 77; }
find mcu codec mixer net tests bench -name node_modules -prune -o -type f -name '*.[ch]' -print |
    LC_ALL=C sort | xargs -r "$format" --dry-run --Werror
