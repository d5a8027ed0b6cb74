// SPDX-License-Identifier: GPL-2.0-or-later
// The REST API for operators: who may, what it shows, and that what it changes happens to people.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Daemon } from './lib/daemon.mjs';
import { SipCall } from './lib/sip.mjs';
import { SipLeg } from './lib/sipleg.mjs';
import { until } from './lib/util.mjs';
import { RawSocket } from './lib/ws.mjs';

const room = 'ops';
let daemon, ada, phone, token;

/** A request as raw as it gets: Host and Origin as told.  @returns {status, headers, body, json} */
function ask(method, where, { port, body, headers = {}, socketPath } = {}) {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
    const to = socketPath ? { socketPath } : { host: '127.0.0.1', port: port ?? daemon.ports.admin };
    const request = http.request({
      ...to, method, path: where,
      headers: { ...(socketPath ? { host: 'localhost' } : {}), ...(text === undefined && method !== 'POST' ? {} : { 'content-length': Buffer.byteLength(text ?? '') }), ...headers },
    }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => {
        const data = Buffer.concat(chunks);
        const json = /json/.test(response.headers['content-type'] ?? '') && data.length ? JSON.parse(data) : undefined;
        resolve({ status: response.statusCode, headers: response.headers, body: data, json });
      });
    });
    request.on('error', reject);
    request.end(text);
  });
}

const api = (method, where, options) => ask(method, `/api/v1${where}`, options);
const get = async (where) => {
  const answer = await api('GET', where);
  assert.equal(answer.status, 200, `${where}: ${answer.body}`);
  return answer.json;
};
const people = async () => (await get(`/rooms/${room}/participants`)).participants;
const idOf = async (name) => (await people()).find((one) => one.name === name)?.id;

/** A WebSocket client in the room; without media, like a page before its offer. */
async function join(name) {
  const ws = await RawSocket.connect(daemon.ports.http);
  ws.json({ t: 'hello', id: 1, d: { room, name } });
  const welcome = await ws.message(({ t }) => t === 'welcome' || t === 'error');
  assert.equal(welcome.t, 'welcome', JSON.stringify(welcome));
  ws.id = welcome.d.you.id;
  return ws;
}

before(async () => {
  daemon = await Daemon.start({ layouts: { watch: false } }); // what is read when, is the test's to say
  token = fs.readFileSync(path.join(daemon.folder, 'data', 'admin.token'), 'utf8').trim();
  ada = await join('Ada');
  phone = await new SipLeg({ port: daemon.ports.sip, room, name: 'Phone', tone: 700, video: 'recvonly' }).join();
});

after(async () => {
  ada?.close();
  await phone?.leave();
  await daemon?.stop();
});

test('on a public listener only the token opens the door', async () => {
  const port = daemon.ports.http;
  const status = async (headers) => (await api('GET', '/node', { port, headers })).status;
  assert.match(token, /^[\w-]{43}$/);
  assert.equal(fs.statSync(path.join(daemon.folder, 'data', 'admin.token')).mode & 0o777, 0o600);
  const none = await api('GET', '/node', { port });
  assert.deepEqual([none.status, none.json.code, none.headers['www-authenticate']], [401, 'unauthorized', 'Bearer']);
  assert.equal(await status({ authorization: `Bearer ${token.slice(0, -1)}x` }), 401);
  assert.equal(await status({ authorization: `Bearer ${token}${token}` }), 401);
  assert.equal(await status({ authorization: `Basic ${token}` }), 401);
  assert.equal(await status({ authorization: `Bearer ${token}` }), 200);
  // What is not there looks like what is.
  assert.equal((await api('GET', '/secret', { port })).status, 401);
  assert.equal((await ask('GET', '/metrics', { port })).status, 404);
  assert.equal((await ask('GET', '/readyz', { port })).status, 200);
});

