// SPDX-License-Identifier: GPL-2.0-or-later
// kill -9 while messages and calls are written, three times on the same data: what was acknowledged
// is there after each start, what was open is closed, and the next round goes on.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { Daemon } from './lib/daemon.mjs';
import { SECRET, userToken } from './lib/token.mjs';
import { pause, random, until } from './lib/util.mjs';
import { RawSocket } from './lib/ws.mjs';

const ROUNDS = 3;
const ROOMS = 250, PER_ROOM = 4, EACH = 10; // messages of each: as many as one may send at once
const MESSAGES = ROOMS * PER_ROOM * EACH;
const PAIRS = 60; // who call each other, ten times a minute at most
const APART_MS = 400; // at most, between two calls of a pair
const AT_A_TIME = 50; // that come in
const run = promisify(execFile);
const seed = Number(process.env.SEED ?? Date.now() % 100000);
const next = random(seed);

let daemon, clients = [];
const messages = new Map(); // acknowledged: id to text
const calls = new Map(); // by id: the last that was acknowledged: started, answered, ended

before(async () => {
  console.log(`SEED=${seed}`);
  daemon = await Daemon.start({
    auth: { secret: SECRET }, sip: { enabled: false },
    http: { max_connections: 5000, max_unauthenticated: 5000, max_per_address: 5000 },
  });
});

after(async () => {
  for (const client of clients) client.close();
  await daemon?.stop();
});

/** Somebody whose requests are answered, until the server is gone: then never. */
class Client {
  #id = 0;
  #asked = new Map();
  #heard = () => {};

  static async hello(d) {
    const client = new Client();
    client.ws = await RawSocket.connect(daemon.ports.http, {}, { onmessage: (message) => client.#on(message) });
    clients.push(client);
    const answer = await client.ask('hello', d);
    assert.equal(answer.t, 'welcome', JSON.stringify(answer));
    return client;
  }

  #on(message) {
    this.#asked.get(message.re)?.(message);
    this.#asked.delete(message.re);
    if (message.t === 'call') this.#heard(message.d);
  }

  ask(t, d) {
    const id = ++this.#id;
    return new Promise((resolve) => {
      this.#asked.set(id, resolve);
      this.ws.json({ t, id, d });
    });
  }

  /** The next news of a call in this state. */
  call(state) {
    return new Promise((resolve) => { this.#heard = (d) => d.state === state && resolve(d); });
  }

  close() { this.ws.close(); }
}

/** All at once, but only so many at a time. */
async function each(count, make) {
  const made = [];
  for (let i = 0; i < count; i += AT_A_TIME) {
    const some = Array.from({ length: Math.min(AT_A_TIME, count - i) }, (_, k) => make(i + k));
    made.push(...await Promise.all(some));
  }
  return made;
}

async function write(client, text) {
  for (let i = 0; i < EACH; i++) {
    const { t, d } = await client.ask('chat', { text: `${text} ${i}` });
    assert.equal(t, 'ok', JSON.stringify(d));
    messages.set(d.mid, `${text} ${i}`);
  }
}

/** Ring, answer, hang up, again and again. */
async function telephone([caller, callee], to) {
  for (;;) {
    await pause(APART_MS * next());
    const incoming = callee.call('incoming');
    const { t, d } = await caller.ask('call.start', { to: [to], kind: 'audio' });
    if (t === 'error' && d.code === 'rate_limited') return;
    assert.equal(t, 'ok', JSON.stringify(d));
    calls.set(d.call, 'started');
    await incoming;
    assert.equal((await callee.ask('call.answer', { call: d.call })).t, 'ok');
    calls.set(d.call, 'answered');
    assert.equal((await caller.ask('call.hangup', { call: d.call })).t, 'ok');
    calls.set(d.call, 'ended');
  }
}

async function sql(text) {
  const file = path.join(daemon.folder, 'data', 'medley.db');
  const { stdout } = await run('sqlite3', ['-readonly', '-json', '-cmd', '.timeout 5000', file, text], { maxBuffer: 1 << 26 });
  return stdout.trim() ? JSON.parse(stdout) : [];
}

async function checkMessages() {
  const rows = new Map((await sql('SELECT id, text FROM chat')).map(({ id, text }) => [id, text]));
  const lost = [...messages].filter(([id, text]) => rows.get(id) !== text);
  assert.deepEqual(lost, [], `of ${messages.size} messages`);
}

async function checkCalls() {
  const rows = new Map((await sql('SELECT * FROM calls')).map((row) => [row.id, row]));
  for (const [id, state] of calls) {
    const row = rows.get(id);
    assert.ok(row, `call ${id} was ${state} and is lost`);
    assert.ok(row.ended_us >= row.started_us && row.started_us > 0, JSON.stringify(row));
    if (state !== 'started') assert.ok(row.answered_us > 0, `${state}: ${JSON.stringify(row)}`);
    if (state === 'ended') assert.deepEqual([row.state, row.cause], ['ended', 'hangup'], JSON.stringify(row));
  }
  for (const row of rows.values()) {
    if (row.cause === 'server_lost') assert.equal(row.state, row.answered_us ? 'accepted' : 'failed', JSON.stringify(row));
  }
  const [{ legs }] = await sql('SELECT count(*) AS legs FROM call_legs WHERE ended_us = 0 OR call NOT IN (SELECT id FROM calls)');
  assert.equal(legs, 0, 'no leg is open or without its call');
}

let lostBefore = 0;
/** Who was in which room: closed, too. */
async function checkHistory() {
  const [{ sessions, members, lost }] = await sql('SELECT (SELECT count(*) FROM sessions WHERE ended_us = 0) AS sessions, '
    + "(SELECT count(*) FROM members WHERE left_us = 0) AS members, (SELECT count(*) FROM sessions WHERE reason = 'server_lost') AS lost");
  assert.deepEqual([sessions, members], [0, 0], 'what was open is closed');
  assert.ok(lost > lostBefore, `as lost with the server: ${lost} sessions, ${lostBefore} the round before`);
  lostBefore = lost;
}

for (let round = 1; round <= ROUNDS; round++) {
  test(`kill -9, ${round} of ${ROUNDS}: all that was acknowledged is there`, async () => {
    const people = await each(ROOMS * PER_ROOM, (i) => Client.hello({ room: `r${i % ROOMS}`, name: `P${i}` }));
    const pairs = await each(PAIRS, async (i) => [
      await Client.hello({ token: userToken(`us_a${round}-${i}`) }), await Client.hello({ token: userToken(`us_b${round}-${i}`) })]);
    const [known, rung] = [messages.size, calls.size];
    const enough = Math.floor(MESSAGES * (0.2 + 0.6 * next()));

    let failed = null;
    const fail = (err) => { failed ??= err; };
    people.forEach((client, i) => void write(client, `round ${round} person ${i}`).catch(fail));
    pairs.forEach((pair, i) => void telephone(pair, `us_b${round}-${i}`).catch(fail));
    await until(`${enough} messages are acknowledged`, 60, () => failed || messages.size - known >= enough);
    await daemon.kill();
    if (failed) throw failed;
    assert.ok(messages.size - known < MESSAGES, 'it was in the middle');
    assert.ok(calls.size > rung, 'calls were made');
    for (const client of clients.splice(0)) client.close();

    await daemon.restart();
    await checkMessages();
    await checkCalls();
    await checkHistory();
    assert.deepEqual(await sql('PRAGMA integrity_check'), [{ integrity_check: 'ok' }]);
    console.log(`round ${round}: ${messages.size - known} messages, ${calls.size - rung} calls`);
  });
}
