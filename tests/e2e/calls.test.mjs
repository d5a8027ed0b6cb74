// SPDX-License-Identifier: GPL-2.0-or-later
// Calls between people on devices of browsers, and presence: the protocol alone, no media.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { Daemon } from './lib/daemon.mjs';
import { SECRET } from './lib/token.mjs';
import { addUsers, sql, User } from './lib/user.mjs';
import { until } from './lib/util.mjs';

const RING = 5; // seconds
let daemon, devices = [];

before(async () => {
  daemon = await Daemon.start({ auth: { secret: SECRET }, calls: { ring_timeout: `${RING}s`, waiting: true }, rooms: { resume: '3s' } });
  await addUsers(daemon, ['a', 'b', 'c', 'd'].map((one) => ({ id: `us_${one}`, login: one })));
});

afterEach(async () => {
  for (const one of devices) if (!one.ws.closed) await one.signOut();
  devices = [];
  await until('no call is left', 10, async () => (await daemon.metrics()).get('medley_calls') === 0);
});

after(async () => { await daemon?.stop(); });

let limit = 0;
/** Somebody new signs in, because starts of calls are limited. */
async function sign(...names) {
  const all = [];
  for (const name of names) {
    const one = await User.signIn(daemon, `us_${name}`, { name: name.toUpperCase() });
    devices.push(one);
    all.push(one);
  }
  return all;
}

/** Names of people that no other test uses. */
const fresh = (n) => Array.from({ length: n }, () => `u${++limit}`);
const people = (n) => sign(...fresh(n));
const ring = async (caller, ...to) => (await caller.ok('call.start', { to: to.map(({ id }) => id), kind: 'video' })).call;

/** What history says of a call. */
async function history(call, state, legs) {
  let found;
  await until('the call is in the history', 5, async () => {
    const rows = await sql(daemon, `SELECT state, cause, answered_us, ended_us FROM calls WHERE id = '${call}'`);
    const all = await sql(daemon, `SELECT to_id, result, cause, ended_us FROM call_legs WHERE call = '${call}'`);
    found = { ...rows[0], legs: Object.fromEntries(all.map(({ to_id, result, cause }) => [to_id, `${result} ${cause}`.trim()])) };
    return rows[0]?.ended_us > 0 && all.length === Object.keys(legs).length && all.every(({ ended_us }) => ended_us > 0);
  }).catch((err) => { err.message += `: ${JSON.stringify(found)}`; throw err; });
  assert.equal(found.state, state);
  assert.deepEqual(found.legs, legs);
  assert.equal(found.answered_us > 0, state === 'ended');
}

/** Both in the room of a call that was accepted. */
async function connect(call, caller, callee) {
  await callee.ok('call.answer', { call });
  const { room } = await callee.call(call, 'accepted');
  assert.equal((await caller.call(call, 'accepted')).room, room);
  for (const one of [caller, callee]) await one.join(room);
  return room;
}

test('a call rings, is accepted, and hanging up ends it for both', async () => {
  const [a, b] = await people(2);
  const started = await a.ok('call.start', { to: [b.id], kind: 'audio' });
  assert.equal(started.state, 'ringing');
  const { call } = started, incoming = await b.call(call, 'incoming');
  assert.equal(incoming.from.id, a.id);
  assert.equal(incoming.from.name, a.welcome.user.name);
  assert.equal(incoming.kind, 'audio');
  assert.ok(incoming.expires_at - Date.now() <= RING * 1000 + 500);
  await connect(call, a, b);
  await b.ok('call.hangup', { call });
  assert.equal((await a.event('left')).reason, 'hangup');
  await a.call(call, 'ended');
  await history(call, 'ended', { [b.id]: 'accepted left' });
});

test('a decline tells its reason', async () => {
  const [a, b] = await people(2), call = await ring(a, b);
  await b.call(call, 'incoming');
  await b.ok('call.decline', { call, reason: 'in a meeting <b>' });
  const { leg } = await a.event('call', (d) => d.call === call && d.leg?.state === 'declined');
  assert.equal(leg.reason, 'in a meeting <b>');
  await a.call(call, 'declined');
  assert.equal(await b.fails('call.answer', { call }), 'call_not_found');
  await history(call, 'declined', { [b.id]: 'declined declined' });
});

