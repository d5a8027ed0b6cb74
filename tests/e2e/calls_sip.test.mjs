// SPDX-License-Identifier: GPL-2.0-or-later
// Calls between people and phones: phones of users that register, addresses, guests; no browser.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { Client } from './lib/client.mjs';
import { Daemon } from './lib/daemon.mjs';
import { SipPhone } from './lib/sip_phone.mjs';
import { SECRET, userToken } from './lib/token.mjs';
import { addUsers, REALM, sql, User } from './lib/user.mjs';
import { until } from './lib/util.mjs';

const RING = 5; // seconds
const password = 'open sesame';
let daemon, open = [], names = 0;

before(async () => {
  daemon = await Daemon.start({ auth: { secret: SECRET }, calls: { ring_timeout: `${RING}s`, waiting: true }, rooms: { resume: '3s' } });
});

afterEach(async () => {
  for (const one of open) await one();
  open = [];
  await until('nothing is left', 10, async () => {
    const metrics = await daemon.metrics();
    return metrics.get('medley_calls') === 0 && metrics.get('medley_rooms') === 0 && metrics.get('medley_participants') === 0;
  });
});

after(async () => { await daemon?.stop(); });

/** A user with a row in the database. */
async function account() {
  const login = `p${++names}`;
  await addUsers(daemon, [{ id: `us_${login}`, login, name: `Person ${names}`, password }]);
  return login;
}

/** A browser of a user. */
async function browser(login, on = daemon) {
  const user = await User.signIn(on, `us_${login}`, { name: login });
  open.push(async () => { if (!user.ws.closed) await user.signOut(); });
  return user;
}

/** A phone of a user, registered unless it shall not be; without a user it is a guest's. */
async function phone(login, { registered = true, port = daemon.ports.sip, ...more } = {}) {
  const one = await SipPhone.open({ port, user: login ?? 'stranger', password: login && password, ...more });
  open.push(async () => { if (one.outgoing?.final?.status === 200) await one.outgoing.bye(); one.close(); });
  if (login && registered) assert.equal(await one.register(), 200);
  return one;
}

/** Wait until somebody's phone may be called: a little later than it is registered. */
async function sees(user, login) {
  await user.ok('presence.watch', { users: [`us_${login}`] });
  await user.event('presence', ({ users }) => users.some(({ id, state }) => id === `us_${login}` && state === 'online'));
}

/** A browser and a registered phone, of two users. */
async function pair() {
  const [one, two] = [await account(), await account()];
  const him = { one, two, browser: await browser(one), phone: await phone(two) };
  await sees(him.browser, two);
  return him;
}

const ring = async (caller, ...to) => (await caller.ok('call.start', { to: to.map((login) => `us_${login}`), kind: 'video' })).call;
const people = async () => (await daemon.metrics()).get('medley_participants');

/** Two registered phones. */
async function phones() {
  const [one, two] = [await account(), await account()], b = await phone(one), c = await phone(two), watcher = await browser(await account());
  for (const login of [one, two]) await sees(watcher, login);
  return { two, b, c };
}

/** What history says of the last call to or from somebody. */
async function history(who, state, result) {
  let row;
  await until('the call is in the history', 5, async () => {
    [row] = await sql(daemon, 'SELECT calls.state, result, call_legs.cause, from_id, to_id FROM calls JOIN call_legs ON call = calls.id'
      + ` WHERE (to_id = 'us_${who}' OR from_id = 'us_${who}') AND calls.ended_us > 0 AND call_legs.ended_us > 0`
      + ' ORDER BY calls.started_us DESC, calls.rowid DESC LIMIT 1');
    return row?.state === state && `${row.result} ${row.cause}` === result;
  }).catch((err) => { err.message += `: ${JSON.stringify(row)}, not ${state}, ${result}`; throw err; });
  return row;
}

