// SPDX-License-Identifier: GPL-2.0-or-later
// The REST API for people: accounts, tokens, meetings, history, webhooks; what it refuses and how,
// and that every answer is as openapi.json says.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Api, routesOf } from './lib/api.mjs';
import { Browser } from './lib/browser.mjs';
import { Daemon } from './lib/daemon.mjs';
import { until } from './lib/util.mjs';
import { RawSocket } from './lib/ws.mjs';

const password = 'correct horse';
const starts = new Date(Date.now() + 86400000).toISOString();
const ends = new Date(Date.now() + 90000000).toISOString();
let daemon, api, ada, bob, boss, ws;

const admin = { admin: true };

/** Status, and for errors the code. */
async function gets(expected, method, where, options) {
  const answer = await api.ask(method, where, options);
  const [status, code] = [expected].flat();
  assert.equal(answer.status, status, `${method} ${where}: ${answer.text}`);
  if (code) assert.equal(answer.code, code, answer.text);
  return answer;
}

async function login(name) {
  const { json } = await gets(200, 'POST', '/login', { body: { name, password } });
  return { token: json.token, id: json.user.id };
}

before(async () => {
  daemon = await Daemon.start({
    server: { name: 'conf.example' },
    http: { allow_origin: ['https://app.example'], max_per_address: 1000 },
    auth: { attempts: 200 },
    turn: { uris: ['stun:stun.example:3478', 'turn:turn.example:3478?transport=tcp'], secret: 'a secret that is shared' },
  });
  api = new Api(daemon, await routesOf(daemon));
  for (const [name, role] of [['ada', 'user'], ['bob', 'user'], ['boss', 'operator']])
    await gets(201, 'POST', '/users', { ...admin, body: { name, role, password, display: name.toUpperCase() } });
  [ada, bob, boss] = [await login('Ada'), await login('bob'), await login('boss')];
  ws = await RawSocket.connect(daemon.ports.http);
  ws.json({ t: 'hello', id: 1, d: { room: 'open', name: 'Guest' } });
  await ws.message(({ t }) => t === 'welcome' || t === 'error');
});

after(async () => {
  ws?.close();
  await daemon?.stop();
});

test('people sign in and out', async () => {
  await gets([401, 'login_wrong'], 'POST', '/login', { body: { name: 'ada', password: 'wrong' } });
  await gets([401, 'login_wrong'], 'POST', '/login', { body: { name: 'nobody', password } });
  await gets([401, 'login_wrong'], 'POST', '/login', { body: { name: '<script>', password } });
  await gets([400, 'bad_request'], 'POST', '/login', { body: { name: 'ada' } });
  await gets([400, 'bad_request'], 'POST', '/login', { body: '{' });
  const second = await login('ada');
  await gets(200, 'GET', '/users/me', { token: second.token });
  await gets(204, 'POST', '/logout', { token: second.token });
  await gets([401, 'token_revoked'], 'GET', '/users/me', { token: second.token });
  await gets([400, 'bad_request'], 'POST', '/logout', admin);
  const none = await gets([401, 'unauthorized'], 'GET', '/users/me');
  assert.equal(none.headers.get('www-authenticate'), 'Bearer');
  const [head, claims, mark] = ada.token.split('.');
  const none64 = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
  for (const [token, code] of [
    ['x', 'token_malformed'],
    [`${head}.${claims}.${mark.slice(0, -4)}AAAA`, 'token_signature'],
    [`${none64}.${claims}.`, 'token_algorithm'],
  ]) {
    const answer = await api.ask('GET', '/users/me', { token });
    assert.equal(answer.status, 401);
    assert.ok([code, 'token_malformed'].includes(answer.code), answer.text);
  }
});

test('people see and change themselves', async () => {
  const me = await gets(200, 'GET', '/users/me', ada);
  assert.equal(me.json.name, 'ada');
  const tag = me.headers.get('etag');
  await gets(304, 'GET', '/users/me', { ...ada, headers: { 'if-none-match': tag } });
  const changed = await gets(200, 'PATCH', '/users/me', { ...ada, headers: { 'if-match': tag }, body: { display: 'Ada L.', prefs: { theme: 'dark' } } });
  assert.deepEqual(changed.json.prefs, { theme: 'dark' });
  assert.notEqual(changed.headers.get('etag'), tag);
  await gets([412, 'precondition_failed'], 'PATCH', '/users/me', { ...ada, headers: { 'if-match': tag }, body: {} });
  await gets([412, 'precondition_failed'], 'PATCH', '/users/me', { ...ada, headers: { 'if-match': 'x'.repeat(400) }, body: {} });
  await gets([400, 'bad_request'], 'PATCH', '/users/me', { ...ada, body: { prefs: [] } });
  await gets([400, 'bad_request'], 'PATCH', '/users/me', { ...ada, body: { prefs: { long: 'x'.repeat(17000) } } });
  await gets([400, 'bad_request'], 'PATCH', '/users/me', { ...ada, body: { display: 'x'.repeat(65000) } });
  await gets([400, 'bad_request'], 'PATCH', '/users/me', { ...ada, body: { display: '\u202e' } });
  await gets([413, 'too_large'], 'PATCH', '/users/me', { ...ada, body: `{"display":"${'x'.repeat(70000)}"}` });
  const known = await gets([400, 'bad_request'], 'PATCH', '/users/me', { ...ada, body: { role: 'operator' } });
  assert.deepEqual(known.json.errors, [{ pointer: '/role', detail: 'not known' }]);
  await gets([403, 'forbidden'], 'GET', '/users/me', admin); // an operator without an account
});

test('people change their password by the old one', async () => {
  const put = (expected, body) => gets(expected, 'PUT', '/users/me/password', { ...bob, body });
  await put([401, 'login_wrong'], { old: 'wrong wrong', new: 'another one' });
  await put([422, 'bad_password'], { old: password, new: 'short' });
  await put([400, 'bad_request'], { new: 'another one' });
  const socket = await RawSocket.connect(daemon.ports.http);
  socket.json({ t: 'hello', id: 1, d: { token: bob.token } });
  await socket.message(({ t }) => t === 'welcome');
  await put(204, { old: password, new: 'another one' });
  assert.equal((await socket.message(({ t }) => t === 'bye')).d.reason, 'signed_out');
  await gets([401, 'login_wrong'], 'POST', '/login', { body: { name: 'bob', password } });
  await gets([401, 'token_revoked'], 'GET', '/users/me', bob); // with the password go the tokens
  const { json } = await gets(200, 'POST', '/login', { body: { name: 'bob', password: 'another one' } });
  bob = { token: json.token, id: json.user.id };
  await gets(200, 'GET', '/users/me', bob);
});

