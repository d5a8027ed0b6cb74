// SPDX-License-Identifier: GPL-2.0-or-later
// Strangers by the thousand at the door: WebSockets that say nothing, and greetings with forged
// tokens.  They are refused by limits; those who are in, and real clients from elsewhere, notice nothing.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { Daemon } from './lib/daemon.mjs';
import { SipLeg } from './lib/sipleg.mjs';
import { SECRET, token, userToken } from './lib/token.mjs';
import { until } from './lib/util.mjs';
import { RawSocket } from './lib/ws.mjs';

const UNAUTHENTICATED = 400, PER_ADDRESS = 150;
const tones = [700, 1100];
const room = 'calm';

let daemon, legs, member;

before(async () => {
  daemon = await Daemon.start({
    auth: { secret: SECRET },
    http: { max_unauthenticated: UNAUTHENTICATED, max_per_address: PER_ADDRESS, auth_timeout: '5s' },
  });
  legs = [];
  for (const [i, tone] of tones.entries()) {
    legs.push(await new SipLeg({ port: daemon.ports.sip, room, name: `Leg ${i}`, tone }).join());
  }
  member = await RawSocket.connect(daemon.ports.http);
  await ask(member, 'hello', { room, name: 'Member' });
  await until('they hear each other', 10, () => legs.every((leg, i) => leg.level(tones[1 - i]) > -40));
});

after(async () => {
  for (const leg of legs ?? []) await leg.leave();
  member?.close();
  await daemon?.stop();
});

/** Whoever is in the room talks, writes and is heard. */
afterEach(async () => {
  const { t } = await ask(member, 'chat', { text: 'still here' });
  assert.equal(t, 'ok', 'the member writes');
  const before = legs.map((leg) => leg.audio.received);
  await until('packets still come', 5, () => legs.every((leg, i) => leg.audio.received > before[i] + 60));
  for (const [i, leg] of legs.entries()) {
    assert.equal(leg.audio.lost, 0, 'no packet is missing');
    assert.ok(leg.level(tones[1 - i]) > -40, 'the other is heard');
  }
});

let lastId = 0;
async function ask(ws, t, d) {
  const id = ++lastId;
  ws.json({ t, id, d });
  return ws.message(({ re }) => re === id);
}

const connect = (from) => RawSocket.connect(daemon.ports.http, {}, { from });
const real = () => userToken('us_real');

/** Claims that would do, signed in this way. */
const forge = (options) => token('us_real', { user: true, room: '*' }, {}, options);

test('two thousand WebSockets that say nothing are refused, or closed in time', async () => {
  const { fds } = daemon.process();
  const sockets = [];
  for (let net = 1; net <= 20; net++) { // each 20 from five addresses
    sockets.push(...await Promise.all(Array.from({ length: 100 }, (_, i) => connect(`127.0.${net}.${i % 5 + 1}`))));
  }
  try {
    assert.equal(sockets.length, 2000);
    const open = sockets.filter(({ status }) => status === 101), refused = sockets.filter(({ status }) => status === 503);
    assert.equal(open.length + refused.length, sockets.length, 'each got an answer');
    assert.ok(open.length >= UNAUTHENTICATED, `${open.length} were let in`);
    assert.ok((await daemon.metrics()).get('medley_ws_sessions') <= UNAUTHENTICATED + 1);
    await until('all are closed', 20, () => open.every(({ closed }) => closed));
    assert.ok(open.every(({ closed }) => closed.code === 4001), 'because they did not say who they are');
  } finally {
    for (const socket of sockets) socket.close();
  }
  await until('the server has forgotten them', 10, async () =>
    (await daemon.metrics()).get('medley_ws_sessions') === 1 && daemon.process().fds <= fds + 10);
});

test('one address has its own limit, and others come in', async () => {
  const sockets = await Promise.all(Array.from({ length: PER_ADDRESS + 50 }, () => connect('127.0.50.1')));
  try {
    assert.equal(sockets.filter(({ status }) => status === 101).length, PER_ADDRESS);
    const other = await connect('127.0.51.1');
    assert.equal((await ask(other, 'hello', { token: real() })).t, 'welcome');
    other.close();
  } finally {
    for (const socket of sockets) socket.close();
  }
});

test('a flood of forged tokens is throttled, and people from elsewhere sign in', async () => {
  const forged = [forge({ secret: 'another secret of thirty-two bytes' }), forge({ header: { alg: 'none' }, signature: '' }), 'a.b.c'];
  const codes = new Map();
  const sockets = await Promise.all(Array.from({ length: 20 }, () => connect('127.0.60.1')));
  try {
    await Promise.all(sockets.map(async (socket) => {
      for (let i = 0; i < 30; i++) {
        const { t, d } = await ask(socket, 'hello', { token: forged[i % forged.length] });
        assert.equal(t, 'error');
        if (d.code === 'rate_limited') assert.ok(d.retry_after_ms > 0);
        codes.set(d.code, (codes.get(d.code) ?? 0) + 1);
      }
    }));
    assert.ok(codes.get('rate_limited') >= 600 - 20, JSON.stringify([...codes]));
    assert.ok([...codes.keys()].every((code) => code === 'rate_limited' || code.startsWith('token_')), JSON.stringify([...codes]));
    for (const [from, t] of [['127.0.60.1', 'error'], ['127.0.61.1', 'welcome']]) {
      const person = await connect(from);
      assert.equal((await ask(person, 'hello', { token: real() })).t, t, from);
      person.close();
    }
    assert.ok(!daemon.log.includes(forged[0].split('.')[2]), 'no token is in the log');
  } finally {
    for (const socket of sockets) socket.close();
  }
});