test('a wrong password is refused', async () => {
  const one = await phone(await account(), { registered: false, password: 'wrong' });
  assert.equal(await one.register(), 403);
  const stranger = await phone(undefined, { password });
  assert.equal(await stranger.register(), 403);
});

test('guessing the password of a phone is throttled, the right one then too', () => with_({ auth: { secret: SECRET, attempts: 3 } }, async (other) => {
  const port = other.ports.sip, a = await phone('a', { port, registered: false }), b = await phone('b', { port, registered: false });
  for (let i = 0; i < 6; i++) assert.equal(await a.register(), 200);
  a.password = 'guess';
  for (let i = 0; i < 3; i++) assert.equal(await a.register(), 403);
  a.password = password;
  assert.equal(await a.register(), 503);
  assert.equal(await b.register(), 503, 'it comes from the same address');
  assert.equal((await (await b.call('a')).answered).status, 503);
}));

test('a database that cannot say is no wrong password, and the phone rings when it can', () => with_({}, async (other) => {
  const a = await browser('a', other), b = await phone('b', { port: other.ports.sip, registered: false });
  await sql(other, 'ALTER TABLE users RENAME TO away');
  assert.equal(await b.register(), 503);
  await sql(other, 'ALTER TABLE away RENAME TO users');
  assert.equal(await b.register(), 200);
  await sees(a, 'b');
}));

test('a phone that registers makes its user online, and offline when it goes', async () => {
  const { browser: a, phone: b, two } = await pair();
  a.mark();
  assert.equal(await b.register(0), 200);
  await a.event('presence', ({ users }) => users.some(({ id, state }) => id === `us_${two}` && state === 'offline'));
  const started = await a.ok('call.start', { to: [`us_${two}`] });
  assert.equal(started.cause, 'offline');
});

test('a phone rings, answers, and both are in the room', async () => {
  const { browser: a, phone: b, two } = await pair(), call = await ring(a, two), incoming = await b.incoming();
  assert.match(incoming.invite.header('from'), new RegExp(a.id));
  incoming.ring();
  const { leg } = await a.event('call', (d) => d.call === call && d.leg?.alerting);
  assert.equal(leg.state, 'ringing');
  await incoming.accept();
  const { room } = await a.call(call, 'accepted');
  const { roster } = await a.join(room);
  await until('it is acknowledged', 5, () => incoming.acked);
  const him = roster.find(({ kind }) => kind === 'sip') ?? (await a.event('roster', (d) => d.add?.some(({ kind }) => kind === 'sip'))).add[0];
  assert.equal(him.identity, `us_${two}`);
  assert.match(him.name, /^Person /);
  await a.ok('call.hangup', { call });
  await until('the phone hears BYE', 5, () => incoming.ended);
  await history(two, 'ended', 'accepted left');
});

test('the phone hangs up: the call is over for the browser', async () => {
  const { browser: a, phone: b, two } = await pair(), call = await ring(a, two), incoming = await b.incoming();
  await incoming.accept();
  await a.join((await a.call(call, 'accepted')).room);
  await until('both are there', 5, async () => await people() === 2);
  await incoming.bye();
  assert.equal((await a.event('left')).reason, 'hangup');
  await a.call(call, 'ended');
  await history(two, 'ended', 'accepted left');
});

const answers = [
  { status: 486, state: 'busy', result: 'busy busy' },
  { status: 603, state: 'declined', result: 'declined declined' },
  { status: 480, state: 'failed', result: 'failed offline' },
  { status: 404, state: 'failed', result: 'failed not_found' },
];
for (const { status, state, result } of answers) {
  test(`a phone that says ${status}: ${state}`, async () => {
    const { browser: a, phone: b, two } = await pair(), call = await ring(a, two), incoming = await b.incoming();
    incoming.ring();
    incoming.reject(status, 'No');
    await a.call(call, state);
    await until('it is acknowledged', 5, () => incoming.acked);
    await history(two, state, result);
  });
}

