// SPDX-License-Identifier: GPL-2.0-or-later
// The REST API of the server, and the token for it.
//
// The token is kept for this tab only, and goes out in a header only: an address ends up in logs and histories.  It
// may come in the fragment of the address (#token=...), which no browser sends, and is removed from there at once.

const BASE = '/api/v1';
const KEY = 'medley.admin.token';
const ANSWER_MS = 10000;

/** What the API refused: code as "room_not_found"; "lost" if nothing answered. */
export class ApiError extends Error {
  constructor(code, { status = 0, detail = '' } = {}) {
    super(code);
    Object.assign(this, { name: 'ApiError', code, status, detail });
  }
}

export class Api {
  constructor() {
    this.token = sessionStorage.getItem(KEY) ?? '';
  }

  /** Take the token out of the address, if there is one.  @returns true if there was */
  takeFromAddress() {
    const match = location.hash.match(/^#token=([^&]*)/);
    if (!match) return false;
    history.replaceState(null, '', location.pathname + location.search);
    try {
      this.keep(decodeURIComponent(match[1]));
    } catch {
      this.keep(''); // not percent-encoded text: ask for it
    }
    return true;
  }

  keep(token) {
    this.token = token;
    if (token) sessionStorage.setItem(KEY, token);
    else sessionStorage.removeItem(KEY);
  }

  get(path) { return this.call('GET', path); }
  put(path, body) { return this.call('PUT', path, body); }
  post(path, body = {}) { return this.call('POST', path, body); }
  /** Send a text as it is. */
  postText(path, text) { return this.call('POST', path, new Blob([text], { type: 'application/yaml' })); }
  patch(path, body) { return this.call('PATCH', path, body); }
  delete(path) { return this.call('DELETE', path); }

  /** @returns the JSON of the answer, null if it has none.  @throws ApiError */
  async call(method, path, body) {
    const answer = await this.send(method, path, body);
    if (answer.status === 204) return null;
    return answer.json().catch(() => { throw new ApiError('lost'); });
  }

  /** A picture.  @throws ApiError */
  async picture(path) {
    const answer = await this.send('GET', path);
    const blob = await answer.blob().catch(() => { throw new ApiError('lost'); });
    return createImageBitmap(blob).catch(() => { throw new ApiError('bad_picture'); });
  }

  async send(method, path, body) {
    const headers = {};
    // A header holds one line of Latin-1: what cannot be a token is sent as none.
    if (/^[\x21-\x7e]+$/.test(this.token)) headers.Authorization = `Bearer ${this.token}`;
    const json = body !== undefined && !(body instanceof Blob);
    if (json) headers['Content-Type'] = 'application/json';
    const answer = await fetch(BASE + path, {
      method, headers, cache: 'no-store', credentials: 'same-origin', signal: AbortSignal.timeout(ANSWER_MS),
      body: json ? JSON.stringify(body) : body,
    }).catch(() => { throw new ApiError('lost'); });
    if (answer.ok) return answer;
    const problem = await answer.json().catch(() => ({}));
    const bare = answer.status === 503 ? 'busy' : `http_${answer.status}`;
    // Whatever is wrong with a token, another one is needed.
    throw new ApiError(answer.status === 401 ? 'unauthorized' : String(problem.code ?? bare), {
      status: answer.status, detail: String(problem.detail ?? (problem.code ? '' : problem.title ?? '')),
    });
  }
}

/** A path with names in it: path`/rooms/${name}`. */
export function path(parts, ...names) {
  return String.raw({ raw: parts }, ...names.map(encodeURIComponent));
}