test('tokens and sessions of an account end when it is changed by others', async () => {
  const { json: { id } } = await gets(201, 'POST', '/users', { ...admin, body: { name: 'mallory', role: 'operator', password } });
  const session = async (token) => {
    const socket = await RawSocket.connect(daemon.ports.http);
    socket.json({ t: 'hello', id: 1, d: { token } });
    await socket.message(({ t }) => t === 'welcome');
    return socket;
  };
  let { token } = await login('mallory');
  let socket = await session(token);
  await gets(200, 'PATCH', `/users/${id}`, { ...admin, body: { display: 'Mal', role: 'operator' } }); // nothing of that
  await gets(200, 'GET', '/users', { token });
  await gets(200, 'PATCH', `/users/${id}`, { ...admin, body: { role: 'user' } });
  assert.equal((await socket.message(({ t }) => t === 'bye')).d.reason, 'signed_out');
  await gets([401, 'token_revoked'], 'GET', '/users', { token });
  ({ token } = await login('mallory'));
  await gets(403, 'GET', '/users', { token });
  await gets(200, 'PATCH', `/users/${id}`, { ...admin, body: { password } });
  await gets([401, 'token_revoked'], 'GET', '/users/me', { token });
  ({ token } = await login('mallory'));
  socket = await session(token);
  await gets(204, 'DELETE', `/users/${id}`, admin);
  assert.equal((await socket.message(({ t }) => t === 'bye')).d.reason, 'removed');
  await gets([401, 'token_revoked'], 'GET', '/users/me', { token });
  await gets([401, 'token_revoked'], 'POST', '/meetings', { token, body: { title: 'x' } });
});

test('with the last host who is removed goes his room, and who is in it', async () => {
  const { json: { id } } = await gets(201, 'POST', '/users', { ...admin, body: { name: 'oscar', role: 'user', password } });
  const { token } = await login('oscar');
  const { json: { room } } = await gets(201, 'POST', '/meetings', { token, body: { title: 'Short', policy: { ends_with_host: true } } });
  const enter = async (d) => {
    const socket = await RawSocket.connect(daemon.ports.http);
    socket.json({ t: 'hello', id: 1, d: { room, ...d } });
    await socket.message(({ t }) => t === 'welcome');
    return socket;
  };
  const guests = [await enter({ name: 'One' }), await enter({ name: 'Two' })]; // the sessions next to his
  const host = await enter({ token });
  await gets(204, 'DELETE', `/users/${id}`, admin);
  assert.equal((await host.message(({ t }) => t === 'bye')).d.reason, 'removed');
  for (const guest of guests) assert.equal((await guest.message(({ t }) => t === 'bye')).d.reason, 'ended');
  await gets(200, 'GET', '/users/me', ada);
});

test('a session whose token was revoked enters nothing any more', async () => {
  const { token } = await login('ada');
  const ask = async (socket, t, d, id) => {
    socket.json({ t, id, d });
    const answer = await socket.message((m) => m.re === id);
    return answer.d?.code ?? answer.t;
  };
  const open = () => RawSocket.connect(daemon.ports.http);
  const [idle, inside, after] = [await open(), await open(), await open()];
  const secrets = [];
  for (const [socket, room] of [[idle], [inside, 'revoked']]) {
    socket.json({ t: 'hello', id: 1, d: { token, room } });
    secrets.push((await socket.message(({ re }) => re === 1)).d.session);
  }
  assert.ok(secrets[0] && secrets[1]);
  await gets(204, 'POST', '/logout', { token });
  assert.equal(await ask(idle, 'join', { room: 'revoked' }, 2), 'token_revoked');
  assert.equal(await ask(idle, 'call.start', { to: [bob.id] }, 3), 'token_revoked');
  assert.equal(await ask(inside, 'hand', { up: true }, 2), 'ok'); // who is in stays
  assert.equal(await ask(after, 'hello', { resume: secrets[0] }, 1), 'token_revoked');
  assert.equal(await ask(after, 'hello', { resume: secrets[1] }, 2), 'token_revoked');
  for (const socket of [idle, inside, after]) socket.close();
});

test('nobody makes himself more than his token says', async () => {
  const body = { room: 'raise', identity: 'rita', role: 'guest', moderate: true, chat: false };
  const { json: { token } } = await gets(201, 'POST', '/tokens', { ...admin, body });
  const socket = await RawSocket.connect(daemon.ports.http);
  socket.json({ t: 'hello', id: 1, d: { room: 'raise', token } });
  const { d: { you } } = await socket.message(({ re }) => re === 1);
  assert.equal(you.role, 'guest'); // although he is the first
  socket.json({ t: 'participant.set', id: 2, d: { id: you.id, role: 'host' } });
  assert.equal((await socket.message(({ re }) => re === 2)).d.code, 'forbidden');
  const where = `/rooms/raise/participants/${you.id}/role`;
  await gets([403, 'forbidden'], 'PUT', where, { token, body: { role: 'host' } });
  await gets(200, 'PUT', where, { ...admin, body: { role: 'host' } });
  socket.json({ t: 'chat', id: 3, d: { text: 'hello' } });
  assert.equal((await socket.message(({ re }) => re === 3)).d.code, 'forbidden');
  socket.close();
});