test('a phone that does not answer gets CANCEL, and the call is missed', async () => {
  const { browser: a, phone: b, two } = await pair(), call = await ring(a, two), incoming = await b.incoming();
  incoming.ring();
  await a.call(call, 'timeout', RING + 5);
  await until('CANCEL comes', 5, () => incoming.cancelled);
  await history(two, 'timeout', 'timeout timeout');
});

test('the caller gives up: the phone gets CANCEL', async () => {
  const { browser: a, phone: b, two } = await pair(), call = await ring(a, two), incoming = await b.incoming();
  incoming.ring();
  await a.event('call', (d) => d.leg?.alerting);
  await a.ok('call.cancel', { call });
  await until('CANCEL comes', 5, () => incoming.cancelled);
  await history(two, 'cancelled', 'cancelled cancelled');
});

test('an answer that crosses the CANCEL is hung up on', async () => {
  const { browser: a, phone: b, two } = await pair(), call = await ring(a, two), incoming = await b.incoming();
  incoming.ring();
  await a.event('call', (d) => d.leg?.alerting);
  incoming.crossing = await b.sdp(incoming.invite.body);
  await a.ok('call.cancel', { call });
  await until('CANCEL comes', 5, () => incoming.cancelled);
  await until('the answer is acknowledged, and BYE comes', 10, () => incoming.acked && incoming.ended);
});

test('an answer without usable media fails the call at once', async () => {
  const { browser: a, phone: b, two } = await pair(), call = await ring(a, two), incoming = await b.incoming();
  incoming.ring();
  await incoming.accept('v=0\r\no=e2e 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 0 RTP/AVP 0\r\n');
  await a.call(call, 'failed', 3);
  await until('BYE comes', 5, () => incoming.ended);
});

test('of two contacts the first to answer wins, the other one gets CANCEL', async () => {
  const { browser: a, phone: b, two } = await pair(), other = await phone(two), call = await ring(a, two);
  const [first, second] = [await b.incoming(), await other.incoming()];
  for (const one of [first, second]) one.ring();
  await a.event('call', (d) => d.leg?.alerting);
  await second.accept();
  const { room } = await a.call(call, 'accepted');
  await until('CANCEL comes to the other one', 5, () => first.cancelled);
  await a.join(room);
  assert.equal(await people(), 2);
  await second.bye();
  await a.event('left');
  await history(two, 'ended', 'accepted left');
});

test('of two contacts that answer at once one stays', async () => {
  const { browser: a, phone: b, two } = await pair(), other = await phone(two), call = await ring(a, two);
  const both = [await b.incoming(), await other.incoming()];
  await Promise.all(both.map((one) => one.accept()));
  await a.join((await a.call(call, 'accepted')).room);
  await until('one of them is let go', 5, () => both.filter((one) => one.ended || one.cancelled).length === 1);
  await until('two are in the room', 5, async () => await people() === 2);
  await a.ok('call.hangup', { call });
  await until('the other one too', 5, () => both.every((one) => one.ended || one.cancelled));
});

test('of two contacts one is busy, the other one away: busy', async () => {
  const { browser: a, phone: b, two } = await pair(), other = await phone(two), call = await ring(a, two);
  const [first, second] = [await b.incoming(), await other.incoming()];
  first.ring();
  first.reject(486, 'Busy Here');
  await until('it is acknowledged', 5, () => first.acked);
  second.reject(480, 'Temporarily Unavailable');
  await a.call(call, 'busy');
});

test('of two contacts one declines: for both', async () => {
  const { browser: a, phone: b, two } = await pair(), other = await phone(two), call = await ring(a, two);
  const [first, second] = [await b.incoming(), await other.incoming()];
  for (const one of [first, second]) one.ring();
  await a.event('call', (d) => d.leg?.alerting);
  first.reject(603, 'Decline');
  await a.call(call, 'declined', 3);
  await until('CANCEL comes to the other one', 5, () => second.cancelled);
});

