// SPDX-License-Identifier: GPL-2.0-or-later
// A thousand requests for each route that are not quite right: bodies, paths, queries, headers,
// methods.  None of them is the server's fault, and it goes on.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Api, routesOf } from './lib/api.mjs';
import { Daemon } from './lib/daemon.mjs';
import { flood } from './lib/rawhttp.mjs';
import { SECRET, userToken } from './lib/token.mjs';
import { random } from './lib/util.mjs';
import { RawSocket } from './lib/ws.mjs';

const EACH = 1000;
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const time = new Date(Date.now() + 86400000).toISOString();

/** What a body looks like where it is right. */
const bodies = {
  'POST /node/drain': { on: false },
  'PUT /node/log': { level: 'info' },
  'POST /layouts/check': { layouts: [{ name: 'x' }] },
  'PATCH /rooms/{r}/participants/{p}': { muted: { audio: true }, hand: true, seat: null },
  'POST /rooms/{r}/mute': { audio: true, except: ['pt_x'] },
  'PUT /rooms/{r}/layout': { layout: 'auto', spotlight: [], seats: {}, banner: 'x', marks: ['rec'], overlays: { names: true } },
  'POST /login': { name: 'ada', password: 'wrong' },
  'PATCH /users/me': { display: 'Ada', prefs: { a: [1, 2, { b: null }] } },
  'PUT /users/me/password': { old: 'wrong', new: 'new' },
  'POST /users': { name: 'name', display: 'Name', sip_password: 'sip password', role: 'user' },
  'PATCH /users/{u}': { display: 'Name', sip_password: 'sip password', role: 'user' },
  'POST /tokens': { room: 'room', identity: 'x', name: 'X', role: 'guest', ttl_ms: 60000, chat: true },
  'POST /meetings': { title: 'Title', room: 'room', starts_at: time, ends_at: null, time_zone: 'UTC', recurrence: 'FREQ=WEEKLY;BYDAY=MO;COUNT=3', pin: '1234', host_pin: true, policy: { a: 1 }, people: [{ who: 'us_x', role: 'host' }] },
  'PATCH /meetings/{m}': { title: 'Title', starts_at: time, time_zone: 'UTC', recurrence: '', pin: null, people: [{ who: 'us_x' }] },
  'POST /calls/seen': { until: time },
  'POST /webhooks': { url: 'https://hooks.example/x', events: ['room.*', '*'], enabled: false },
  'PATCH /webhooks/{w}': { url: 'https://hooks.example/x', events: ['room.*'], enabled: false },
};
const queries = {
  'GET /layouts/{n}/preview.png': 'count=1&content=0&size=64x36',
  'POST /layouts/check': 'name=x.yaml',
  'GET /rooms/{r}/snapshot.jpg': 'w=320',
  'GET /users/lookup': 'name=a',
  'GET /users': 'limit=3&cursor=NGRjMzRhZDd1c2VycyAwIGFkYQ',
  'GET /meetings': `limit=3&from=${time}&to=${time}`,
  'GET /history/sessions': 'room=room&limit=5',
  'GET /calls': 'missed=1&user=me',
  'GET /webhooks/{w}/deliveries': 'state=done&limit=4',
};

const nasty = [
  null, true, false, 0, -1, 1, 4294967296, 9223372036854775807, 1e308, 0.1, '', ' ', 'a', '0', '-1', 'x'.repeat(300), 'y'.repeat(9000),
  '<script>alert(1)</script>', "'; DROP TABLE users; --", '../../etc/passwd', '%s%n%x', '\u0000', '\u0001\u001b[31m', '\ud800', '\u202e\u2066', '\ufeff',
  'ä'.repeat(64), '😀'.repeat(70), [], {}, [[]], [null], { a: 1 }, Array(1100).fill('x'), '9999-12-31T23:59:59Z', '0000-00-00T00:00:00Z', '2027-02-30T25:61:61+99:99',
  'FREQ=WEEKLY;BYDAY=54XX', 'http://[::1', 'UTC/../UTC', 'us_x', 'NaN', 'operator',
];