test('a host reads no private messages by calling somebody as their author or reader', async () => {
  const mint = async (options, body) => (await gets(201, 'POST', '/tokens', { ...options, body: { room: 'whisper', ...body } })).json.token;
  const enter = async (token) => {
    const socket = await RawSocket.connect(daemon.ports.http);
    socket.json({ t: 'hello', id: 1, d: { room: 'whisper', token } });
    return { socket, you: (await socket.message(({ re }) => re === 1)).d.you };
  };
  const host = { token: await mint(admin, { identity: 'hal', role: 'host' }) };
  const [one, two] = [await enter(await mint(admin, { identity: 'uma', role: 'guest' })), await enter(await mint(admin, { identity: 'vic', role: 'guest' }))];
  one.socket.json({ t: 'chat', id: 2, d: { text: 'between us', to: two.you.id } });
  assert.equal((await one.socket.message(({ re }) => re === 2)).t, 'ok');
  await gets([400, 'bad_request'], 'POST', '/tokens', { ...host, body: { room: 'whisper', role: 'host', identity: two.you.id } });
  await gets([400, 'bad_request'], 'POST', '/tokens', { ...admin, body: { room: 'whisper', role: 'host', identity: two.you.id } });
  await gets([400, 'bad_request'], 'POST', '/tokens', { ...host, body: { room: 'whisper', role: 'host', identity: 'x'.repeat(61) } });
  const same = await mint(host, { identity: 'vic', role: 'host' });
  assert.equal(JSON.parse(Buffer.from(same.split('.')[1], 'base64url')).sub, 'by_vic');
  const texts = async (options) => (await gets(200, 'GET', '/rooms/whisper/messages', options)).json.items.map((m) => m.text);
  assert.deepEqual(await texts(host), []);
  assert.deepEqual(await texts({ token: same }), []);
  assert.deepEqual(await texts({ token: await mint(admin, { identity: 'vic', role: 'host' }) }), []);
  assert.deepEqual(await texts(admin), ['between us']);
  for (const { socket } of [one, two]) socket.close();
});

test('people find each other by how a login begins', async () => {
  const found = async (name) => (await gets(200, 'GET', `/users/lookup?name=${name}`, ada)).json.items.map((one) => one.name);
  assert.deepEqual(await found('bo'), ['bob', 'boss']);
  assert.deepEqual(await found('BOB'), ['bob']);
  assert.deepEqual(await found('zz'), []);
  await gets([400, 'bad_request'], 'GET', '/users/lookup?name=', ada);
  await gets([400, 'bad_request'], 'GET', '/users/lookup?name=%25', ada);
  await gets([400, 'bad_request'], 'GET', '/users/lookup?name=a&all=1', ada);
});

test('operators keep accounts', async () => {
  await gets([403, 'forbidden'], 'GET', '/users', ada);
  await gets([403, 'forbidden'], 'POST', '/users', { ...ada, body: { name: 'eve', role: 'operator' } });
  const made = await gets(201, 'POST', '/users', { ...boss, body: { name: 'Cat.1', password, sip_password: 'sip only' } });
  assert.deepEqual([made.json.name, made.json.sip, made.json.role], ['cat.1', true, 'user']);
  assert.ok(!/argon2|secret|ha1/i.test(made.text));
  const { id } = made.json;
  await gets([409, 'name_taken'], 'POST', '/users', { ...boss, body: { name: 'CAT.1' } });
  await gets([400, 'bad_request'], 'POST', '/users', { ...boss, body: { name: "x' OR 1=1" } });
  await gets([422, 'bad_password'], 'POST', '/users', { ...boss, body: { name: 'dog', password: 'short' } });
  await gets([422, 'bad_password'], 'POST', '/users', { ...boss, body: { name: 'dog', sip_password: 'short' } });
  await gets([400, 'bad_request'], 'POST', '/users', { ...boss, body: { name: 'dog', role: 'god' } });
  await gets(200, 'GET', `/users/${id}`, boss);
  await gets(200, 'GET', `/users/${ada.id}`, ada);
  await gets([403, 'forbidden'], 'GET', `/users/${id}`, ada);
  await gets([404, 'user_not_found'], 'GET', '/users/us_none', boss);
  const changed = await gets(200, 'PATCH', `/users/${id}`, { ...boss, headers: { 'if-match': '"1"' }, body: { display: 'Cat', password: 'a new password' } });
  assert.equal(changed.json.display, 'Cat');
  await gets([412, 'precondition_failed'], 'DELETE', `/users/${id}`, { ...boss, headers: { 'if-match': '"1"' } });
  await gets(204, 'DELETE', `/users/${id}`, { ...boss, headers: { 'if-match': '"2"' } });
  await gets([404, 'user_not_found'], 'DELETE', `/users/${id}`, boss);
});

test('lists come in pages', async () => {
  const names = [];
  let next = '';
  do {
    const { json } = await gets(200, 'GET', `/users?limit=2${next && `&cursor=${next}`}`, admin);
    assert.ok(json.items.length <= 2);
    names.push(...json.items.map((one) => one.name));
    next = json.next;
  } while (next);
  assert.deepEqual(names, ['ada', 'bob', 'boss']);
  const { json } = await gets(200, 'GET', '/users?limit=1', admin);
  await gets([400, 'bad_cursor'], 'GET', `/users?cursor=${json.next.slice(0, -2)}AA`, admin);
  await gets([400, 'bad_cursor'], 'GET', `/calls?cursor=${json.next}`, ada);
  await gets([400, 'bad_cursor'], 'GET', '/users?cursor=', admin);
  for (const limit of ['0', '201', '-1', 'x', '']) await gets([400, 'bad_request'], 'GET', `/users?limit=${limit}`, admin);
});

test('a request that is sent again gets the first answer', async () => {
  const headers = { 'idempotency-key': 'one' };
  const body = { title: 'Once' };
  const first = await gets(201, 'POST', '/meetings', { ...ada, headers, body });
  const second = await gets(201, 'POST', '/meetings', { ...ada, headers, body });
  assert.deepEqual(second.json, first.json);
  await gets([422, 'idempotency_mismatch'], 'POST', '/meetings', { ...ada, headers, body: { title: 'Twice' } });
  const other = await gets(201, 'POST', '/meetings', { ...bob, headers, body });
  assert.notEqual(other.json.id, first.json.id); // keys of two people never meet
  await gets([400, 'bad_request'], 'POST', '/meetings', { ...ada, headers: { 'idempotency-key': 'x'.repeat(300) }, body });
  // What failed may be tried anew.
  await gets([422, 'in_the_past'], 'POST', '/meetings', { ...ada, headers: { 'idempotency-key': 'two' }, body: { title: 'a', starts_at: '2020-01-01T00:00:00Z' } });
  await gets(201, 'POST', '/meetings', { ...ada, headers: { 'idempotency-key': 'two' }, body });
  const many = await Promise.all(Array.from({ length: 20 }, () => api.ask('POST', '/meetings', { ...ada, headers: { 'idempotency-key': 'many' }, body })));
  assert.ok(many.every(({ status }) => status === 201 || status === 409));
  assert.equal(new Set(many.filter(({ status }) => status === 201).map(({ json }) => json.id)).size, 1);
});