test('his browser answers: his phone stops', async () => {
  const { browser: a, phone: b, two } = await pair(), own = await browser(two), call = await ring(a, two), incoming = await b.incoming();
  incoming.ring();
  await own.call(call, 'incoming');
  await own.ok('call.answer', { call });
  await until('CANCEL comes', 5, () => incoming.cancelled);
  await a.ok('call.hangup', { call });
});

test('his phone answers: his browser hears that', async () => {
  const { browser: a, phone: b, two } = await pair(), own = await browser(two), call = await ring(a, two), incoming = await b.incoming();
  await own.call(call, 'incoming');
  await incoming.accept();
  await own.call(call, 'elsewhere');
  await a.ok('call.hangup', { call });
  await until('BYE comes', 5, () => incoming.ended);
});

test('his browser hangs up for his phone', async () => {
  const { browser: a, phone: b, two } = await pair(), own = await browser(two), call = await ring(a, two), incoming = await b.incoming();
  await incoming.accept();
  await a.join((await a.call(call, 'accepted')).room);
  await until('both are there', 5, async () => await people() === 2);
  await own.ok('call.hangup', { call });
  await until('BYE comes', 5, () => incoming.ended);
  await a.event('left');
});

test('a call that is over before the phone that answered is in its room', async () => {
  const { browser: a, phone: b, two } = await pair(), call = await ring(a, two), incoming = await b.incoming();
  incoming.ring();
  await a.event('call', (d) => d.leg?.alerting);
  const hungUp = a.request('call.hangup', { call });
  await incoming.accept();
  await hungUp;
  await a.request('call.hangup', { call }); // the answer may have been faster
  await until('the phone is let go', 10, () => incoming.ended || incoming.cancelled);
});

test('a phone that registers while its user is called rings too', async () => {
  const { browser: a } = await pair(), login = await account(), own = await browser(login), call = await ring(a, login);
  await own.call(call, 'incoming');
  const late = await phone(login), incoming = await late.incoming();
  await incoming.accept();
  await a.call(call, 'accepted');
  await a.ok('call.hangup', { call });
  await until('BYE comes', 5, () => incoming.ended);
});

test('a group of a browser, a phone and an account of both', async () => {
  const { browser: a, phone: b, two } = await pair(), third = await account(), c = await browser(third), call = await ring(a, two, third);
  const incoming = await b.incoming();
  await incoming.accept();
  const { room } = await a.call(call, 'accepted');
  await a.join(room);
  await c.ok('call.answer', { call });
  await c.join(room);
  await until('three are there', 5, async () => await people() === 3);
  await incoming.bye();
  await a.event('call', (d) => d.leg?.id === `us_${two}` && d.leg.cause === 'left');
  assert.equal(await people(), 2);
  await c.ok('call.hangup', { call });
  await a.event('left');
});

test('who is called by nobody but a phone may add people to the call', async () => {
  const { browser: a, phone: b, one } = await pair(), third = await account(), c = await browser(third), call = await b.call(one);
  const { call: id } = await a.event('call', (d) => d.state === 'incoming');
  await a.ok('call.answer', { call: id });
  const { room } = await a.call(id, 'accepted');
  await call.answered;
  await until('the phone is there', 5, async () => await people() === 1);
  await a.join(room);
  const more = await a.ok('call.start', { to: [`us_${third}`], add: true });
  await c.ok('call.answer', { call: more.call });
  await c.join(room);
  await until('three are there', 5, async () => await people() === 3);
  await a.ok('call.hangup', { call: id });
  await c.event('roster', (d) => d.del?.length === 1);
  await call.bye();
  await c.event('left', () => true, 3).catch(() => c.ok('leave'));
});

