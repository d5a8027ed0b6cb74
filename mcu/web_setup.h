/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/web_setup.h  The web server as configured: listeners, certificate, files, handlers
 *
 * Threads: control; at start.
 */
#ifndef MCU_WEB_SETUP_H
#define MCU_WEB_SETUP_H

struct config;
struct store;
struct task_pool;
struct web_server;

/**
 * Bind and start; what fails is logged.
 * @param ret_web  Set on success; also when what comes after the start failed
 * @param config   Lives as long as the server
 * @param pool     For previews and pictures of rooms; lives until after http_gateway_finish()
 * @param store    NULL: there is none; lives until after http_gateway_finish()
 * @return 0 or -errno
 */
int web_setup_start(struct web_server **ret_web, const struct config *config,
                    struct task_pool *pool, struct store *store);

#endif