test('a reason that is too long is refused, and the call goes on ringing', async () => {
  const [a, b] = await people(2), call = await ring(a, b);
  await b.call(call, 'incoming');
  assert.equal(await b.fails('call.decline', { call, reason: 'ä'.repeat(201) }), 'bad_reason');
  await b.ok('call.decline', { call });
  await a.call(call, 'declined');
});

test('the caller cancels: it stops ringing and is missed', async () => {
  const [a, b] = await people(2), call = await ring(a, b);
  await b.call(call, 'incoming');
  await a.ok('call.cancel', { call });
  await b.call(call, 'cancelled');
  assert.equal(await b.fails('call.answer', { call }), 'call_not_found');
  await history(call, 'cancelled', { [b.id]: 'cancelled cancelled' });
});

test('nobody answers: missed', async () => {
  const [a, b] = await people(2), call = await ring(a, b);
  await b.call(call, 'incoming');
  await b.call(call, 'timeout', RING + 5);
  await a.call(call, 'timeout');
  await history(call, 'timeout', { [b.id]: 'timeout timeout' });
});

test('one of three devices answers, the others are told so', async () => {
  const [a, b] = await people(2), [two, three] = await sign(b.id.slice(3), b.id.slice(3)), call = await ring(a, b);
  for (const one of [b, two, three]) await one.call(call, 'incoming');
  await two.ok('call.answer', { call });
  await two.call(call, 'accepted');
  for (const one of [b, three]) await one.call(call, 'elsewhere');
  assert.equal(await b.fails('call.answer', { call }), 'already_answered');
  await a.ok('call.hangup', { call });
  await history(call, 'ended', { [b.id]: 'accepted left' });
});

test('one of his devices declines for all', async () => {
  const [a, b] = await people(2), [two] = await sign(b.id.slice(3)), call = await ring(a, b);
  for (const one of [b, two]) await one.call(call, 'incoming');
  await two.ok('call.decline', { call });
  await b.call(call, 'elsewhere');
  await a.call(call, 'declined');
});

test('who is in a call hears of another one', async () => {
  const [a, b, c] = await people(3), call = await ring(a, b);
  await connect(call, a, b);
  const second = await ring(c, b);
  assert.equal((await b.call(second, 'incoming')).waiting, true);
  await c.ok('call.cancel', { call: second });
  await a.ok('call.hangup', { call });
});

test('two who call each other at once are connected', async () => {
  const [a, b] = await people(2), call = await ring(a, b);
  await b.call(call, 'incoming');
  const back = await b.ok('call.start', { to: [a.id] });
  assert.equal(back.call, call);
  assert.equal(back.answered, true);
  assert.equal(back.state, 'accepted');
  assert.equal((await a.call(call, 'accepted')).room, back.room);
  await a.ok('call.hangup', { call });
  await history(call, 'ended', { [b.id]: 'accepted left' });
});

test('a caller whose network breaks and comes back is still ringing', async () => {
  const [a, b] = await people(2), call = await ring(a, b);
  await b.call(call, 'incoming');
  a.drop();
  const welcome = await a.resume();
  assert.equal(welcome.resumed, true);
  await a.call(call, 'ringing');
  await b.ok('call.answer', { call });
  await a.call(call, 'accepted');
  await a.ok('call.hangup', { call });
});

test('a caller who does not come back has cancelled', async () => {
  const [a, b] = await people(2), call = await ring(a, b);
  await b.call(call, 'incoming');
  a.drop();
  await b.call(call, 'cancelled', 8);
  await history(call, 'cancelled', { [b.id]: 'cancelled caller_lost' });
});