test('a phone that is left alone in a group is let go', async () => {
  const { browser: a, phone: b, two } = await pair(), third = await account(), c = await browser(third), call = await ring(a, two, third);
  const incoming = await b.incoming();
  await incoming.accept();
  await a.join((await a.call(call, 'accepted')).room);
  await until('both are there', 5, async () => await people() === 2);
  await a.ok('call.hangup', { call });
  await c.ok('call.decline', { call });
  await until('BYE comes', 5, () => incoming.ended);
});

/* ---- phones that call ---- */

test('a phone calls a user: it proves who it is, and his browser answers', async () => {
  const { browser: a, phone: b, one, two } = await pair(), call = await b.call(one);
  const { call: id, from } = await a.event('call', (d) => d.state === 'incoming');
  assert.equal(from.id, `us_${two}`);
  assert.match(from.name, /^Person /);
  await a.ok('call.answer', { call: id });
  const answer = await call.answered;
  assert.equal(answer.status, 200);
  assert.match(answer.body, /^m=audio [1-9]/m);
  await a.join((await a.call(id, 'accepted')).room);
  await until('both are there', 5, async () => await people() === 2);
  await call.bye();
  assert.equal((await a.event('left')).reason, 'hangup');
  const row = await history(one, 'ended', 'accepted left');
  assert.equal(row.from_id, `us_${two}`);
});

test('a phone that is not registered is challenged, and rings then', async () => {
  const login = await account(), a = await browser(login), b = await phone(await account(), { registered: false });
  const call = await b.call(login), { call: id } = await a.event('call', (d) => d.state === 'incoming');
  assert.ok(call.challenged);
  await a.ok('call.answer', { call: id });
  assert.equal((await call.answered).status, 200);
  await a.join((await a.call(id, 'accepted')).room);
  await a.ok('call.hangup', { call: id });
  await until('BYE comes', 5, () => call.ended);
});

test('a registered phone is challenged over UDP: its source may be forged', async () => {
  const { browser: a, phone: b, one } = await pair();
  b.password = undefined; // it does not answer
  assert.equal((await (await b.call(one)).answered).status, 401);
  assert.ok(!a.messages.some(({ t }) => t === 'call'));
});

test('so it is when it calls a room, where it is known as its user then', async () => {
  const login = await account(), b = await phone(login), room = `known-${login}`;
  const call = await b.call(room);
  assert.equal((await call.answered).status, 200);
  assert.ok(call.challenged);
  const { roster } = await (await browser(await account())).join(room);
  assert.ok(roster.some(({ identity }) => identity === `us_${login}`), JSON.stringify(roster));
  await call.bye();
});

test('with a wrong password it does not ring', async () => {
  const login = await account(), a = await browser(login), b = await phone(await account(), { registered: false, password: 'wrong' });
  assert.equal((await (await b.call(login)).answered).status, 403);
  assert.ok(!a.messages.some(({ t }) => t === 'call'));
});

test('a guest\'s phone is challenged, and does not ring', async () => {
  const login = await account(), a = await browser(login), stranger = await phone();
  const answer = await (await stranger.call(login)).answered;
  assert.equal(answer.status, 401);
  assert.ok(answer.header('www-authenticate').includes(`realm="${REALM}"`));
  assert.ok(!a.messages.some(({ t }) => t === 'call'));
});

const declines = [
  { name: 'decline', status: 603, state: 'declined', result: 'declined declined', act: (a, call) => a.ok('call.decline', { call }) },
  { name: 'time-out', status: 480, state: 'timeout', result: 'timeout timeout', act: (a, call) => a.call(call, 'timeout', RING + 5) },
];
for (const { name, status, state, result, act } of declines) {
  test(`a phone whose call ends by ${name} hears ${status}`, async () => {
    const { browser: a, phone: b, one } = await pair(), call = await b.call(one);
    const { call: id } = await a.event('call', (d) => d.state === 'incoming');
    await act(a, id);
    assert.equal((await call.answered).status, status);
    await history(one, state, result);
  });
}