test('guessing the operator\'s token is throttled, the right one then too', async () => {
  const other = await Daemon.start({ auth: { attempts: 3 } });
  try {
    const right = fs.readFileSync(path.join(other.folder, 'data', 'admin.token'), 'utf8').trim();
    const status = async (one) => (await fetch(`http://127.0.0.1:${other.ports.http}/api/v1/node`, { headers: { authorization: `Bearer ${one}` } })).status;
    for (let i = 0; i < 6; i++) assert.equal(await status(right), 200);
    for (let i = 0; i < 3; i++) assert.equal(await status(`${right}${i}`), 401);
    assert.equal(await status(right), 429);
  } finally {
    await other.stop();
  }
});

test('the admin listener and the socket need no token, but refuse foreign pages', async () => {
  const status = async (headers, method = 'GET') => (await api(method, '/node', { headers })).status;
  const { admin } = daemon.ports;
  assert.equal(await status({}), 200);
  assert.equal(await status({ host: `localhost:${admin}` }), 200);
  assert.equal(await status({ host: `127.0.0.1:${admin}`, origin: `http://127.0.0.1:${admin}` }), 200);
  assert.equal(await status({ host: `evil.example:${admin}` }), 403); // DNS rebinding
  assert.equal(await status({ host: `127.0.0.1:${admin}`, origin: 'https://evil.example' }), 403);
  assert.equal(await status({ host: `127.0.0.1:${admin}`, origin: 'null' }), 403);
  const reload = await api('POST', '/config/reload', { headers: { origin: 'https://evil.example' } });
  assert.deepEqual([reload.status, reload.json.code], [403, 'forbidden']);
  const socketPath = path.join(daemon.folder, 'data', 'medleyd.sock');
  assert.equal((await api('GET', '/node', { socketPath })).status, 200);
  // Prometheus may come by a name.
  assert.equal((await ask('GET', '/metrics', { headers: { host: 'medley.example:9090' } })).status, 200);
});

test('it says what is wrong with a request', async () => {
  const problem = async (method, where, body) => {
    const { status, json, headers } = await api(method, where, { body });
    assert.equal(headers['content-type'], 'application/problem+json');
    assert.equal(json.status, status);
    return [status, json.code, json.detail];
  };
  assert.deepEqual((await problem('GET', '/nothing')).slice(0, 2), [404, 'not_found']);
  assert.deepEqual(await problem('GET', '/rooms/nobody'), [404, 'room_not_found', 'nobody']);
  assert.deepEqual((await problem('GET', '/rooms/-x')).slice(0, 2), [400, 'bad_request']);
  assert.deepEqual((await problem('GET', `/rooms/${room}/participants/pt_x`)).slice(0, 2), [404, 'participant_not_found']);
  assert.deepEqual(await problem('POST', '/node/drain', { no: 1 }), [400, 'bad_request', '/no: not known']);
  assert.deepEqual(await problem('POST', '/node/drain', {}), [400, 'bad_request', '/on: missing']);
  assert.deepEqual((await problem('POST', '/node/drain', '[[[[[[[[[[[[[[[[[[[[')).slice(2), ['/: nested too deeply']);
  assert.deepEqual(await problem('POST', '/node/drain', 'x'.repeat(100000)), [413, 'too_large', '/: too long']);
  assert.deepEqual(await problem('POST', '/node/drain', 'x'.repeat(1048577)), [413, 'too_large', 'more than 1048576 bytes']);
  assert.deepEqual((await problem('POST', `/rooms/${room}/recordings`, {})).slice(0, 2), [501, 'not_implemented']);
  const wrong = await api('DELETE', '/layouts');
  assert.deepEqual([wrong.status, wrong.headers.allow], [405, 'GET, HEAD']);
});

test('the node tells about itself', async () => {
  const node = await get('/node');
  assert.equal(node.draining, false);
  assert.equal(node.rooms, 1);
  assert.deepEqual(node.participants, { web: 1, sip: 1 });
  assert.ok(node.rss_bytes > 1e6 && node.cpu_s > 0 && node.uptime_s >= 0);
  assert.ok(Math.abs(Date.parse(node.started_at) - Date.now()) < 600000);
  assert.equal(node.log_level, 'info');
  assert.equal(node.settings.ok, true);
  assert.deepEqual(node.settings.errors, []);
});