let daemon, api, token, next, ws;
/** What there is, by the name of the part of the path. */
const ids = { r: 'live', n: 'auto' };

/** Something to change and remove, for each route anew. */
async function makeThings(serial) {
  const make = async (where, body) => (await api.ask('POST', where, { admin: true, body })).json?.id;
  ids.u = await make('/users', { name: `user${serial}` });
  ids.m = await make('/meetings', { title: 'Meeting', starts_at: time });
  ids.w = await make('/webhooks', { url: 'http://127.0.0.1:9/', events: ['*'] });
}

const pick = (list) => list[Math.floor(next() * list.length)];
const copy = (value) => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));

/** One value somewhere in it becomes another, goes, or gets a neighbour. */
function mutateValue(value) {
  const places = [];
  const walk = (at, depth) => {
    for (const key of Object.keys(at)) {
      places.push([at, key]);
      if (at[key] && typeof at[key] === 'object' && depth < 4) walk(at[key], depth + 1);
    }
  };
  if (!value || typeof value !== 'object') return copy(pick(nasty));
  walk(value, 0);
  if (!places.length || next() < 0.1) { value[pick(['x', '__proto__', 'name', 'password', ''])] = copy(pick(nasty)); return value; }
  const [at, key] = pick(places);
  if (next() < 0.15) delete at[key];
  else at[key] = copy(pick(nasty));
  return value;
}

function mutateText(text) {
  const bytes = Buffer.from(text);
  switch (Math.floor(next() * 6)) {
    case 0: return bytes.subarray(0, Math.floor(next() * bytes.length));
    case 1: for (let i = 0; i < 3 && bytes.length; ++i) bytes[Math.floor(next() * bytes.length)] = Math.floor(next() * 256); return bytes;
    case 2: return Buffer.concat([bytes, bytes]);
    case 3: return Buffer.from('['.repeat(1 + Math.floor(next() * 2000)));
    case 4: return Buffer.from(text.replace(/"(\w+)":/, '"$1":1,"$1":'));
    default: return Buffer.from(Array.from({ length: Math.floor(next() * 40) }, () => Math.floor(next() * 256)));
  }
}

function segment() {
  return pick(['x', 'room', 'me', 'us_x', '%00', '%2e%2e', '..', '.', '%2F', '%ff%fe', '', 'a'.repeat(64), 'b'.repeat(65), 'c'.repeat(900), '%F0%9F%98%80', '{r}', '%27', ';x=1', '%0d%0aX:%20y']);
}

function mutatePath(where) {
  const parts = where.split('/');
  const i = 1 + Math.floor(next() * (parts.length - 1));
  switch (Math.floor(next() * 4)) {
    case 0: parts.splice(i, 0, segment()); break;
    case 1: parts.splice(i, 1); break;
    default: parts[i] = segment();
  }
  return parts.join('/') || '/';
}

function mutateQuery(query) {
  const parts = query ? query.split('&') : [];
  const name = pick(['limit', 'cursor', 'user', 'room', 'from', 'to', 'missed', 'state', 'name', 'count', 'size', 'w', 'x', '']);
  const value = encodeURIComponent(String(pick(nasty) ?? '').slice(0, 900).replace(/[\ud800-\udfff]/g, ''));
  if (parts.length && next() < 0.4) parts[Math.floor(next() * parts.length)] = `${name}=${value}`;
  else parts.push(next() < 0.2 ? `${name}=%zz%` : `${name}=${value}`);
  return parts.join('&');
}