test('meetings are made, found, changed and sent on', async () => {
  const made = await gets(201, 'POST', '/meetings', { ...ada, body: {
    title: 'Weekly, all; <b>', starts_at: starts, ends_at: ends, time_zone: 'UTC', recurrence: 'FREQ=WEEKLY;COUNT=4',
    pin: true, host_pin: '987654', policy: {}, people: [{ who: bob.id, role: 'guest' }] } });
  const { id, room } = made.json;
  assert.match(room, /^[a-z]{3}-[a-z]{4}-[a-z]{3}$/);
  assert.match(made.json.pin, /^\d{6}$/);
  const seen = await gets(200, 'GET', `/meetings/${id}`, bob);
  assert.ok(!('pin' in seen.json) && !('host_pin' in seen.json) && seen.json.has_pin);
  await gets([404, 'meeting_not_found'], 'GET', '/meetings/mt_none', ada);
  await gets(304, 'GET', `/meetings/${id}`, { ...ada, headers: { 'if-none-match': made.headers.get('etag') } });
  await gets([403, 'forbidden'], 'PATCH', `/meetings/${id}`, { ...bob, body: { title: 'Mine' } });
  await gets([403, 'forbidden'], 'DELETE', `/meetings/${id}`, bob);
  await gets([412, 'precondition_failed'], 'PATCH', `/meetings/${id}`, { ...ada, headers: { 'if-match': '"9"' }, body: { title: 'x' } });
  const changed = await gets(200, 'PATCH', `/meetings/${id}`, { ...ada, body: { title: 'Daily', pin: null } });
  assert.deepEqual([changed.json.title, changed.json.pin, changed.json.people.length], ['Daily', null, 2]);
  const listed = async (who, query = '') => (await gets(200, 'GET', `/meetings${query}`, who)).json.items.some((one) => one.id === id);
  assert.ok(await listed(ada) && await listed(bob) && await listed(boss));
  assert.ok(await listed(ada, `?from=${starts}&to=${ends}`));
  assert.ok(!await listed(ada, `?to=${new Date().toISOString()}`));
  await gets([400, 'bad_request'], 'GET', '/meetings?from=yesterday', ada);
  const invite = await gets(200, 'GET', `/meetings/${id}/invite`, ada);
  assert.equal(invite.json.link, `https://conf.example:${daemon.ports.tls}/r/${room}`);
  assert.equal(invite.json.sip_uri, `sip:${room}@conf.example`);
  const calendar = await gets(200, 'GET', `/meetings/${id}/invite.ics`, bob);
  assert.match(calendar.headers.get('content-type'), /^text\/calendar/);
  assert.match(calendar.text, /\r\nRRULE:FREQ=WEEKLY;COUNT=4\r\n/);
  assert.ok(calendar.text.split('\r\n').every((line) => Buffer.byteLength(line) <= 75));
  const bare = await gets(201, 'POST', '/meetings', { ...admin, body: { title: 'No time', room: 'Bare' } });
  assert.deepEqual([bare.json.room, bare.json.owner], ['bare', null]);
  await gets([409, 'no_schedule'], 'GET', `/meetings/${bare.json.id}/invite.ics`, admin);
  await gets([404, 'meeting_not_found'], 'GET', `/meetings/${bare.json.id}`, ada);
  await gets([404, 'meeting_not_found'], 'GET', `/meetings/${bare.json.id}/invite`, ada);
  await gets([409, 'room_taken'], 'POST', '/meetings', { ...bob, body: { title: 'x', room: 'bare' } });
  await gets([409, 'room_taken'], 'POST', '/meetings', { ...bob, body: { title: 'x', room: 'open' } }); // people are in it
  await gets(204, 'DELETE', `/meetings/${bare.json.id}`, admin);
  await gets([404, 'meeting_not_found'], 'DELETE', `/meetings/${bare.json.id}`, admin);
});

test('meetings that cannot be are refused with the field', async () => {
  for (const [code, pointer, fields] of [
    ['bad_request', '/title', { title: '' }],
    ['bad_request', '/title', { title: 'x'.repeat(60000) }],
    ['in_the_past', '/starts_at', { starts_at: '2020-01-01T00:00:00Z' }],
    ['ends_before_start', '/ends_at', { starts_at: ends, ends_at: starts }],
    ['bad_request', '/starts_at', { starts_at: 'tomorrow' }],
    ['unknown_time_zone', '/time_zone', { time_zone: 'Mars/Base' }],
    ['unknown_time_zone', '/time_zone', { time_zone: '../../../etc/passwd' }],
    ['bad_recurrence', '/recurrence', { starts_at: starts, recurrence: 'FREQ=HOURLY' }],
    ['bad_recurrence', '/recurrence', { starts_at: starts, recurrence: 'FREQ=DAILY\r\nATTENDEE:x' }],
    ['bad_request', '/pin', { pin: '12ab' }],
    ['bad_request', '/host_pin', { pin: '1234', host_pin: '1234' }],
    ['bad_request', '/policy/long', { policy: { long: 'x'.repeat(9000) } }],
    ['bad_request', '/policy/lobby', { policy: { lobby: 'sometimes' } }],
    ['bad_request', '/people/0/role', { people: [{ who: 'a', role: 'god' }] }],
    ['bad_request', '/people', { people: Array.from({ length: 201 }, (_, i) => ({ who: `p${i}` })) }],
  ]) {
    const answer = await api.ask('POST', '/meetings', { ...ada, body: { title: 'x', ...fields } });
    assert.deepEqual([answer.code, answer.json.errors?.[0].pointer], [code, pointer], answer.text);
    assert.equal(answer.status, code === 'bad_request' ? 400 : 422);
  }
});

