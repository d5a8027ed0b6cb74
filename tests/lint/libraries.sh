#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A third-party library is included from the one folder that wraps it.
cd "${1:-.}" || exit 2
bad=0

only_in() { # FOLDER_REGEX HEADER_REGEX
    found=$(grep -rnE --include='*.[ch]' \
        "^[[:space:]]*#[[:space:]]*include[[:space:]]+[<\"]($2)" mcu codec mixer net |
        grep -vE "^($1)/")
    [ -z "$found" ] || { printf '%s\n' "$found" "^ allowed only in: $1" >&2; bad=1; }
}

only_in net        're\.h|re_|srtp2/|openssl/|libwebsockets\.h|lws'
only_in codec      'libav(codec|util)/|opus|x264|vpx/|speex'
only_in mixer      'libyuv|pango/|cairo|libswscale/'
only_in 'mcu/(api|auth|ctl|hook)' 'jansson'
only_in mcu/config 'yaml\.h'
only_in mcu/store  'sqlite3'
only_in mcu/auth   'jwt\.h|sodium'
only_in 'mcu/(ctl|hook)' 'curl/'
only_in mcu/ctl    'expat'
exit $bad
