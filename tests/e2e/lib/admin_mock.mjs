// SPDX-License-Identifier: GPL-2.0-or-later
// A stand-in for the REST API of operators, with any names and figures that a test wants.  The page comes from the real
// daemon, with its real headers; only what it asks of the API is answered here.

const BASE = '/api/v1';
// A picture of one pixel.
const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

const ago = (seconds) => new Date(Date.now() - 1000 * seconds).toISOString();

export function person(id, name, more = {}) {
  return {
    id, name, kind: 'web', joined_at: ago(754), audio: true, video: true, share: false,
    muted: { audio: false, video: false }, hand: false, seat: '', ...more,
    media: {
      audio_codec: 'opus', video_codec: 'h264', rx_bps: 812000, tx_bps: 1436000, rx_lost: 3, rx_packets: 90000,
      loss_ratio: 0.004, jitter_ms: 4.2, rtt_ms: 31, ...more.media,
    },
  };
}

export function room(name, people, more = {}) {
  return {
    name, created_at: ago(3900), people, layout: {
      layout: 'auto', chosen: false, showing: '2x2', spotlight: [], seats: {}, banner: '', marks: [],
      overlays: { names: true, badges: true, border: true, logo: false }, canvas: [1280, 720], epoch: 3, overflow: 0, tiles: [],
      ...more,
    },
  };
}

const problem = (status, code, detail) => ({ status, json: { title: code, status, code, detail } });

export class AdminMock {
  token = ''; // '' = none is asked for
  down = false; // as if the server did not answer
  calls = []; // [method, path, body] of all that change something
  draining = false;
  level = 'info';
  picture = () => ({ type: 'image/png', body: PNG });
  reload = { ok: true, errors: [], changed: [], layouts_changed: false };
  fileCheck = { ok: true, errors: [] };
  settings = { version: 4, loaded_at: ago(86400), ok: true, errors: [] };
  layouts = [
    { name: 'auto', kind: 'ladder' }, { name: '1x1', kind: 'layout', tiles: 1 }, { name: '2x2', kind: 'layout', tiles: 4 },
    { name: 'lecture', kind: 'layout', tiles: 2 }, { name: 'group-grid', kind: 'alias', target: '2x2' },
  ];

  constructor(rooms = []) { this.rooms = rooms; }

  /** Answer what @p page asks of the API. */
  async serve(page) {
    await page.route((url) => url.pathname.startsWith(`${BASE}/`), async (route) => {
      const request = route.request();
      if (this.down) { await route.abort('connectionrefused'); return; }
      const url = new URL(request.url());
      const body = request.postData();
      const { authorization, 'content-type': type } = request.headers();
      const said = type === 'application/json' ? JSON.parse(body) : body ?? undefined;
      const answer = this.answer(request.method(), url.pathname, said, authorization);
      await route.fulfill({
        status: answer.status ?? 200, contentType: answer.type ?? (answer.status >= 400 ? 'application/problem+json' : 'application/json'),
        body: answer.body ?? (answer.status === 204 ? '' : JSON.stringify(answer.json)),
      });
    });
  }

  /** @returns {status, json} or {type, body} */
  answer(method, pathname, body, authorization = '') {
    if (this.token && authorization !== `Bearer ${this.token}`) return problem(401, 'unauthorized');
    const parts = pathname.slice(BASE.length + 1).split('/').map(decodeURIComponent);
    if (method !== 'GET') this.calls.push([method, parts.join('/'), body]);
    const [what, name, sub, id] = parts;
    if (what === 'node') return this.#node(name, body);
    if (what === 'layouts' && method === 'POST') return { json: this.fileCheck };
    if (what === 'layouts') return name ? this.picture('preview', name) : { json: { layouts: this.layouts } };
    if (what === 'config') return { json: method === 'GET' ? { yaml: 'rooms:\n  layout: auto\n' } : this.reload };
    if (what !== 'rooms') return problem(404, 'not_found');
    if (!name) return { json: { rooms: this.rooms.map((one) => this.#room(one)) } };
    const found = this.rooms.find((one) => one.name === name);
    return found ? this.#inRoom(found, method, sub, id, body) : problem(404, 'room_not_found');
  }

  #node(name, body) {
    if (name === 'drain') this.draining = body.on;
    if (name === 'log') { this.level = body.level; return { json: { level: this.level } }; }
    const people = this.rooms.flatMap((one) => one.people);
    const sip = people.filter(({ kind }) => kind === 'sip').length;
    return { json: {
      version: '0.3.0', started_at: '2026-11-20T08:00:00Z', uptime_s: 187300, draining: this.draining, rooms: this.rooms.length,
      participants: { web: people.length - sip, sip }, cpu_s: 0.37 * (Date.now() / 1000), rss_bytes: 312 << 20, log_level: this.level, settings: this.settings,
    } };
  }

  #room({ name, created_at, people, layout }, list = false) {
    return { name, created_at, participants: people.length, layout, ...(list ? { participants_list: people } : {}) };
  }

  #inRoom(one, method, sub, id, body) {
    if (sub === 'snapshot.jpg') return this.picture('snapshot', one.name);
    if (sub === 'mute') return { json: { muted: one.people.length } };
    if (sub === 'layout') return this.#layout(one, body);
    if (sub === 'participants' && id) return this.#person(one, method, id, body);
    if (method === 'DELETE') { this.rooms = this.rooms.filter((other) => other !== one); return { status: 204 }; }
    return { json: this.#room(one, true) };
  }

  #layout(one, body = {}) {
    const { layout, overlays, ...rest } = body;
    if (layout && !this.layouts.some(({ name }) => name === layout)) return problem(404, 'layout_not_found');
    if (layout !== undefined) Object.assign(one.layout, { layout: layout ?? 'auto', chosen: layout !== null });
    Object.assign(one.layout, rest);
    Object.assign(one.layout.overlays, overlays);
    return { json: one.layout };
  }

  #person(one, method, id, body) {
    const found = one.people.find((p) => p.id === id);
    if (!found) return problem(404, 'participant_not_found');
    if (method === 'DELETE') { one.people = one.people.filter((p) => p !== found); return { status: 204 }; }
    Object.assign(found.muted, body.muted);
    if (body.muted?.audio !== undefined) found.audio = !body.muted.audio;
    if (body.muted?.video !== undefined) found.video = !body.muted.video;
    if (body.hand !== undefined) found.hand = body.hand;
    if (body.seat !== undefined) found.seat = body.seat;
    return { json: found };
  }
}