test('nobody has more meetings before him than he can have', async () => {
  await gets(201, 'POST', '/users', { ...admin, body: { name: 'busy', password } });
  const { id, token } = await login('busy');
  const answers = await Promise.all(Array.from({ length: 210 }, () => api.ask('POST', '/meetings', { token, body: { title: 'Another' } })));
  assert.ok(answers.filter(({ status }) => status === 201).length >= 200);
  await gets([409, 'too_many'], 'POST', '/meetings', { token, body: { title: 'One more' } });
  await gets(204, 'DELETE', `/users/${id}`, admin);
});

test('the owner of a meeting runs its room, others do not', async () => {
  const { json: { room, id } } = await gets(201, 'POST', '/meetings', { ...ada, body: { title: 'Mine' } });
  const socket = await RawSocket.connect(daemon.ports.http);
  socket.json({ t: 'hello', id: 1, d: { room, name: 'Guest' } });
  await socket.message(({ t }) => t === 'welcome' || t === 'error');
  await gets(200, 'GET', `/rooms/${room}`, ada);
  await gets([403, 'forbidden'], 'GET', `/rooms/${room}`, bob);
  await gets([403, 'forbidden'], 'GET', '/rooms/open', ada);
  await gets([401, 'unauthorized'], 'GET', `/rooms/${room}`);
  const { json: { participants } } = await gets(200, 'GET', `/rooms/${room}/participants`, ada);
  await gets(200, 'GET', `/rooms/${room}/participants/${participants[0].id}`, ada);
  await gets(200, 'POST', `/rooms/${room}/mute`, { ...ada, body: { audio: true } });
  await gets(200, 'GET', `/rooms/${room}/layout`, ada);
  await gets(200, 'GET', `/rooms/${room}/messages`, ada);
  await gets([403, 'forbidden'], 'GET', `/rooms/${room}/messages`, bob);
  await gets([501, 'not_implemented'], 'POST', `/rooms/${room}/recordings`, { ...ada, body: {} });

  // He makes tokens for it: no more than a host has, for no other room, in nobody's name.
  const token = await gets(201, 'POST', '/tokens', { ...ada, body: { room, role: 'host', name: 'Co', ttl_ms: 60000 } });
  await gets(200, 'GET', `/rooms/${room}`, { token: token.json.token });
  await gets([403, 'forbidden'], 'GET', '/rooms/open', { token: token.json.token });
  await gets([403, 'forbidden'], 'GET', '/users/me', { token: token.json.token });
  await gets([403, 'forbidden'], 'GET', '/node', { token: token.json.token });
  await gets(201, 'POST', '/tokens', { token: token.json.token, body: { room, role: 'guest' } });
  await gets([403, 'forbidden'], 'POST', '/tokens', { token: token.json.token, body: { room: 'open', role: 'guest' } });
  await gets([403, 'forbidden'], 'POST', '/tokens', { ...ada, body: { room: 'open', role: 'viewer' } });
  await gets([400, 'bad_request'], 'POST', '/tokens', { ...ada, body: { role: 'guest' } });
  await gets([400, 'bad_request'], 'POST', '/tokens', { ...ada, body: { room, role: 'guest', identity: bob.id } });
  const guest = await gets(201, 'POST', '/tokens', { ...ada, body: { room, role: 'guest', create: true, list: true } });
  const claims = JSON.parse(Buffer.from(guest.json.token.split('.')[1], 'base64url'));
  assert.deepEqual([claims.grants.create, claims.grants.list, claims.grants.moderate], [true, false, false]);
  await gets([403, 'forbidden'], 'GET', `/rooms/${room}`, { token: guest.json.token });

  await gets([403, 'forbidden'], 'DELETE', `/tokens/${token.json.jti}`, ada);
  await gets(204, 'DELETE', `/tokens/${token.json.jti}`, boss);
  await gets([401, 'token_revoked'], 'GET', `/rooms/${room}`, { token: token.json.token });
  await gets(204, 'DELETE', `/rooms/${room}`, ada);
  await gets(204, 'DELETE', `/meetings/${id}`, ada);
  socket.close();
});

test('hosts may by REST what they may in the room, and no more', async () => {
  const { json: { room, id } } = await gets(201, 'POST', '/meetings', { ...ada, body: { title: 'Bounds', pin: '1234', host_pin: '5678' } });
  const { json: { token } } = await gets(201, 'POST', '/tokens', { ...ada, body: { room, role: 'host', name: 'Co', ttl_ms: 60000 } });
  const people = [];
  for (const pin of ['5678', '1234']) {
    const one = await RawSocket.connect(daemon.ports.http);
    one.json({ t: 'hello', id: 1, d: { room, name: `Pin ${pin}`, pin } });
    one.id = (await one.message(({ t }) => t === 'welcome')).d.you.id;
    people.push(one);
  }
  const [host, guest] = people;

  const muted = (expected, who, now) => gets(expected, 'PATCH', `/rooms/${room}/participants/${guest.id}`, { ...who, body: { muted: now } });
  await muted(200, { token }, { audio: true });
  await muted([403, 'forbidden'], { token }, { audio: false });
  await muted([403, 'forbidden'], ada, { audio: false });
  assert.equal((await muted(200, { token }, { video: true })).json.muted.audio, true);
  assert.equal((await muted(200, admin, { audio: false })).json.muted.audio, false);

  const role = (expected, who, now) => gets(expected, 'PUT', `/rooms/${room}/participants/${who.id}/role`, { token, body: { role: now } });
  await role([409, 'last_host'], host, 'guest');
  await role(200, guest, 'host');
  await role(200, host, 'guest');

  for (const body of [{ pin: '5678' }, { host_pin: '1234' }])
    await gets([400, 'bad_request'], 'PATCH', `/rooms/${room}`, { token, body });
  await gets(200, 'PATCH', `/rooms/${room}`, { token, body: { pin: '4321' } });

  const say = (expected, who, name) => gets(expected, 'POST', `/rooms/${room}/messages`, { ...who, body: { text: 'Hello.', name } });
  await say([403, 'forbidden'], { token }, 'Operator');
  await say([403, 'forbidden'], ada, 'Pin 1234');
  await say(201, { token }, 'Co');
  assert.equal((await host.message(({ t }) => t === 'chat')).d.name, 'Co');
  const answers = [];
  for (let i = 0; i < 12; i++) answers.push(await api.ask('POST', `/rooms/${room}/messages`, { token, body: { text: `${i}` } }));
  assert.ok(answers.some(({ status, code }) => status === 429 && code === 'rate_limited'), answers.map(({ status }) => status).join());
  await say(201, admin, 'Front desk');

  for (const one of people) one.close();
  await gets(204, 'DELETE', `/meetings/${id}`, ada);
});

