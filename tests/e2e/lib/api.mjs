// SPDX-License-Identifier: GPL-2.0-or-later
// The REST API as programs use it: requests, which routes there are, and what was seen of them.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));

/** [method, path] of every route, as the server's own figures name them. */
export async function routesOf(daemon) {
  const text = await (await fetch(`http://127.0.0.1:${daemon.ports.admin}/metrics`)).text();
  const found = [...text.matchAll(/^medley_http_requests_total\{route="([^"]+)",method="([^"]+)"/gm)];
  return [...new Map(found.map(([, route, method]) => [`${method} ${route}`, [method, route]])).values()];
}

/** Does a path belong to a route?  Fixed segments win. */
export function routeOf(routes, method, where) {
  const fits = (route) => {
    const a = route.split('/');
    const b = where.split('?')[0].split('/');
    return a.length === b.length && a.every((part, i) => part === b[i] || (/^\{\w+\}$/.test(part) && b[i] !== ''));
  };
  const found = routes.filter(([m, route]) => m === method && fits(route));
  return found.sort(([, a], [, b]) => a.split('{').length - b.split('{').length)[0]?.[1];
}

/** Remembers every answer for the check against the description. */
export class Api {
  constructor(daemon, routes) {
    Object.assign(this, { daemon, routes, seen: [] });
  }

  /** @param options  {token, body, headers, admin}; body that is no string becomes JSON */
  async ask(method, where, { token, body, headers = {}, admin = false } = {}) {
    const { ports } = this.daemon;
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const answer = await fetch(`http://127.0.0.1:${admin ? ports.admin : ports.http}/api/v1${where}`, {
      method,
      body: text ?? (['POST', 'PUT', 'PATCH'].includes(method) ? '' : undefined),
      headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers },
    });
    const type = answer.headers.get('content-type');
    const raw = Buffer.from(await answer.arrayBuffer());
    const json = /json/.test(type ?? '') && raw.length ? JSON.parse(raw) : null;
    const route = routeOf(this.routes, method, `/api/v1${where}`);
    if (route) this.seen.push({ method, route, status: answer.status, type, body: json ?? (raw.length ? 'data' : '') });
    return { status: answer.status, headers: answer.headers, json, text: raw.toString(), code: json?.code };
  }

  /** @returns what does not fit the description, a line each */
  async misfits() {
    const text = await (await fetch(`${this.daemon.url}/api/v1/openapi.json`)).text();
    const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'medley-openapi-')), 'openapi.json');
    fs.writeFileSync(file, text);
    const check = spawnSync('/usr/bin/python3', [path.join(here, 'openapi_check.py'), file],
      { input: JSON.stringify({ routes: this.routes, seen: this.seen }), encoding: 'utf8', maxBuffer: 1 << 26 });
    fs.rmSync(path.dirname(file), { recursive: true });
    if (check.error) throw check.error;
    if (check.status !== 0 && !check.stdout.trim()) throw new Error(check.stderr);
    return check.stdout.trim();
  }
}