test('a phone that calls somebody who is away hears 480', async () => {
  const { phone: b } = await pair(), login = await account();
  assert.equal((await (await b.call(login)).answered).status, 480);
  await history(login, 'failed', 'failed offline');
});

test('a phone that gives up: the browser stops ringing, and it is missed', async () => {
  const { browser: a, phone: b, one } = await pair(), call = await b.call(one);
  const { call: id } = await a.event('call', (d) => d.state === 'incoming');
  await until('it rings', 5, () => call.provisional.includes(180));
  assert.equal((await call.cancel()).status, 200);
  assert.equal((await call.answered).status, 487);
  await a.call(id, 'cancelled');
  await history(one, 'cancelled', 'cancelled cancelled');
});

test('a phone whose offer cannot be used is refused when somebody answers, and the call is over', async () => {
  const { browser: a, phone: b, one } = await pair();
  const call = await b.call(one, 'v=0\r\no=e2e 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 3\r\n');
  const { call: id } = await a.event('call', (d) => d.state === 'incoming');
  await a.ok('call.answer', { call: id });
  assert.equal((await call.answered).status, 488);
  await a.call(id, 'accepted');
  await until('the call is over', 5, async () => (await daemon.metrics()).get('medley_calls') === 0);
});

test('a phone calls a phone', async () => {
  const { two, b, c } = await phones(), call = await b.call(two);
  const incoming = await c.incoming();
  assert.match(incoming.invite.header('from'), new RegExp(`<sip:${b.user}@`), 'it can be called back');
  incoming.ring();
  await incoming.accept();
  assert.equal((await call.answered).status, 200);
  await until('both are there', 5, async () => await people() === 2);
  await call.bye();
  await until('BYE comes', 5, () => incoming.ended);
  await history(two, 'ended', 'accepted left');
});

test('a phone calls a phone, which hangs up', async () => {
  const { two, b, c } = await phones(), call = await b.call(two);
  const incoming = await c.incoming();
  await incoming.accept();
  assert.equal((await call.answered).status, 200);
  await until('both are there', 5, async () => await people() === 2);
  await incoming.bye();
  await until('BYE comes', 5, () => call.ended);
});

test('a phone calls a phone, which declines', async () => {
  const { two, b, c } = await phones(), call = await b.call(two);
  (await c.incoming()).reject(603, 'Decline');
  assert.equal((await call.answered).status, 603);
  await history(two, 'declined', 'declined declined');
});

test('a phone gives up calling a phone', async () => {
  const { two, b, c } = await phones(), call = await b.call(two);
  const incoming = await c.incoming();
  incoming.ring();
  await until('it rings', 5, () => call.provisional.includes(180));
  await call.cancel();
  assert.equal((await call.answered).status, 487);
  await until('CANCEL comes', 5, () => incoming.cancelled);
});

test('a phone and a browser that call each other at once are connected', async () => {
  const { browser: a, phone: b, one, two } = await pair(), id = await ring(a, two), incoming = await b.incoming();
  incoming.ring();
  const call = await b.call(one);
  assert.equal((await call.answered).status, 200);
  await a.join((await a.call(id, 'accepted')).room);
  await until('CANCEL comes to the call that was answered so', 5, () => incoming.cancelled);
  await until('both are there', 5, async () => await people() === 2);
  await call.bye();
  await a.event('left');
  await history(two, 'ended', 'accepted left');
});

test('a phone calls itself: refused', async () => {
  const { phone: b, two } = await pair();
  assert.equal((await (await b.call(two)).answered).status, 403);
});

test('who is no user is a room', async () => {
  const { phone: b } = await pair(), call = await b.call('some-room');
  assert.equal((await call.answered).status, 200);
  await call.bye();
});

/* ---- other settings ---- */

/** Ask the REST API, as a user or on the admin listener. */
const rest = (on, method, where, body, token) => fetch(`http://127.0.0.1:${token ? on.ports.http : on.ports.admin}/api/v1${where}`, {
  method, headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) }, body: JSON.stringify(body) });