test('the owner of a meeting does not see what was in its room before', async () => {
  const was = await RawSocket.connect(daemon.ports.http);
  was.json({ t: 'hello', id: 1, d: { room: 'before', name: 'Guest' } });
  await was.message(({ t }) => t === 'welcome');
  await gets(201, 'POST', '/rooms/before/messages', { ...admin, body: { text: 'Secret.' } });
  was.close();
  const free = async () => (await api.ask('GET', '/rooms/before', admin)).status === 404;
  await until('the room is gone', 10, free);
  const made = await gets(201, 'POST', '/meetings', { ...bob, body: { title: 'Mine now', room: 'before', starts_at: starts, ends_at: ends } });
  assert.deepEqual((await gets(200, 'GET', '/rooms/before/messages', bob)).json.items, []);
  assert.deepEqual((await gets(200, 'GET', '/history/sessions?room=before', bob)).json.items, []);
  const operators = (where) => gets(200, 'GET', where, admin).then(({ json }) => json.items.length);
  assert.equal(await operators('/rooms/before/messages'), 1);
  assert.equal(await operators('/history/sessions?room=before'), 1);
  const now = await RawSocket.connect(daemon.ports.http);
  now.json({ t: 'hello', id: 1, d: { room: 'before', name: 'Guest' } });
  await now.message(({ t }) => t === 'welcome');
  await gets(201, 'POST', '/rooms/before/messages', { ...admin, body: { text: 'Public.' } });
  assert.deepEqual((await gets(200, 'GET', '/rooms/before/messages', bob)).json.items.map(({ text }) => text), ['Public.']);
  assert.equal((await gets(200, 'GET', '/history/sessions?room=before', bob)).json.items.length, 1);
  now.close();
  await gets(204, 'DELETE', `/meetings/${made.json.id}`, bob);
});

test('a token may list rooms, or not make its own', async () => {
  const mint = async (body) => (await gets(201, 'POST', '/tokens', { ...admin, body: { room: 'unmade', role: 'guest', ...body } })).json.token;
  await gets([403, 'forbidden'], 'GET', '/rooms', { token: await mint({}) });
  await gets(200, 'GET', '/rooms', { token: await mint({ list: true }) });
  await gets([400, 'bad_request'], 'POST', '/tokens', { ...admin, body: { role: 'guest', subscribe: false } });
  const socket = await RawSocket.connect(daemon.ports.http);
  socket.json({ t: 'hello', id: 1, d: { room: 'unmade', token: await mint({ create: false }) } });
  assert.equal((await socket.message(({ re }) => re === 1)).d.code, 'room_not_found');
  socket.close();
});

test('operators make any token, within limits', async () => {
  await gets(201, 'POST', '/tokens', { ...admin, body: { role: 'host', identity: 'robot', ttl_ms: 1000 } });
  await gets([400, 'bad_request'], 'POST', '/tokens', { ...admin, body: { role: 'host', ttl_ms: 30 * 86400000 } });
  await gets([400, 'bad_request'], 'POST', '/tokens', { ...admin, body: { role: 'king' } });
  await gets([400, 'bad_request'], 'POST', '/tokens', { ...admin, body: { room: '-', role: 'host' } });
});

test('TURN servers come with credentials', async () => {
  const { json } = await gets(200, 'GET', '/turn', ada);
  assert.deepEqual(json.ice_servers[0], { urls: ['stun:stun.example:3478'] });
  assert.match(json.ice_servers[1].username, new RegExp(`^\\d+:${ada.id}$`));
  assert.ok(json.ice_servers[1].credential);
  await gets([401, 'unauthorized'], 'GET', '/turn');
});

test('history and calls are for whom they concern', async () => {
  await gets(200, 'GET', '/history/sessions', boss);
  await gets(200, 'GET', '/history/sessions?user=me', ada);
  await gets([403, 'forbidden'], 'GET', `/history/sessions?user=${bob.id}`, ada);
  await gets([403, 'forbidden'], 'GET', '/history/sessions?room=open', ada);
  await gets(200, 'GET', '/history/sessions?room=open', boss);
  await gets([400, 'bad_request'], 'GET', '/history/sessions?room=open&user=me', boss);
  await gets([404, 'session_not_found'], 'GET', '/history/sessions/se_none/members', ada);
  await gets([404, 'session_not_found'], 'GET', '/history/sessions/se_none/members', boss);
  await gets(200, 'GET', '/calls', ada);
  await gets(200, 'GET', '/calls?missed=1', ada);
  await gets(200, 'GET', `/calls?user=${ada.id}`, boss);
  await gets([403, 'forbidden'], 'GET', `/calls?user=${ada.id}`, bob);
  await gets([400, 'bad_request'], 'GET', '/calls', admin);
  await gets([400, 'bad_request'], 'GET', '/calls?missed=2', ada);
  await gets(200, 'POST', '/calls/seen', { ...ada, body: { until: new Date().toISOString() } });
  await gets(200, 'POST', '/calls/seen', ada);
  await gets([404, 'call_not_found'], 'GET', '/calls/cl_none', ada);
});