test('a callee whose network breaks rings again when he is back', async () => {
  const [a, b] = await people(2), call = await ring(a, b);
  await b.call(call, 'incoming');
  b.drop();
  await b.resume();
  await b.call(call, 'incoming');
  await connect(call, a, b);
  await b.ok('call.hangup', { call });
  await a.call(call, 'ended');
});

test('a callee who changes his network before the server notices is told again what rings', async () => {
  const [a, b] = await people(2), call = await ring(a, b);
  await b.call(call, 'incoming');
  await b.resume(); // the old socket is open still
  await b.call(call, 'incoming');
  await b.ok('call.decline', { call });
  await a.call(call, 'declined');
});

test('a device that signs in while its person is called rings', async () => {
  const [a, b] = await people(2), call = await ring(a, b), [late] = await sign(b.id.slice(3));
  await late.call(call, 'incoming');
  await late.ok('call.answer', { call });
  await b.call(call, 'elsewhere');
  await a.ok('call.hangup', { call });
});

test('a group call: each answers for himself, and who hangs up leaves alone', async () => {
  const [a, b, c] = await people(3), call = await ring(a, b, c);
  for (const one of [b, c]) await one.call(call, 'incoming');
  const room = await connect(call, a, b);
  await c.ok('call.answer', { call });
  await c.call(call, 'accepted');
  assert.equal((await c.join(room)).roster.length, 3);
  await b.ok('call.hangup', { call });
  await a.event('call', (d) => d.leg?.id === b.id && d.leg.cause === 'left');
  await a.event('roster', (d) => d.del?.length === 1);
  assert.equal(await a.fails('join', { room }), 'already_joined', 'the others are still in the room');
  await c.ok('call.hangup', { call });
  assert.equal((await a.event('left')).reason, 'hangup');
  await history(call, 'ended', { [b.id]: 'accepted left', [c.id]: 'accepted left' });
});

test('in a group one declines and the other one answers', async () => {
  const [a, b, c] = await people(3), call = await ring(a, b, c);
  await b.ok('call.decline', { call });
  await a.event('call', (d) => d.call === call && d.leg?.state === 'declined');
  await connect(call, a, c);
  await a.ok('call.hangup', { call });
  await history(call, 'ended', { [b.id]: 'declined declined', [c.id]: 'accepted left' });
});

test('adding people drops nobody, whether they come or not', async () => {
  const [a, b, c, d] = await people(4), call = await ring(a, b), room = await connect(call, a, b);
  const more = await a.ok('call.start', { to: [c.id, d.id], add: true });
  assert.equal(more.room, room);
  assert.equal((await c.call(more.call, 'incoming')).added, true);
  await c.ok('call.answer', { call: more.call });
  await c.call(more.call, 'accepted');
  await c.join(room);
  await d.ok('call.decline', { call: more.call });
  await a.event('call', (e) => e.leg?.id === d.id && e.leg.state === 'declined');
  await c.ok('call.hangup', { call: more.call });
  await a.event('roster', (e) => e.del?.length === 1);
  for (const one of [a, b]) assert.equal(await one.fails('join', { room }), 'already_joined');
  await b.ok('call.hangup', { call });
  await a.event('left');
});

test('whoever is in a call may add people, and only he', async () => {
  const [a, b, c, d] = await people(4), call = await ring(a, b), room = await connect(call, a, b);
  const more = await b.ok('call.start', { to: [c.id], add: true });
  await c.ok('call.answer', { call: more.call });
  await c.join(room);
  await d.join(room);
  assert.equal(await d.fails('call.start', { to: ['us_nobody'], add: true }), 'forbidden');
  await d.ok('leave');
  await a.ok('call.hangup', { call });
  await b.event('roster', (e) => e.del?.length === 1);
  await b.ok('call.hangup', { call: more.call });
  await c.event('left');
});

test('he who called goes first: the two others talk on', async () => {
  const [a, b, c] = await people(3), call = await ring(a, b, c), room = await connect(call, a, b);
  await c.ok('call.answer', { call });
  await c.call(call, 'accepted');
  await c.join(room);
  await a.ok('call.hangup', { call });
  await b.event('roster', (d) => d.del?.length === 1);
  for (const one of [b, c]) assert.equal(await one.fails('join', { room }), 'already_joined');
  await b.ok('call.hangup', { call });
  await c.event('left');
});