/** A daemon of its own for a test. */
async function with_(config, use) {
  const other = await Daemon.start({ auth: { secret: SECRET }, ...config });
  try {
    await addUsers(other, [{ id: 'us_a', login: 'a', password }, { id: 'us_b', login: 'b', password }]);
    await use(other);
  } finally {
    for (const one of open) await one();
    open = [];
    await other.stop();
  }
}

test('guests\' phones may call users where that is allowed', () => with_({ sip: { guest_calls: true } }, async (other) => {
  const a = await browser('a', other), stranger = await phone(undefined, { port: other.ports.sip });
  const call = await stranger.call('a'), { call: id, from } = await a.event('call', (d) => d.state === 'incoming');
  assert.match(from.id, /^sip:stranger@/);
  await a.ok('call.answer', { call: id });
  assert.equal((await call.answered).status, 200);
  await a.join((await a.call(id, 'accepted')).room);
  await until('both are there', 5, async () => (await other.metrics()).get('medley_participants') === 2);
  await a.ok('call.hangup', { call: id });
  await until('BYE comes', 5, () => call.ended);
  const again = await stranger.call('a'), { call: second } = await a.event('call', (d) => d.state === 'incoming' && d.call !== id);
  await a.ok('call.answer', { call: second });
  assert.equal((await again.answered).status, 200);
  await a.join((await a.call(second, 'accepted')).room);
  await again.bye();
  await a.event('left', () => a.messages.filter(({ t }) => t === 'left').length === 1);
}));

test('without call waiting a phone hears 486', () => with_({ calls: { waiting: false } }, async (other) => {
  const a = await browser('a', other), stranger = await phone(undefined, { port: other.ports.sip });
  const b = await phone('b', { port: other.ports.sip });
  await a.join('meeting');
  assert.equal((await (await b.call('a')).answered).status, 486);
  stranger.close();
}));

test('addresses may be called where that is allowed', () => with_({ sip: { dial: 'anywhere' } }, async (other) => {
  const a = await browser('a', other), away = await phone(undefined, { port: other.ports.sip });
  const to = `sip:desk@${away.host}`, { call } = await a.ok('call.start', { to: [to], kind: 'audio' });
  const incoming = await away.incoming();
  incoming.ring();
  const { leg } = await a.event('call', (d) => d.call === call && d.leg?.alerting);
  assert.equal(leg.id, to);
  await incoming.accept();
  await a.join((await a.call(call, 'accepted')).room);
  await until('both are there', 5, async () => (await other.metrics()).get('medley_participants') === 2);
  await incoming.bye();
  assert.equal((await a.event('left')).reason, 'hangup');
  const second = (await a.ok('call.start', { to: [to] })).call;
  await (await away.incoming()).reject(486, 'Busy Here');
  await a.call(second, 'busy');
  for (const bad of ['sip:', 'sip:x y@127.0.0.1', 'http://127.0.0.1']) {
    const answer = await a.request('call.start', { to: [bad] });
    assert.ok(answer.t === 'error' || answer.d.state === 'failed', `${bad}: ${JSON.stringify(answer)}`);
  }
}));

test('a host dials a phone into his room, and it stays there', () => with_({ sip: { dial: 'anywhere' } }, async (other) => {
  const [a, b] = [await browser('a', other), await browser('b', other)], away = await phone(undefined, { port: other.ports.sip });
  await a.join('meeting');
  await b.join('meeting');
  assert.equal(await b.fails('dial', { uri: `sip:desk@${away.host}` }), 'forbidden');
  await a.ok('dial', { uri: `sip:desk@${away.host}`, name: 'Desk' });
  const incoming = await away.incoming();
  await incoming.accept();
  const { add } = await a.event('roster', (d) => d.add?.some(({ kind }) => kind === 'sip'));
  assert.equal(add[0].name, 'Desk');
  await incoming.bye();
  await a.event('roster', (d) => d.del?.length === 1);
  assert.equal((await other.metrics()).get('medley_participants'), 2);
}));