test('rooms and participants are listed', async () => {
  const { rooms } = await get('/rooms');
  assert.deepEqual(rooms.map(({ name, participants }) => [name, participants]), [[room, 2]]);
  const one = await get(`/rooms/${room}`);
  assert.deepEqual(one.participants_list.map(({ name, kind }) => [name, kind]), [['Ada', 'web'], ['Phone', 'sip']]);
  assert.equal((await get(`/rooms/${room.toUpperCase()}`)).name, room);
  await until('the phone has figures', 10, async () => {
    const { media } = (await people())[1];
    return media.audio_codec === 'pcmu' && media.video_codec === 'h264' && media.rx_packets > 0 && media.rx_bps > 0;
  });
});

test('who is muted is told, and one who is not excepted', async () => {
  const answer = await api('PATCH', `/rooms/${room}/participants/${ada.id}`, { body: { muted: { audio: true } } });
  assert.equal(answer.status, 200);
  assert.deepEqual(answer.json.muted, { audio: true, video: false });
  const told = await ada.message(({ t }) => t === 'muted');
  assert.equal(told.d.audio, true);
  const all = await api('POST', `/rooms/${room}/mute`, { body: { audio: true, except: [ada.id] } });
  assert.deepEqual(all.json, { muted: 1 });
  assert.equal((await people())[1].muted.audio, true);
  await api('PATCH', `/rooms/${room}/participants/${await idOf('Phone')}`, { body: { muted: { audio: false } } });
  assert.equal((await people())[1].muted.audio, false);
});

test('hand and seat are set', async () => {
  const { json } = await api('PATCH', `/rooms/${room}/participants/${ada.id}`, { body: { hand: true, seat: 'interpreter' } });
  assert.deepEqual([json.hand, json.seat], [true, 'interpreter']);
  const layout = await get(`/rooms/${room}/layout`);
  assert.deepEqual(layout.seats, { interpreter: ada.id });
  const empty = await api('PUT', `/rooms/${room}/layout`, { body: { seats: { interpreter: null } } });
  assert.deepEqual(empty.json.seats, {});
});

test('a layout is chosen, shown, and given back', async () => {
  const { layouts } = await get('/layouts');
  const names = layouts.map(({ name }) => name);
  for (const name of ['auto', '1+7', '2x2']) assert.ok(names.includes(name), name);
  assert.deepEqual(layouts.find(({ name }) => name === 'interpreter-pip').seats, ['interpreter']);
  assert.equal((await get(`/rooms/${room}/layout`)).chosen, false);
  const put = (body) => api('PUT', `/rooms/${room}/layout`, { body });
  const answer = await put({ layout: '1+7', spotlight: [ada.id], banner: 'Hört!', marks: ['rec'], overlays: { names: false } });
  assert.equal(answer.status, 200, answer.body.toString());
  const { json } = answer;
  assert.deepEqual([json.layout, json.chosen, json.spotlight, json.banner, json.marks], ['1+7', true, [ada.id], 'Hört!', ['rec']]);
  assert.equal(json.overlays.names, false);
  assert.equal(json.overlays.badges, true);
  await until('the log says what was changed', 5, () => daemon.log.includes(
    `by an operator: layout 1+7; spotlight ${ada.id}; banner; marks rec; overlays -names`));
  const shown = await until('it is shown', 10, async () => {
    const layout = await get(`/rooms/${room}/layout`);
    return layout.tiles.length >= 2 && layout.tiles.some(({ id, role }) => id === ada.id && role === 'speaker') && layout;
  });
  assert.deepEqual(shown.canvas, [1280, 720]);

  assert.deepEqual((({ status, json: { code } }) => [status, code])(await put({ layout: 'no-such' })), [404, 'layout_not_found']);
  assert.deepEqual((({ status, json: { code } }) => [status, code])(await put({ layout: 'auto', spotlight: ['pt_x'] })), [404, 'participant_not_found']);
  assert.equal((await get(`/rooms/${room}/layout`)).layout, '1+7'); // nothing of it happened
  const back = await put({ layout: null, spotlight: [], banner: null, marks: [], overlays: { names: true } });
  assert.deepEqual([back.json.layout, back.json.chosen, back.json.spotlight, back.json.banner], ['auto', false, [], '']);
});