test('operators keep webhooks', async () => {
  const body = { url: 'https://hooks.example/in?x=1', events: ['room.*', 'call.missed'] };
  await gets([403, 'forbidden'], 'POST', '/webhooks', { ...ada, body });
  const made = await gets(201, 'POST', '/webhooks', { ...boss, body });
  const { id } = made.json;
  assert.match(made.json.secret, /^whsec_/);
  assert.deepEqual(made.json.events, body.events);
  assert.ok(!('secret' in (await gets(200, 'GET', `/webhooks/${id}`, boss)).json));
  assert.ok((await gets(200, 'GET', '/webhooks', boss)).json.items.every((one) => !('secret' in one)));
  for (const url of ['ftp://a', 'http://', 'https://u:p@a.example', 'http://a b', 'javascript:1'])
    await gets([400, 'bad_request'], 'POST', '/webhooks', { ...boss, body: { ...body, url } });
  await gets([400, 'bad_request'], 'POST', '/webhooks', { ...boss, body: { ...body, events: ['a b'] } });
  await gets([400, 'bad_request'], 'POST', '/webhooks', { ...boss, body: { ...body, events: [] } });
  const sent = await gets(202, 'POST', `/webhooks/${id}/test`, boss);
  const list = await gets(200, 'GET', `/webhooks/${id}/deliveries`, boss);
  assert.deepEqual(list.json.items.map(({ event, type }) => [event, type]), [[sent.json.event, 'ping']]);
  await gets(200, 'GET', `/webhooks/${id}/deliveries?state=dead`, boss);
  await gets([400, 'bad_request'], 'GET', `/webhooks/${id}/deliveries?state=lost`, boss);
  assert.equal((await gets(200, 'PATCH', `/webhooks/${id}`, { ...boss, body: { enabled: false } })).json.enabled, false);
  await gets([409, 'webhook_disabled'], 'POST', `/webhooks/${id}/test`, boss);
  await gets(204, 'DELETE', `/webhooks/${id}`, boss);
  for (const [method, where] of [['GET', ''], ['PATCH', ''], ['DELETE', ''], ['POST', '/test'], ['GET', '/deliveries']])
    await gets([404, 'webhook_not_found'], method, `/webhooks/${id}${where}`, { ...boss, body: method === 'PATCH' ? {} : undefined });
});

test('the routes of operators answer as before, and as described', async () => {
  for (const where of ['/node', '/config', '/layouts', '/rooms', '/rooms/open', '/rooms/open/layout', '/layouts/auto/preview.png?count=2&size=320x180', '/openapi.json'])
    await gets(200, 'GET', where, boss);
  await gets(200, 'POST', '/node/drain', { ...boss, body: { on: false } });
  await gets(200, 'PUT', '/node/log', { ...boss, body: { level: 'info' } });
  await gets(200, 'POST', '/config/check', boss);
  await gets(200, 'POST', '/layouts/check', { ...boss, body: 'x' });
  await gets(200, 'PUT', '/rooms/open/layout', { ...boss, body: { banner: 'Hello' } });
  const { json } = await gets(200, 'GET', '/rooms/open/participants', boss);
  await gets(200, 'PATCH', `/rooms/open/participants/${json.participants[0].id}`, { ...boss, body: { hand: true } });
  await gets([403, 'forbidden'], 'GET', '/node', ada);
  await gets([404, 'not_found'], 'GET', '/nothing', ada);
  await gets([401, 'unauthorized'], 'GET', '/nothing');
  assert.equal((await gets([405, 'method_not_allowed'], 'DELETE', '/login', ada)).headers.get('allow'), 'POST');
});

test('pages of sites that are allowed may use it', async () => {
  const preflight = await api.ask('OPTIONS', '/users/me', { headers: { origin: 'https://app.example', 'access-control-request-method': 'PATCH' } });
  assert.equal(preflight.status, 204);
  assert.equal(preflight.headers.get('access-control-allow-origin'), 'https://app.example');
  assert.match(preflight.headers.get('access-control-allow-methods'), /PATCH/);
  assert.match(preflight.headers.get('vary'), /Origin/);
  const mine = await gets(200, 'GET', '/users/me', { ...ada, headers: { origin: 'https://app.example' } });
  assert.equal(mine.headers.get('access-control-allow-origin'), 'https://app.example');
  const foreign = await api.ask('OPTIONS', '/users/me', { headers: { origin: 'https://evil.example' } });
  assert.notEqual(foreign.status, 204);
  assert.equal(foreign.headers.get('access-control-allow-origin'), null);
  const denied = await gets(200, 'GET', '/users/me', { ...ada, headers: { origin: 'https://evil.example' } });
  assert.equal(denied.headers.get('access-control-allow-origin'), null);
});

