/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_auth.h  Who may use the REST API
 *
 * On public listeners: whoever has the token.  It is the one of the configuration, or else
 * the one in the file admin.token of the data folder, which the first start makes.
 *
 * On the admin listener and its Unix socket: everybody, because only people on this machine
 * reach them.  Their browsers do so too, on behalf of any page: hence a request whose Host is
 * a name (it may have been made to point here, DNS rebinding) or whose Origin is another site
 * is refused.
 *
 * Threads: control only, but rest_auth_is_same_site(): any.
 */
#ifndef MCU_API_REST_AUTH_H
#define MCU_API_REST_AUTH_H

#include <stdbool.h>
#include <stddef.h>

#include "mcu/auth/secret_file.h"

enum { REST_AUTH_TOKEN_MAX = SECRET_FILE_MAX /**< Longest token [characters] */ };

/**
 * Read the token of the data folder, or make it; see secret_file_get() for the parameters.
 * @return 0, 1 (made), -EBADMSG (no token in the file), -ENAMETOOLONG, -errno of the file
 */
int rest_auth_init(const char *data_dir, char *why, size_t why_size);

/**
 * Is this the token?  Takes the same time wherever a wrong one differs.
 *
 * @param authorization  Header, as "Bearer ..."; "" if none
 * @param configured     Token of the configuration; "": the one of the file is right
 */
bool rest_auth_is_token(const char *authorization, const char *configured);

/**
 * May a browser's page have sent this to the admin listener?  True unless it is a foreign one.
 *
 * @param host    Header; must be a numeric address or localhost, with or without a port
 * @param origin  Header, "" if none; else must be http:// or https:// and the host
 */
bool rest_auth_is_same_site(const char *host, const char *origin);

#endif