test('whoever is host as the first one there dials no addresses; with the host PIN he does, as the room', () => with_({ sip: { dial: 'anywhere' } }, async (other) => {
  const away = await phone(undefined, { port: other.ports.sip }), uri = `sip:desk@${away.host}`;
  const first = await Client.enter(other, { room: 'us_a', name: 'First' });
  await assert.rejects(first.request('dial', { uri }), (err) => err.d.code === 'forbidden');
  assert.equal((await rest(other, 'PATCH', '/rooms/us_a', { host_pin: '471100' })).status, 200);
  const host = await Client.enter(other, { room: 'us_a', name: 'Host', pin: '471100' });
  for (const bad of ['sips:x@127.0.0.1', 'tel:123']) await assert.rejects(host.request('dial', { uri: bad }), (err) => err.d.code === 'bad_target');
  const { call } = await host.request('dial', { uri });
  (await away.incoming()).reject(486, 'Busy Here');
  assert.deepEqual(await sql(other, `SELECT from_id FROM calls WHERE id = '${call}'`), [{ from_id: 'room:us_a' }]);
  for (const one of [first, host]) one.close();
}));

test('over REST the answer comes when the record of the call is on the disk', () => with_({}, async (other) => {
  const [a, b] = [await browser('a', other), await browser('b', other)];
  await a.join('meeting');
  const made = await rest(other, 'POST', '/rooms/meeting/calls', { to: [b.id] });
  assert.equal(made.status, 201);
  const { id } = await made.json(), row = () => sql(other, `SELECT from_id, state FROM calls WHERE id = '${id}'`);
  assert.deepEqual(await row(), [{ from_id: 'room:meeting', state: '' }], 'it is open');
  assert.equal((await rest(other, 'POST', `/calls/${id}/decline`, {}, userToken(b.id))).status, 204);
  assert.deepEqual(await row(), [{ from_id: 'room:meeting', state: 'declined' }]);
}));

test('dialling out is forbidden as it comes', async () => {
  const a = await browser(await account());
  await a.join('meeting');
  assert.equal(await a.fails('dial', { uri: 'sip:desk@127.0.0.1' }), 'forbidden');
  await a.ok('leave');
});

test('with the longest time to ring a phone can be called', () => with_({ calls: { ring_timeout: '10m' } }, async (other) => {
  const a = await browser('a', other), b = await phone('b', { port: other.ports.sip });
  await sees(a, 'b');
  const call = await ring(a, 'b');
  (await b.incoming()).reject(603, 'Decline');
  await a.call(call, 'declined');
}));

test('the phone of a user who was removed calls nobody', () => with_({}, async (other) => {
  const a = await browser('a', other), b = await phone('b', { port: other.ports.sip });
  await sql(other, "DELETE FROM users WHERE id = 'us_b'");
  assert.equal((await (await b.call('a')).answered).status, 403);
  assert.ok(!a.messages.some(({ t }) => t === 'call'));
}));

test('the server stops amid calls', () => with_({ calls: { waiting: true }, sip: { guest_calls: true } }, async (other) => {
  const a = await browser('a', other), b = await phone('b', { port: other.ports.sip }), stranger = await phone(undefined, { port: other.ports.sip });
  await sees(a, 'b');
  const first = await ring(a, 'b'), incoming = await b.incoming();
  await incoming.accept();
  await a.join((await a.call(first, 'accepted')).room);
  await stranger.call('a');
  await a.event('call', (d) => d.state === 'incoming');
  other.child.kill('SIGTERM');
  await until('the phone hears BYE', 10, () => incoming.ended);
  await until('the other one hears the end', 10, () => stranger.outgoing.final);
}));