const headers = {
  'if-match': () => pick(['*', '"1"', '"99"', 'W/"1"', '"', '', ',', 'x'.repeat(300)]),
  'if-none-match': () => pick(['*', '"1"', 'W/"1", "2"', '"', 'x'.repeat(300)]),
  'idempotency-key': () => pick(['a', 'b', 'c', '\x7f', '?', 'x'.repeat(254), 'x'.repeat(300)]),
  origin: () => pick(['null', 'https://evil.example', 'https://app.example', 'x'.repeat(300)]),
  'content-type': () => pick(['text/plain', 'application/json; charset=utf-16', '']),
  accept: () => pick(['*/*', 'text/html', 'x'.repeat(500)]),
  host: () => pick(['evil.example', '[::1]', '', 'x'.repeat(300)]),
};

/** A request that is nearly one for this route. */
function make(method, route, bearer) {
  const key = `${method} ${route.replace('/api/v1', '')}`;
  let where = route.replace(/\{(\w)\}/g, (_, name) => (next() < 0.7 ? ids[name] ?? 'x' : segment() || 'x'));
  const plain = route.replace(/\{(\w)\}/g, (_, name) => ids[name] ?? 'x');
  let query = queries[key] ?? '';
  let body = copy(bodies[key]);
  let verb = method;
  const more = { host: '127.0.0.1' };
  let text = body === undefined ? '' : JSON.stringify(body);
  const what = next();
  if (what < 0.4) {
    if (body !== undefined) for (let i = 0; i < 1 + next() * 2; ++i) body = mutateValue(body);
    text = body === undefined ? (next() < 0.3 ? JSON.stringify(pick(nasty)) : '') : JSON.stringify(body);
  } else if (what < 0.5) text = mutateText(text || '{}');
  else if (what < 0.65) where = mutatePath(where);
  else if (what < 0.8) query = mutateQuery(query);
  else if (what < 0.95) for (let i = 0; i < 2; ++i) { const name = pick(Object.keys(headers)); more[name] = headers[name](); }
  else verb = pick(METHODS);
  if (bearer) more.authorization = `Bearer ${bearer}`;
  const data = Buffer.from(text);
  if (data.length || ['POST', 'PUT', 'PATCH'].includes(verb)) more['content-length'] = data.length;
  const head = `${verb} ${where}${query && `?${query}`} HTTP/1.1\r\n${Object.entries(more).map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
  const noHttp = where !== plain || query !== (queries[key] ?? '') || (what >= 0.8 && what < 0.95); // its target or its headers
  return { method: verb, noHttp, bytes: Buffer.concat([Buffer.from(head, 'latin1'), data]) };
}

async function enter() {
  ws = await RawSocket.connect(daemon.ports.http);
  ws.json({ t: 'hello', id: 1, d: { room: ids.r, name: 'Guest' } });
  const welcome = await ws.message(({ t }) => t === 'welcome' || t === 'error');
  ids.p = welcome.d.you?.id;
}

before(async () => {
  daemon = await Daemon.start({
    http: { max_per_address: 1000, max_connections: 2000, allow_origin: ['https://app.example'] },
    auth: { attempts: 10 }, // a password costs tens of milliseconds
    turn: { uris: ['turn:turn.example:3478'], secret: 'a secret that is shared' },
  });
  api = new Api(daemon, await routesOf(daemon));
  const body = { name: 'boss', role: 'operator', password: 'correct horse' };
  assert.equal((await api.ask('POST', '/users', { admin: true, body })).status, 201);
  token = (await api.ask('POST', '/login', { body: { name: 'boss', password: body.password } })).json.token;
});

after(async () => {
  ws?.close();
  await daemon?.stop();
});

test(`${EACH} requests of each route that are not right are answered, and not by an error of the server`, async () => {
  const operator = fs.readFileSync(path.join(daemon.folder, 'data', 'admin.token'), 'utf8').trim();
  const wrong = [];
  const codes = {};
  let asked = 0;
  const onAnswer = (request, { status, body }) => {
    ++asked;
    codes[status] = (codes[status] ?? 0) + 1;
    const code = status >= 400 && body?.startsWith('{') ? JSON.parse(body).code : undefined;
    const noBody = request.method === 'HEAD'; // so there is no code
    const designed = status < 500 || (status === 501 && code === 'not_implemented') || (status === 503 && (code === 'busy' || noBody));
    const hungUp = status === 0 && !request.noHttp; // what is no HTTP may be hung up on
    if (status < 0 || hungUp || !designed) wrong.push(`${status} ${code}: ${request.bytes.toString('latin1', 0, 300)}`);
  };
  next = random(4711);
  for (const [method, route] of api.routes) {
    if (!route.startsWith('/')) continue; // what has no route
    const admin = route === '/metrics';
    const bearer = admin ? undefined : /logout|DELETE \/api\/v1\/tokens/.test(`${method} ${route}`) ? operator : token;
    const started = Date.now();
    await makeThings(asked);
    if (route.includes('{r}')) await enter();
    await flood(admin ? daemon.ports.admin : daemon.ports.http, Array.from({ length: EACH }, () => make(method, route, bearer)), onAnswer);
    if (process.env.E2E_LOG) console.error(`${method} ${route} ${Date.now() - started} ms`);
    ws?.close();
    assert.ok(daemon.alive, `the server ended at ${method} ${route}`);
  }
  assert.equal(asked, EACH * api.routes.filter(([, route]) => route.startsWith('/')).length);
  assert.deepEqual(wrong.slice(0, 10), [], `${wrong.length} answers were wrong; by status: ${JSON.stringify(codes)}`);
  assert.ok(codes[200] > 100 && codes[400] > 1000 && codes[404] > 1000, JSON.stringify(codes));
});

/** @returns requests with nearly this token */
function forgeries(good) {
  const [head, claims, mark] = good.split('.');
  next = random(1);
  return Array.from({ length: EACH }, () => {
    const make = () => pick([
      () => `${head}.${claims}.${mark.slice(0, -1)}`, () => `${head}..${mark}`, () => `.${claims}.`, () => 'x'.repeat(1 + Math.floor(next() * 4000)),
      () => `${Buffer.from('{"alg":"none"}').toString('base64url')}.${claims}.`, () => mutateText(good).toString('latin1').replace(/[^ -~]/g, 'x'),
    ])();
    let bad;
    do bad = make(); while (bad.trim() === good);
    return { method: 'GET', bytes: `GET /api/v1/users/me HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${bad}\r\n\r\n` };
  });
}

/** @returns how often each status was the answer */
async function statusesOf(requests, to) {
  const statuses = {};
  await flood(to.ports.http, requests, (_, { status }) => { statuses[status] = (statuses[status] ?? 0) + 1; }, { localAddress: '127.0.0.2' });
  return statuses;
}

test('tokens that are not right are refused', async () => {
  const patient = await Daemon.start({ auth: { secret: SECRET, attempts: EACH } });
  try {
    const right = userToken('us_right'), asks = new Api(patient, api.routes);
    assert.notEqual((await asks.ask('GET', '/users/me', { token: right })).status, 401, 'the right one is not');
    const statuses = await statusesOf(forgeries(right), patient);
    assert.deepEqual(Object.keys(statuses).filter((status) => !['400', '401'].includes(status)), [], JSON.stringify(statuses));
    assert.ok(statuses[401] > EACH / 2, JSON.stringify(statuses));
  } finally {
    await patient.stop();
  }
});

test('tokens that are not right slow down only who sends them', async () => {
  const statuses = await statusesOf(forgeries(token), daemon);
  assert.deepEqual(Object.keys(statuses).filter((status) => !['0', '400', '401', '429'].includes(status)), [], JSON.stringify(statuses));
  assert.ok(statuses[429] > 0);
  assert.equal((await api.ask('GET', '/users/me', { token })).status, 200);
});

test('the server still works', async () => {
  assert.ok(daemon.alive);
  const made = await api.ask('POST', '/meetings', { token, body: { title: 'After all' } });
  assert.equal(made.status, 201, made.text);
  assert.equal((await api.ask('GET', `/meetings/${made.json.id}`, { token })).status, 200);
});