test('leaving the room is hanging up', async () => {
  const [a, b] = await people(2), call = await ring(a, b);
  await connect(call, a, b);
  await b.ok('leave');
  assert.equal((await a.event('left')).reason, 'hangup');
  await a.call(call, 'ended');
});

test('he may hang up by another device of his', async () => {
  const [a, b] = await people(2), [two] = await sign(b.id.slice(3)), call = await ring(a, b);
  await connect(call, a, b);
  await two.ok('call.hangup', { call });
  assert.equal((await b.event('left')).reason, 'hangup');
  await a.event('left');
  await history(call, 'ended', { [b.id]: 'accepted left' });
});

test('closing the page is hanging up', async () => {
  const [a, b] = await people(2), call = await ring(a, b);
  await connect(call, a, b);
  await b.signOut();
  await a.event('left');
  await history(call, 'ended', { [b.id]: 'accepted left' });
});

test('a lost one has his grace, then the call is over', async () => {
  const [a, b] = await people(2), call = await ring(a, b);
  await connect(call, a, b);
  b.drop();
  await b.resume();
  await b.call(call, 'accepted');
  assert.ok(!a.messages.some(({ t }) => t === 'left'));
  b.drop();
  await a.event('left', () => true, 10);
  await history(call, 'ended', { [b.id]: 'accepted left' });
});

test('somebody who is not there is offline, and has missed it', async () => {
  const [a] = await people(1), started = await a.ok('call.start', { to: ['us_nobody'] });
  assert.equal(started.state, 'failed');
  assert.equal(started.cause, 'offline');
  await history(started.call, 'failed', { us_nobody: 'failed offline' });
});

test('calls are only for those who are in them', async () => {
  const [a, b, c] = await people(3), call = await ring(a, b);
  await b.call(call, 'incoming');
  for (const t of ['call.answer', 'call.decline', 'call.cancel', 'call.hangup']) assert.equal(await c.fails(t, { call }), 'not_yours', t);
  assert.equal(await a.fails('call.answer', { call }), 'not_yours');
  assert.equal(await b.fails('call.cancel', { call }), 'not_yours');
  assert.equal(await b.fails('call.hangup', { call }), 'not_answered');
  await b.ok('call.answer', { call });
  assert.equal(await b.fails('call.answer', { call }), 'already_answered');
  assert.equal(await b.fails('call.decline', { call }), 'already_answered');
  assert.equal(await a.fails('call.cancel', { call }), 'already_answered');
  await a.ok('call.hangup', { call });
  assert.equal(await a.fails('call.hangup', { call }), 'call_not_found');
});

test('bad targets are refused with a code', async () => {
  const [a] = await people(1);
  const cases = [
    [{ to: [a.id] }, 'bad_target'], [{ to: ['us_b', 'us_b'] }, 'bad_target'], [{ to: ['x'.repeat(64)] }, 'bad_target'],
    [{ to: [] }, 'bad_message'], [{ to: 'us_b' }, 'bad_message'], [{}, 'bad_message'], [{ to: ['us_b'], kind: 'smoke' }, 'bad_message'],
    [{ to: ['sip:x@127.0.0.1'] }, 'forbidden'], [{ to: ['us_b'], add: true }, 'forbidden'],
    [{ to: Array.from({ length: 17 }, (_, i) => `us_${i}`) }, 'bad_message'],
  ];
  for (const [d, code] of cases) assert.equal(await a.fails('call.start', d), code, JSON.stringify(d));
});

test('a guest has no calls', async () => {
  const guest = await User.signIn(daemon, 'us_guest', { claims: { grants: { room: '*', join: true } } });
  devices.push(guest);
  for (const [t, d] of [['call.start', { to: ['us_a'] }], ['call.answer', { call: 'cl_x' }], ['presence.watch', { users: ['us_a'] }]]) {
    assert.equal(await guest.fails(t, d), 'sign_in_first', t);
  }
});