test('a preview is a PNG of the size that was asked for', async () => {
  for (const [name, w, h] of [['1+7', 320, 180], ['auto', 720, 1280]]) {
    const { status, headers, body } = await api('GET', `/layouts/${encodeURIComponent(name)}/preview.png?count=5&content=1&size=${w}x${h}`);
    assert.equal(status, 200, body.toString());
    assert.equal(headers['content-type'], 'image/png');
    assert.equal(body.subarray(1, 4).toString(), 'PNG');
    assert.deepEqual([body.readUInt32BE(16), body.readUInt32BE(20)], [w, h]);
  }
  const status = async (where) => (await api('GET', `/layouts/${where}`)).status;
  assert.equal(await status('1+7/preview.png'), 200); // a plus in a path is a plus
  assert.equal(await status('nothing/preview.png'), 404);
  for (const query of ['count=65', 'size=62x64', 'size=640x361', 'size=1922x64', 'size=x', 'content=2', 'colour=red', 'count=1&count=2']) {
    assert.equal(await status(`auto/preview.png?${query}`), 400, query);
  }
});

/** Width and height in a JPEG's start of frame. */
function jpegSize(data) {
  for (let at = 2; data[at] === 0xff; at += 2 + data.readUInt16BE(at + 2)) {
    if (data[at + 1] >= 0xc0 && data[at + 1] <= 0xc2) return [data.readUInt16BE(at + 7), data.readUInt16BE(at + 5)];
  }
  throw new Error('no start of frame');
}

test('a snapshot is what the room shows, once a second', async () => {
  const shot = (query = '') => api('GET', `/rooms/${room}/snapshot.jpg${query}`);
  const [full, small] = [await shot(), await shot('?w=320')];
  assert.deepEqual([full.status, full.headers['content-type'], full.headers['cache-control']], [200, 'image/jpeg', 'no-store']);
  assert.deepEqual(jpegSize(full.body), [1280, 720]);
  assert.deepEqual(jpegSize(small.body), [320, 180]);
  const many = await Promise.all(Array.from({ length: 10 }, () => shot('?w=160')));
  assert.deepEqual(many.map(({ status }) => status), Array(10).fill(200));
  assert.ok(new Set(many.map(({ body }) => body.toString('base64'))).size <= 2);
  assert.equal((await shot('?w=63')).status, 400);
  assert.equal((await api('GET', '/rooms/nobody/snapshot.jpg')).status, 404);
});

test('a layout file is checked, line by line', async () => {
  const check = async (body, where = '') => (await api('POST', `/layouts/check${where}`, { body })).json;
  assert.deepEqual(await check('aliases: {mine: auto}\n'), { ok: true, errors: [] });
  const bad = await check('aliases:\n  mine: nowhere\n', '?name=60-team.yaml');
  assert.equal(bad.ok, false);
  assert.match(bad.errors[0], /^60-team\.yaml:2:\d+: /);
  const long = `${'# a long file\n'.repeat(70000)}aliases: {mine: auto}\n`;
  assert.deepEqual(await check(long), { ok: true, errors: [] });
  const headers = { authorization: `Bearer ${token}` };
  const outside = await api('POST', '/layouts/check', { port: daemon.ports.http, body: long.slice(0, 70000), headers });
  assert.deepEqual([outside.status, outside.json.detail], [413, 'more than 65536 bytes; the admin listener takes 1048576']);
});

