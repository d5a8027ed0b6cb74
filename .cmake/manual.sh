#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A manual page of medleyctl's own help, so that it never differs: manual.sh MEDLEYCTL >medleyctl.1
set -eu
cat <<'PAGE'
.TH MEDLEYCTL 1 "" "Medley" "User commands"
.SH NAME
medleyctl \- control a running medleyd
.SH SYNOPSIS
.B medleyctl
.RI [ OPTIONS ]
.I COMMAND
.RI [ ARGUMENTS ]
.SH DESCRIPTION
.nf
PAGE
# A dash is a minus, and a dot at the start of a line no request.
"$1" --help | sed -e '1d' -e 's/\\/\\e/g' -e 's/-/\\-/g' -e "s/^\([.']\)/\\\\\&\1/"
cat <<'PAGE'
.fi
.SH FILES
.TP
.I /run/medley/medleyd.sock
The server's socket; root and members of the group
.B medley
may use it.
.SH SEE ALSO
.BR medleyd (8)
PAGE