test('too many calls in a minute are refused for a while', async () => {
  const [a] = await people(1);
  let refused;
  for (let i = 0; i < 12 && !refused; i++) {
    const answer = await a.request('call.start', { to: ['us_nobody'] });
    if (answer.t === 'error') refused = answer.d;
  }
  assert.equal(refused?.code, 'rate_limited');
  assert.ok(refused.retry_after_ms > 0, JSON.stringify(refused));
});

test('too many callers at once find him busy', async () => {
  const [b, ...callers] = await people(10);
  const calls = [];
  for (const one of callers) calls.push(await one.ok('call.start', { to: [b.id] }));
  assert.deepEqual(calls.map(({ state }) => state), [...Array(8).fill('ringing'), 'busy']);
  for (const [i, one] of callers.slice(0, 8).entries()) await one.ok('call.cancel', { call: calls[i].call });
});

test('presence tells who is online, busy, gone', async () => {
  const [a, b, c] = await people(3), name = fresh(1)[0], id = `us_${name}`;
  const news = (state, status) => a.event('presence', ({ users }) => users.some((one) =>
    one.id === id && one.state === state && (status === undefined || one.status === status)));
  await a.ok('presence.watch', { users: [id, b.id] });
  const { users } = await a.event('presence');
  assert.deepEqual(users.map((one) => [one.id, one.state]), [[id, 'offline'], [b.id, 'online']]);
  const [d] = await sign(name);
  await news('online');
  await d.ok('presence.set', { status: 'at my desk' });
  await news('online', 'at my desk');
  const call = await ring(c, d);
  await connect(call, c, d);
  await news('busy');
  a.mark();
  await d.ok('call.hangup', { call });
  await news('online');
  d.drop();
  a.mark();
  await news('offline', ''); // after the time to come back
  a.drop();
  await b.ok('presence.set', { status: 'told meanwhile' });
  a.mark();
  await a.resume();
  await a.event('presence', ({ users: now }) => now.some((one) => one.id === b.id && one.status === 'told meanwhile'));
  assert.equal(await a.fails('presence.set', { status: 'x'.repeat(200) }), 'bad_message');
});

test('without call waiting whoever is in a call is busy', async () => {
  const [a, b, c] = await people(3);
  const strict = await Daemon.start({ auth: { secret: SECRET }, calls: { ring_timeout: '5s', waiting: false } });
  try {
    const [x, y, z] = await Promise.all([a, b, c].map(({ id }) => User.signIn(strict, id)));
    const call = await ring(x, y);
    await connect(call, x, y);
    const second = await z.ok('call.start', { to: [y.id] });
    assert.equal(second.state, 'busy');
    assert.equal(second.legs[0].state, 'busy');
    assert.ok(!y.heard(second.call).length, 'nothing rings');
    const first = await sql(strict, `SELECT result FROM call_legs WHERE call = '${second.call}'`);
    assert.equal(first[0].result, 'busy');
    for (const one of [x, y, z]) one.ws.close();
  } finally {
    await strict.stop();
  }
});

for (const rooms of [{ lobby: 'all' }, { wait_for_host: true, first_is_host: false }]) {
  test(`whoever is in a call enters its room, though others wait: ${Object.keys(rooms)[0]}`, async () => {
    const strict = await Daemon.start({ auth: { secret: SECRET }, rooms });
    try {
      const [x, y] = [await User.signIn(strict, 'us_x'), await User.signIn(strict, 'us_y')];
      const room = await connect(await ring(x, y), x, y);
      assert.deepEqual((await fetch(`http://127.0.0.1:${strict.ports.admin}/api/v1/rooms/${room}/participants`)
        .then((answer) => answer.json())).participants.map(({ name }) => name).sort(), ['us_x', 'us_y']);
      for (const one of [x, y]) one.ws.close();
    } finally {
      await strict.stop();
    }
  });
}