test('the page that shows the description needs nothing from elsewhere', async () => {
  const page = await fetch(`${daemon.url}/docs`);
  assert.equal(page.status, 200);
  assert.match(page.headers.get('content-security-policy'), /default-src 'self'/);
  const text = await page.text();
  assert.ok(!/https?:\/\//.test(text) && !/<script>|style=| on\w+=/.test(text));
  for (const [, where] of text.matchAll(/(?:src|href)="(\/[^"]+)"/g)) assert.equal((await fetch(daemon.url + where)).status, 200, where);
});

test('a running room has rules, a lobby and messages', async () => {
  await gets(200, 'GET', '/rooms/open/join-info');
  await gets([400, 'bad_request'], 'GET', '/rooms/no%20room/join-info');
  assert.equal((await gets(200, 'GET', '/rooms/never/join-info')).json.open, false);
  await gets([401, 'unauthorized'], 'PATCH', '/rooms/open', { body: { title: 'x' } });
  await gets([403, 'forbidden'], 'PATCH', '/rooms/open', { ...ada, body: { title: 'x' } });
  await gets([400, 'bad_request'], 'PATCH', '/rooms/open', { ...admin, body: { rules: { lobby: 'yes' } } });
  await gets([400, 'bad_request'], 'PATCH', '/rooms/open', { ...admin, body: { pin: '12' } });
  const changed = await gets(200, 'PATCH', '/rooms/open', { ...admin, body: { title: 'Open', rules: { lobby: 'guests' } } });
  assert.equal(changed.json.rules.title, 'Open');
  assert.equal((await gets(200, 'GET', '/rooms/open/join-info')).json.lobby, true);

  const knocking = await Promise.all(['Lea', 'Lou'].map(async (name) => {
    const one = await RawSocket.connect(daemon.ports.http);
    one.json({ t: 'hello', id: 1, d: { room: 'open', name } });
    one.id = (await one.message(({ t }) => t === 'waiting')).d.id;
    return one;
  }));
  assert.deepEqual((await gets(200, 'GET', '/rooms/open/lobby', admin)).json.items.map(({ name }) => name), ['Lea', 'Lou']);
  await gets(204, 'POST', `/rooms/open/lobby/${knocking[0].id}/admit`, admin);
  await knocking[0].message(({ t }) => t === 'welcome');
  await gets(204, 'POST', `/rooms/open/lobby/${knocking[1].id}/deny`, admin);
  await gets([404, 'participant_not_found'], 'POST', `/rooms/open/lobby/${knocking[1].id}/admit`, admin);

  await gets([400, 'bad_request'], 'POST', '/rooms/open/messages', { ...admin, body: { text: '' } });
  await gets(201, 'POST', '/rooms/open/messages', { ...admin, body: { text: 'We close at six.', name: 'Front desk' } });
  const heard = await knocking[0].message(({ t }) => t === 'chat');
  assert.deepEqual([heard.d.name, heard.d.text], ['Front desk', 'We close at six.']);
  assert.equal((await gets(200, 'GET', '/rooms/open/messages', admin)).json.items[0].text, 'We close at six.');

  const where = `/rooms/open/participants/${knocking[0].id}`;
  await gets([400, 'bad_request'], 'PUT', `${where}/role`, { ...admin, body: { role: 'king' } });
  assert.equal((await gets(200, 'PUT', `${where}/role`, { ...admin, body: { role: 'viewer' } })).json.role, 'viewer');
  await gets([403, 'forbidden'], 'POST', `${where}/move`, { ...ada, body: { room: 'side' } });
  await gets(204, 'POST', `${where}/move`, { ...admin, body: { room: 'side' } });
  await gets(204, 'DELETE', `/rooms/side/participants/${knocking[0].id}?ban=1`, admin);
});

test('people are called into a room, and calls are ended', async () => {
  await gets([403, 'forbidden'], 'POST', '/rooms/open/calls', { ...ada, body: { to: [bob.id] } });
  await gets([403, 'forbidden'], 'POST', '/rooms/open/calls', { ...admin, body: { to: ['sip:x@192.0.2.1'] } });
  await gets([400, 'bad_request'], 'POST', '/rooms/open/calls', { ...admin, body: { to: [] } });
  assert.equal((await gets(201, 'POST', '/rooms/open/calls', { ...admin, body: { to: [bob.id] } })).json.state, 'failed');
  assert.equal((await gets(200, 'GET', `/users/${bob.id}/presence`, ada)).json.state, 'offline');
  const phone = await RawSocket.connect(daemon.ports.http);
  phone.json({ t: 'hello', id: 1, d: { token: bob.token } });
  await phone.message(({ t }) => t === 'welcome');
  assert.equal((await gets(200, 'GET', `/users/${bob.id}/presence`, ada)).json.state, 'online');
  const call = (await gets(201, 'POST', '/rooms/open/calls', { ...admin, body: { to: [bob.id], kind: 'audio' } })).json;
  assert.equal(call.state, 'ringing');
  await phone.message(({ t, d }) => t === 'call' && d.call === call.id && d.state === 'incoming');
  await gets([403, 'forbidden'], 'POST', `/calls/${call.id}/decline`, ada);
  await gets(204, 'POST', `/calls/${call.id}/decline`, { ...bob, body: { reason: 'later' } });
  await phone.message(({ t, d }) => t === 'call' && d.call === call.id && d.state === 'declined');
  await gets([404, 'call_not_found'], 'POST', `/calls/${call.id}/hangup`, bob);
  await gets([404, 'call_not_found'], 'POST', '/calls/cl_none/cancel', bob);
  phone.close();
});

test('the page shows every route, and every error at the address that problems name', async () => {
  const browser = await Browser.open({ url: `${daemon.url}/docs#problem-room_taken`, devices: false });
  try {
    const { page } = browser;
    await page.waitForSelector('details');
    const shown = api.routes.filter(([, route]) => route.startsWith('/')).length;
    assert.equal(await page.locator('details').count(), shown);
    assert.match(await page.locator('#problem-room_taken').innerText(), /room_taken/);
    await page.locator('#postLogin summary').click();
    assert.match(await page.locator('#postLogin').innerText(), /password: string/);
    assert.deepEqual(browser.log, []);
  } finally { await browser.close(); }
});

test('a server whose database is none says so and does not start', async () => {
  const file = path.join(daemon.folder, 'no.db');
  fs.writeFileSync(file, 'this is no database, and long enough to look like one'.repeat(200));
  await assert.rejects(Daemon.start({ store: { path: file } }), (err) => {
    assert.match(err.message, /error +main: database .*no\.db: ./);
    return true;
  });
});

test('it ends in peace while people sign in and accounts are made', async () => {
  const other = await Daemon.start({ http: { max_per_address: 1000 }, auth: { attempts: 500 } });
  const busy = new Api(other, api.routes);
  const body = { name: 'ada', password };
  assert.equal((await busy.ask('POST', '/users', { admin: true, body })).status, 201);
  const lost = () => undefined; // the answer goes with the server
  const asked = [
    ...Array.from({ length: 40 }, () => busy.ask('POST', '/login', { body }).catch(lost)),
    ...Array.from({ length: 10 }, (_, i) => busy.ask('POST', '/users', { admin: true, body: { name: `u${i}`, password }, headers: { 'idempotency-key': `k${i}` } }).catch(lost)),
  ];
  await Promise.race(asked); // the others are at all stages now
  await other.stop(); // fails unless it ends by itself with status 0
  await Promise.all(asked);
});

test('wrong tokens are slowed down', async () => {
  let answer;
  for (let i = 0; i < 400 && answer?.status !== 429; ++i) answer = await api.ask('GET', '/users/me', { token: `wrong${i}` });
  assert.deepEqual([answer.status, answer.code], [429, 'rate_limited']);
  assert.ok(Number(answer.headers.get('retry-after')) >= 1);
});

test('every route is described, and every answer was as described', async () => {
  assert.equal(await api.misfits(), '');
  const tried = new Set(api.seen.filter(({ status }) => status < 300 || status === 501).map(({ method, route }) => `${method} ${route}`));
  const rest = api.routes.map(([method, route]) => `${method} ${route}`).filter((one) => one.includes('/api/') && !tried.has(one));
  // These need a picture, people or settings of other tests, or a session of a room that has ended.
  assert.deepEqual(rest.filter((one) => !/snapshot|recordings|config\/reload|sessions\/\{s\}|calls\/\{c\}|DELETE .*participants/.test(one)), []);
});