test('a broken file changes nothing and is reported; a good one is taken', async () => {
  const file = path.join(daemon.folder, 'medley.yaml');
  const good = fs.readFileSync(file, 'utf8');
  const { yaml } = await get('/config');
  assert.match(yaml, /udp_port/);
  assert.doesNotMatch(yaml, new RegExp(token));

  const before = (await get('/node')).settings.version;
  fs.writeFileSync(file, good.replace('"rooms": {', '"rooms": { "fsp": 3,'));
  const broken = (await api('POST', '/config/reload')).json;
  assert.equal(broken.ok, false);
  assert.match(broken.errors[0], /medley\.yaml:\d+:\d+: .*fsp/);
  const { settings } = await get('/node');
  assert.deepEqual([settings.ok, settings.version], [false, before]);
  assert.equal((await daemon.metrics()).get('medley_config_last_reload_successful'), 0);

  fs.writeFileSync(file, good.replace('"rooms": {', '"rooms": { "mix_max": 4,'));
  const expected = [{ key: 'rooms.mix_max', class: 'new rooms' }];
  const check = (await api('POST', '/config/check')).json;
  assert.deepEqual([check.ok, check.changed], [true, expected]);
  const reload = (await api('POST', '/config/reload')).json;
  assert.equal(reload.ok, true);
  assert.equal((await get('/node')).settings.ok, true);
  assert.match((await get('/config')).yaml, /mix_max: 4/);
});

test('the log level changes at once', async () => {
  assert.deepEqual((await api('PUT', '/node/log', { body: { level: 'debug' } })).json, { level: 'debug' });
  const ws = await RawSocket.connect(daemon.ports.http);
  await until('debug lines are written', 10, () => /websocket se_/.test(daemon.log));
  ws.close();
  assert.equal((await api('PUT', '/node/log', { body: { level: 'loud' } })).status, 400);
  await api('PUT', '/node/log', { body: { level: 'info' } });
});

test('who drains lets nobody in, and those who are in stay', async () => {
  assert.equal((await api('POST', '/node/drain', { body: { on: true } })).json.draining, true);
  const ready = async (port) => (({ status, json }) => [status, json])(await ask('GET', '/readyz', { port }));
  assert.deepEqual(await ready(daemon.ports.http), [503, { status: 'not_ready' }]);
  assert.deepEqual(await ready(daemon.ports.admin), [503, { status: 'not_ready', reasons: ['draining'] }]);
  const ws = await RawSocket.connect(daemon.ports.http);
  ws.json({ t: 'hello', id: 1, d: { room, name: 'Late' } });
  assert.equal((await ws.message(({ re }) => re === 1)).d.code, 'draining');
  ws.close();
  const call = new SipCall(daemon.ports.sip, room, 'Late');
  const answer = await call.invite('v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\n');
  call.close();
  assert.equal(answer.status, 503);
  assert.equal((await people()).length, 2);
  await api('POST', '/node/drain', { body: { on: false } });
  assert.equal((await ask('GET', '/readyz')).status, 200);
});

test('requests are counted by route', async () => {
  const metrics = await daemon.metrics();
  const count = (route, method, code) => metrics.get('medley_http_requests_total', { route, method, code });
  assert.ok(count('/api/v1/rooms/{r}', 'GET', '2xx') >= 2);
  assert.ok(count('/api/v1/rooms/{r}', 'GET', '4xx') >= 1);
  assert.ok(count('/api/v1/config/reload', 'POST', '2xx') >= 2);
});

test('who is removed is told why, and a room is emptied', async () => {
  const bob = await join('Bob');
  assert.equal((await api('DELETE', `/rooms/${room}/participants/${bob.id}`)).status, 204);
  await until('Bob is out', 5, () => bob.closed);
  assert.equal(bob.closed.code, 4003);
  assert.equal((await api('DELETE', `/rooms/${room}`)).status, 204);
  await until('Ada is out', 5, () => ada.closed);
  assert.equal(ada.closed.code, 4004, 'it has ended for all');
  await until('the room is gone', 10, async () => (await get('/rooms')).rooms.length === 0);
  assert.equal((await api('GET', `/rooms/${room}`)).status, 404);
});
