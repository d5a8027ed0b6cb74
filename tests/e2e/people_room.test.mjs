// SPDX-License-Identifier: GPL-2.0-or-later
// People in a room, as far as it goes without media: who gets in, roles, rules, chat, what hosts
// do, and sessions that outlive their socket.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Client, Refused } from './lib/client.mjs';
import { Daemon } from './lib/daemon.mjs';
import { SECRET, jwt, livekitToken, token, userToken } from './lib/token.mjs';
import { pause, until } from './lib/util.mjs';

let daemon, rooms = 0;
const open = new Set();

const newRoom = () => `room-${++rooms}`;

/** In the room, for as long as the subtest runs. */
async function enter(room, name, more = {}, where = daemon) {
  const client = await Client.enter(where, { room, name, ...more });
  open.add(client);
  return client;
}

/** Said hello; may wait outside. */
async function knock(room, name, more = {}, where = daemon) {
  const client = await Client.hello(where, { room, name, ...more });
  open.add(client);
  return client;
}

async function leaveAll() {
  for (const client of open) if (!client.closed) client.ws.frame(8, Buffer.from([3, 232]));
  await Promise.all([...open].map((client) => until('the socket is closed', 5, () => client.closed).catch(() => {})));
  for (const client of open) client.close();
  open.clear();
}

/** It is refused with this code.  @returns d of the error */
async function refused(code, promise) {
  const d = await promise.then((answer) => { throw new Error(`not refused: ${JSON.stringify(answer)?.slice(0, 400)}`); }, (err) => {
    if (err instanceof Refused) return err.d;
    throw err;
  });
  assert.equal(d.code, code, JSON.stringify(d));
  return d;
}

/** Two in a room: the first one is host. */
async function pair(where = daemon) {
  const room = newRoom();
  return { room, host: await enter(room, 'Hanna', {}, where), guest: await enter(room, 'Gerd', {}, where) };
}

/** Like test(), and everybody has left afterwards. */
const people = (name, run) => test(name, async () => {
  try {
    await run();
  } finally {
    await leaveAll();
  }
});

before(async () => { daemon = await Daemon.start({ auth: { secret: SECRET, attempts: 1000 }, rooms: { resume: '30s' }, http: { auth_timeout: '3s' } }); });
after(async () => { await daemon?.stop(); });

describe('who is what', () => {
  people('the first one in an empty room is host, the next ones are guests', async () => {
    const { host, guest } = await pair();
    assert.equal(host.welcome.you.role, 'host');
    assert.ok(host.welcome.you.rights.includes('moderate'));
    assert.equal(guest.welcome.you.role, 'guest');
    assert.ok(!guest.welcome.you.rights.includes('moderate'));
    assert.equal(guest.welcome.resumed, false);
    assert.equal(guest.welcome.moved, false);
    await host.sees('the host sees him', (all) => all.some(({ name, role }) => name === 'Gerd' && role === 'guest'));
    assert.deepEqual([...guest.roster.values()].map(({ name, role }) => [name, role]), [['Hanna', 'host'], ['Gerd', 'guest']]);
  });

  people('when the host leaves the next one takes his place and is told', async () => {
    const { room, host, guest } = await pair();
    const third = await enter(room, 'Third');
    await host.leave();
    const { you } = await guest.event('room', ({ you: now }) => now.role === 'host');
    assert.ok(you.rights.includes('moderate'));
    await third.sees('the third sees the new host', (all) => all.find(({ name }) => name === 'Gerd')?.role === 'host');
    await guest.request('mute.all');
    await refused('forbidden', third.request('mute.all'));
  });

  people('a new host hears who waits', async () => {
    const { room, host, guest } = await pair();
    await host.request('room.set', { lobby: 'all' });
    const waiter = await knock(room, 'Wanda');
    await host.leave();
    const told = await guest.event('room', ({ you, lobby }) => you.role === 'host' && lobby);
    assert.deepEqual(told.lobby.map(({ id, name }) => [id, name]), [[waiter.id, 'Wanda']]);
    await guest.request('lobby.admit', { ids: [waiter.id] });
    await waiter.event('welcome');
  });

  people('the host makes another one host, and back', async () => {
    const { host, guest } = await pair();
    await host.request('participant.set', { id: guest.id, role: 'host' });
    await guest.event('room', ({ you }) => you.role === 'host');
    await guest.request('participant.set', { id: host.id, role: 'guest' });
    await host.event('room', ({ you }) => you.role === 'guest');
    await refused('forbidden', host.request('room.set', { locked: true }));
    await refused('last_host', guest.request('participant.set', { id: guest.id, role: 'guest' }));
  });

  people('a viewer is seen, has no devices, and gets them when he is made a guest', async () => {
    const room = newRoom(), host = await enter(room, 'Hanna');
    const viewer = await enter(room, 'Vera', { token: token('vera', { room, role: 'viewer' }) });
    assert.equal(viewer.welcome.you.role, 'viewer');
    assert.deepEqual(viewer.welcome.you.muted, { audio: true, video: true });
    await refused('forbidden', viewer.request('mute', { audio: false }));
    await refused('forbidden', viewer.request('mute', { video: false }));
    await refused('forbidden', viewer.request('share', { on: true }));
    await viewer.request('mute', { audio: true });
    await viewer.request('chat', { text: 'I may write' });
    await host.sees('she is on the list', (all) => all.some(({ name, role }) => name === 'Vera' && role === 'viewer'));
    await host.request('participant.set', { id: viewer.id, role: 'guest' });
    await viewer.event('room', ({ you }) => you.rights.includes('speak'));
    await viewer.request('mute', { audio: false });
    await host.request('participant.set', { id: viewer.id, role: 'viewer' });
    await viewer.event('muted', ({ audio }) => audio);
    await refused('forbidden', viewer.request('mute', { audio: false }));
  });

  people('somebody hidden is on no list', async () => {
    const room = newRoom(), host = await enter(room, 'Hanna');
    const hidden = await enter(room, 'Hugo', { token: token('hugo', { room, hidden: true }) });
    const guest = await enter(room, 'Gerd');
    assert.ok(hidden.welcome.roster.some(({ id }) => id === hidden.id), 'he knows himself');
    await host.sees('the host sees the guest only', (all) => all.some(({ name }) => name === 'Gerd'));
    for (const one of [host, guest]) assert.ok(![...one.roster.values()].some(({ name }) => name === 'Hugo'));
    await hidden.leave();
    const late = await enter(room, 'Late');
    await host.sees('the late one is there', (all) => all.some(({ name }) => name === 'Late'));
    assert.ok(!host.messages.some(({ t, d }) => t === 'roster' && d.del?.some(({ id }) => id === hidden.id)));
    assert.equal(late.roster.size, 3);
  });

  people('names are cleaned and rooms folded', async () => {
    const room = newRoom(), one = await enter(room.toUpperCase(), ' A\u202Ed\u0007a \n  L. ');
    assert.equal(one.welcome.you.name, 'Ada L.');
    assert.equal(one.welcome.room.name, room);
    await refused('bad_message', Client.hello(daemon, { room, name: '\u202E' }));
    await refused('bad_message', Client.hello(daemon, { room: '../etc', name: 'A' }));
    await refused('bad_message', Client.hello(daemon, { room }));
  });

  people('there is one hello', async () => {
    const { room, guest } = await pair();
    await refused('already_joined', guest.request('hello', { room, name: 'Again' }));
    await refused('already_joined', guest.request('join', { room: newRoom() }));
  });
});

describe('rules of a room', () => {
  people('a PIN: none, wrong, right', async () => {
    const { room, host, guest } = await pair();
    await host.request('room.set', { pin: '4711' });
    const { room: told } = await guest.event('room', ({ room: now }) => now.has_pin);
    assert.equal(told.pin, undefined, 'guests are not told which');
    assert.equal((await host.event('room', ({ room: now }) => now.has_pin)).room.pin, '4711');
    await refused('pin_required', knock(room, 'None'));
    await refused('pin_wrong', knock(room, 'Wrong', { pin: '1111' }));
    await enter(room, 'Right', { pin: '4711' });
    await refused('bad_message', host.request('room.set', { pin: '12' }));
    await refused('bad_message', host.request('room.set', { pin: 'abcd' }));
    await host.request('room.set', { pin: '' });
    await enter(room, 'Free');
  });

  people('whoever was refused may try again on the same connection', async () => {
    const { room, host } = await pair();
    await host.request('room.set', { pin: '4711' });
    const client = await Client.connect(daemon);
    open.add(client);
    await refused('pin_required', client.request('hello', { room, name: 'Tina' }));
    await refused('pin_wrong', client.request('hello', { room, name: 'Tina', pin: '0000' }));
    assert.equal((await client.request('hello', { room, name: 'Tina', pin: '4711' })).you.name, 'Tina');
  });

  people('a token of the room needs no PIN', async () => {
    const { room, host } = await pair();
    await host.request('room.set', { pin: '4711' });
    await enter(room, 'Toni', { token: token('toni', { room }) });
  });

  people('a lock keeps guests out, not hosts', async () => {
    const { room, host } = await pair();
    await host.request('room.set', { locked: true });
    await refused('locked', knock(room, 'Late'));
    await refused('locked', knock(room, 'Toni', { token: token('toni', { room }) }));
    await enter(room, 'Boss', { token: token('boss', { room, role: 'host' }) });
    await host.request('room.set', { locked: false });
    await enter(room, 'Late');
  });

  people('guests may only do what the rules let them', async () => {
    const { host, guest } = await pair();
    await guest.request('mute', { audio: false });
    await host.request('room.set', { guests_can: { speak: false, share: false, chat: false } });
    await guest.event('muted', ({ audio }) => audio);
    const { you } = await guest.event('room', ({ room: now }) => now.guests_can.speak === false);
    assert.ok(!you.rights.includes('speak') && !you.rights.includes('share') && !you.rights.includes('chat') && you.rights.includes('show'));
    await refused('forbidden', guest.request('mute', { audio: false }));
    await refused('forbidden', guest.request('share', { on: true }));
    await refused('forbidden', guest.request('chat', { text: 'hi' }));
    await guest.request('mute', { video: false });
    await host.request('chat', { text: 'hosts may' });
    await host.request('room.set', { guests_can: { speak: true } });
    await guest.event('room', ({ you: now }) => now.rights.includes('speak'));
    await guest.request('mute', { audio: false });
  });

  people('a title is told to all, cleaned, and of at most 64 characters', async () => {
    const { room, host, guest } = await pair();
    await host.request('room.set', { title: ' Weekly\u202E  \u{1F600}' });
    assert.equal((await guest.event('room', ({ room: now }) => now.title)).room.title, 'Weekly \u{1F600}');
    await refused('bad_message', host.request('room.set', { title: 'x'.repeat(65) }));
    const from = guest.mark();
    await host.request('room.set', { title: '\u{20AC}'.repeat(40) });
    assert.equal((await guest.event('room', () => true, { from })).room.title, '\u{20AC}'.repeat(40));
    assert.equal((await enter(room, 'Late')).welcome.room.title, '\u{20AC}'.repeat(40));
    await host.request('room.set', { title: '\u{1F600}'.repeat(64) });
    await refused('bad_message', host.request('room.set', { title: '\u{1F600}'.repeat(65) }));
    await host.request('room.set', { title: '' });
  });

  people('guests may not touch the rules, the layout or other people', async () => {
    const { host, guest } = await pair();
    for (const [t, d] of [['room.set', { locked: true }], ['layout.set', { layout: '2x2' }], ['mute.all'],
      ['participant.set', { id: host.id, hand: false }], ['participant.remove', { id: host.id }],
      ['participant.move', { id: host.id, room: 'x' }], ['participant.ask', { id: host.id, audio: true }],
      ['lobby.admit', { all: true }], ['lobby.deny', { all: true }], ['dial', { uri: 'sip:x@y' }], ['leave', { end: true }]]) {
      assert.equal((await refused('forbidden', guest.request(t, d))).code, 'forbidden', t);
    }
  });

  people('the host chooses the layout', async () => {
    const { host, guest } = await pair();
    await host.request('layout.set', { layout: '2x2' });
    await host.request('layout.set', { spotlight: [guest.id] });
    await refused('layout_not_found', host.request('layout.set', { layout: 'no-such' }));
    await refused('participant_not_found', host.request('layout.set', { spotlight: ['pt_nobody'] }));
    await refused('bad_message', host.request('layout.set', { layout: 5 }));
    await refused('bad_message', host.request('layout.set', { unknown: true }));
  });
});

describe('the lobby', () => {
  /** A host behind a lobby. */
  async function lobby(kind = 'guests') {
    const room = newRoom(), host = await enter(room, 'Hanna');
    await host.request('room.set', { lobby: kind });
    return { room, host };
  }

  people('who knocks waits, and the host lets him in', async () => {
    const { room, host } = await lobby();
    const waiter = await knock(room, 'Wanda');
    const { reason, id } = waiter.answer;
    assert.equal(reason, 'lobby');
    assert.deepEqual((await host.event('lobby', ({ add }) => add.length)).add, [{ id, name: 'Wanda', kind: 'web' }]);
    await refused('waiting', waiter.request('chat', { text: 'let me in' }));
    await refused('waiting', waiter.request('offer', { sdp: 'v=0' }));
    assert.equal(host.roster.size, 1, 'she is not in the room');
    await host.request('lobby.admit', { ids: [id] });
    const { you } = await waiter.event('welcome');
    assert.equal(you.id, id, 'the same id');
    assert.equal(you.role, 'guest');
    await host.event('lobby', ({ del }) => del.includes(id));
    await host.sees('she is in', (all) => all.some(({ name }) => name === 'Wanda'));
    await waiter.request('chat', { text: 'thanks' });
  });

  people('one is let in, another one not', async () => {
    const { room, host } = await lobby();
    const [one, two] = [await knock(room, 'One'), await knock(room, 'Two')];
    await host.request('lobby.deny', { ids: [one.id] });
    assert.deepEqual(await one.end(), { code: 4003, reason: 'denied', bye: { reason: 'denied', code: 4003 } });
    await host.request('lobby.admit', { ids: [two.id] });
    await two.event('welcome');
    await refused('participant_not_found', host.request('lobby.admit', { ids: [one.id] }));
    await refused('bad_message', host.request('lobby.admit', {}));
  });

  people('all are let in at once, and all sent away', async () => {
    const { room, host } = await lobby();
    const first = await Promise.all(['a', 'b', 'c'].map((name) => knock(room, name)));
    await host.request('lobby.admit', { all: true });
    for (const one of first) await one.event('welcome');
    const next = await Promise.all(['d', 'e'].map((name) => knock(room, name)));
    await host.request('lobby.deny', { all: true });
    for (const one of next) assert.equal((await one.end()).code, 4003);
    await host.request('lobby.admit', { all: true });
  });

  people('turning the lobby off lets in who waits', async () => {
    const { room, host } = await lobby('all');
    const waiters = [await knock(room, 'a'), await knock(room, 'b', { token: token('b', { room }) })];
    await host.request('room.set', { lobby: 'off' });
    for (const one of waiters) await one.event('welcome');
    await host.sees('they are in', (all) => all.length === 3);
  });

  people('guests wait, people with a token do not', async () => {
    const { room } = await lobby('guests');
    await enter(room, 'Toni', { token: token('toni', { room }) });
    assert.equal((await knock(room, 'Gerd')).answer.reason, 'lobby');
  });

  people('who waits may go, and the host hears it', async () => {
    const { room, host } = await lobby();
    const waiter = await knock(room, 'Wanda');
    const { id } = waiter;
    assert.deepEqual(await waiter.request('leave'), {});
    assert.equal((await waiter.end()).code, 1000);
    await host.event('lobby', ({ del }) => del.includes(id));
  });

  people('a late host is told who waits', async () => {
    const { room } = await lobby();
    const waiter = await knock(room, 'Wanda');
    const boss = await enter(room, 'Boss', { token: token('boss', { room, role: 'host' }) });
    assert.deepEqual(boss.welcome.lobby, [{ id: waiter.id, name: 'Wanda', kind: 'web' }]);
    assert.equal((await enter(room, 'Toni', { token: token('toni', { room }) })).welcome.lobby, undefined);
  });

  people('who was let in to a full room goes on waiting', async () => {
    const room = newRoom(), small = await Daemon.start({ rooms: { max_participants: 2, lobby: 'all' } });
    try {
      const host = await Client.enter(small, { room, name: 'Hanna' });
      const waiters = [];
      for (const name of ['a', 'b', 'c']) waiters.push(await Client.hello(small, { room, name }));
      await refused('room_full', host.request('lobby.admit', { all: true }));
      await waiters[0].event('welcome');
      await refused('room_full', host.request('lobby.admit', { ids: [waiters[2].id] }));
      const { id } = waiters[0];
      assert.ok(host.messages.filter(({ t }) => t === 'lobby').length < 12, 'the host is not flooded');
      await host.request('participant.remove', { id });
      await host.request('lobby.admit', { ids: [waiters[1].id] });
      await waiters[1].event('welcome');
      await refused('room_full', Client.hello(small, { room, name: 'd' }));
      for (const one of [host, ...waiters]) one.close();
    } finally {
      await small.stop();
    }
  });
});

describe('tokens', () => {
  const room = 'token-room';
  const now = () => Math.floor(Date.now() / 1000);
  const grants = { room, join: true };

  const bad = {
    'forged by another secret': ['token_signature', () => token('x', grants, {}, { secret: 'another secret of 32 characters..' })],
    'with the signature cut off': ['token_signature', () => jwt({ sub: 'x', exp: now() + 60, grants }, { signature: '' })],
    'with claims that were changed': ['token_signature', () => {
      const [head, , signature] = token('x', grants).split('.');
      return [head, Buffer.from(JSON.stringify({ sub: 'x', exp: now() + 60, grants: { ...grants, role: 'host' } })).toString('base64url'), signature].join('.');
    }],
    'that expired': ['token_expired', () => token('x', grants, { iat: now() - 7200, exp: now() - 3600 })],
    'that is not valid yet': ['token_not_yet', () => token('x', grants, { nbf: now() + 600 })],
    'without an end': ['token_grants', () => token('x', grants, { exp: undefined })],
    'that lives too long': ['token_too_long_lived', () => token('x', grants, { exp: now() + 400 * 86400 })],
    'with alg none': ['token_algorithm', () => jwt({ sub: 'x', exp: now() + 60, grants }, { header: { alg: 'none' }, signature: '' })],
    'with another algorithm': ['token_algorithm', () => jwt({ sub: 'x', exp: now() + 60, grants }, { header: { alg: 'HS512' } })],
    'that claims RS256': ['token_algorithm', () => jwt({ sub: 'x', exp: now() + 60, grants }, { header: { alg: 'RS256' } })],
    'that is none': ['token_malformed', () => 'not.a.token'],
    'for another room': ['token_room', () => token('x', { room: 'elsewhere' })],
    'that may not join': ['token_room', () => token('x', { room, join: false })],
    'without grants': ['token_grants', () => jwt({ sub: 'x', exp: now() + 60 })],
  };

  for (const [what, [code, make]] of Object.entries(bad)) {
    people(`one ${what} is refused as ${code}`, () => refused(code, knock(room, 'X', { token: make() })));
  }

  people('ours gives role, name and identity', async () => {
    const host = await enter(room, 'Other', { token: token('id-1', { room, role: 'host' }, { name: 'Token Name' }) });
    assert.deepEqual([host.welcome.you.name, host.welcome.you.identity, host.welcome.you.role], ['Other', 'id-1', 'host']);
    const named = await Client.enter(daemon, { token: token('id-2', { room }, { name: 'Token Name' }) });
    open.add(named);
    assert.equal(named.welcome.you.name, 'Token Name');
    assert.equal(named.welcome.room.name, room, 'the room of the token');
  });

  people('what a token does not let him publish he may not', async () => {
    await enter(room, 'Hanna');
    const mute = await enter(room, 'M', { token: token('m', { room, publish: ['video'] }) });
    assert.deepEqual(mute.welcome.you.muted, { audio: true, video: false });
    await refused('forbidden', mute.request('mute', { audio: false }));
    await refused('forbidden', mute.request('share', { on: true }));
  });

  people('LiveKit-shaped ones work: guest and admin', async () => {
    const admin = await enter(room, 'A', { token: livekitToken('lk-a', { room, roomAdmin: true }) });
    assert.equal(admin.welcome.you.role, 'host');
    const guest = await enter(room, 'G', { token: livekitToken('lk-g', { room, canPublishSources: ['microphone'] }) });
    assert.equal(guest.welcome.you.role, 'guest');
    await refused('forbidden', guest.request('mute', { video: false }));
    await refused('token_room', knock('elsewhere', 'G', { token: livekitToken('lk-g', { room }) }));
  });

  people('a token of an account signs in, and join enters rooms', async () => {
    const user = await Client.hello(daemon, { token: userToken('us_1', 'Uta') });
    open.add(user);
    assert.deepEqual(user.answer.user, { id: 'us_1', name: 'Uta' });
    await refused('not_joined', user.request('chat', { text: 'where?' }));
    const one = newRoom(), two = newRoom();
    assert.equal((await user.request('join', { room: one })).you.role, 'host');
    await refused('already_joined', user.request('join', { room: two }));
    await user.request('leave');
    assert.equal((await user.request('join', { room: two })).room.name, two);
  });

  people('a token whose room refuses stays signed in, for longer than a stranger may', async () => {
    const locked = newRoom(), host = await enter(locked, 'Hanna');
    await host.request('room.set', { locked: true });
    const user = await Client.connect(daemon);
    open.add(user);
    await refused('locked', user.request('hello', { token: userToken('us_2'), room: locked }));
    const stranger = await Client.connect(daemon);
    open.add(stranger);
    assert.equal((await stranger.end(10)).code, 4001);
    assert.equal(user.closed, null);
    await host.request('room.set', { locked: false });
    await user.request('join', { room: locked });
  });

  people('the second tab of a token takes the place of the first', async () => {
    const first = await enter(room, 'Tab', { token: token('tab', { room }) });
    const second = await enter(room, 'Tab', { token: token('tab', { room }) });
    assert.deepEqual(await first.end(), { code: 4005, reason: 'replaced', bye: { reason: 'replaced', code: 4005 } });
    await second.sees('there is one of him', (all) => all.length === 1);
    const other = await enter(room, 'Tab', { token: token('other', { room }) });
    assert.equal(second.closed, null);
    await other.sees('another identity is another person', (all) => all.length === 2);
  });

  people('also when the second tab comes through the lobby', async () => {
    const behind = newRoom(), host = await enter(behind, 'Hanna');
    const first = await enter(behind, 'Tab', { token: token('tab', { room: behind }) });
    await host.request('room.set', { lobby: 'all' });
    const second = await knock(behind, 'Tab', { token: token('tab', { room: behind }) });
    assert.equal(first.closed, null);
    await host.request('lobby.admit', { all: true });
    await second.event('welcome');
    assert.equal((await first.end()).code, 4005);
  });
});

describe('as configured', () => {
  const start = (more) => Daemon.start({ auth: { secret: SECRET, ...more.auth }, rooms: more.rooms ?? {}, http: more.http ?? {} });
  const configured = (name, more, run) => people(name, async () => {
    const other = await start(more);
    try {
      await run(other);
      await leaveAll();
    } finally {
      await other.stop();
    }
  });

  configured('guests wait for a host', { rooms: { wait_for_host: true, first_is_host: false } }, async (other) => {
    const guest = await knock('w', 'Gerd', {}, other);
    assert.equal(guest.answer.reason, 'waiting_for_host');
    guest.cut();
    const back = await Client.hello(other, { resume: guest.answer.session });
    open.add(back);
    assert.equal(back.answer.reason, 'waiting_for_host', 'the same after a cut');
    const host = await enter('w', 'Hanna', { token: token('h', { room: 'w', role: 'host' }) }, other);
    assert.equal((await back.event('welcome')).you.role, 'guest');
    await host.sees('he is in', (all) => all.length === 2);
  });

  configured('auth.guests=deny', { auth: { guests: 'deny' } }, async (other) => {
    await refused('guests_not_allowed', knock('d', 'Gerd', {}, other));
    await enter('d', 'Toni', { token: token('t', { room: 'd' }) }, other);
    await refused('guests_not_allowed', knock('d', 'Gerd', {}, other));
  });

  configured('auth.guests=pin', { auth: { guests: 'pin' } }, async (other) => {
    await refused('guests_not_allowed', knock('p', 'Gerd', {}, other));
    const host = await enter('p', 'Toni', { token: token('t', { room: 'p', role: 'host' }) }, other);
    await refused('guests_not_allowed', knock('p', 'Gerd', {}, other));
    await host.request('room.set', { pin: '4711' });
    await refused('pin_required', knock('p', 'Gerd', {}, other));
    await enter('p', 'Gerd', { pin: '4711' }, other);
    await host.request('room.set', { pin: '' });
    await refused('guests_not_allowed', knock('p', 'Gela', {}, other));
  });

  configured('guessing a PIN is throttled, the right one then too', { auth: { attempts: 3 } }, async (other) => {
    const host = await enter('g', 'Hanna', {}, other);
    await host.request('room.set', { pin: '4711' });
    for (let i = 0; i < 3; i++) await refused('pin_wrong', knock('g', 'Eve', { pin: `000${i}` }, other));
    const { retry_after_ms: later } = await refused('rate_limited', knock('g', 'Eve', { pin: '4711' }, other));
    assert.ok(later > 0 && later <= 60000, `${later}`);
    await refused('pin_required', knock('g', 'Eve', {}, other));
    await enter('another', 'Eve', { pin: '4711' }, other); /* another room has its own count */
  });

  configured('guessing the host PIN is throttled where guests are not allowed', { auth: { attempts: 3, guests: 'deny' } }, async (other) => {
    await enter('h', 'Toni', { token: token('t', { room: 'h', role: 'host' }) }, other);
    const set = await fetch(`http://127.0.0.1:${other.ports.admin}/api/v1/rooms/h`,
      { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ host_pin: '471100' }) });
    assert.equal(set.status, 200);
    await refused('guests_not_allowed', knock('h', 'Eve', {}, other));
    await enter('h', 'Hans', { pin: '471100' }, other);
    for (let i = 0; i < 3; i++) await refused('guests_not_allowed', knock('h', 'Eve', { pin: `000${i}` }, other));
    await refused('rate_limited', knock('h', 'Eve', { pin: '471100' }, other));
  });

  configured('a right PIN costs nothing', { auth: { attempts: 2 } }, async (other) => {
    const host = await enter('g', 'Hanna', {}, other);
    await host.request('room.set', { pin: '4711' });
    for (let i = 0; i < 6; i++) await enter('g', `P${i}`, { pin: '4711' }, other);
  });

  configured('guessing tokens is throttled', { auth: { attempts: 3 } }, async (other) => {
    for (let i = 0; i < 3; i++) await refused('token_signature', knock('t', 'Eve', { token: token('e', { room: 't' }, {}, { secret: 'x'.repeat(32) }) }, other));
    const { retry_after_ms: later } = await refused('rate_limited', knock('t', 'Eve', { token: token('e', { room: 't' }) }, other));
    assert.ok(later > 0);
  });

  configured('a room is full', { rooms: { max_participants: 2 } }, async (other) => {
    await enter('f', 'A', {}, other);
    const b = await enter('f', 'B', {}, other);
    await refused('room_full', knock('f', 'C', {}, other));
    await refused('room_full', knock('f', 'Boss', { token: token('boss', { room: 'f', role: 'host' }) }, other));
    await b.leave();
    await enter('f', 'C', {}, other);
  });

  configured('the second tab fits into a full room', { rooms: { max_participants: 1 } }, async (other) => {
    const first = await enter('f', 'A', { token: token('a', { room: 'f' }) }, other);
    await enter('f', 'A', { token: token('a', { room: 'f' }) }, other);
    assert.equal((await first.end()).code, 4005);
  });

  configured('nobody becomes host by coming first, and the last host ends it', { rooms: { first_is_host: false, ends_with_host: true } }, async (other) => {
    const guest = await enter('e', 'Gerd', {}, other);
    assert.equal(guest.welcome.you.role, 'guest');
    const host = await enter('e', 'Hanna', { token: token('h', { room: 'e', role: 'host' }) }, other);
    await host.leave();
    assert.deepEqual(await guest.end(), { code: 4004, reason: 'ended', bye: { reason: 'ended', code: 4004 } });
  });

  configured('of one address no more are expected back than may connect', { http: { max_per_address: 6 } }, async (other) => {
    const host = await enter('m', 'Hanna', {}, other);
    for (let i = 0; i < 8; i++) {
      const lost = await enter('m', `Lost ${i}`, {}, other);
      lost.cut();
    }
    await host.sees('six are expected back', (all) => all.length === 7);
    await host.sees('the others are gone', () => host.messages.filter(({ t, d }) => t === 'roster' && d.del?.length).length === 2);
  });

  configured('whoever was made host stays it in a second tab', { rooms: { ends_with_host: true } }, async (other) => {
    const host = await enter('s', 'Hanna', {}, other), guest = await enter('s', 'Gerd', {}, other);
    const first = await enter('s', 'Tab', { token: token('tab', { room: 's' }) }, other);
    await host.request('participant.set', { id: first.id, role: 'host' });
    await host.leave();
    const second = await enter('s', 'Tab', { token: token('tab', { room: 's' }) }, other);
    assert.equal((await first.end()).code, 4005);
    assert.equal(second.welcome.you.role, 'host');
    assert.equal(guest.closed, null);
  });

  configured('a second tab with a lesser token ends the room as if the host had left', { rooms: { ends_with_host: true } }, async (other) => {
    const first = await enter('s', 'Tab', { token: token('tab', { room: 's', role: 'host' }) }, other);
    const second = await Client.connect(other);
    open.add(second);
    second.send('hello', { token: token('tab', { room: 's' }) });
    assert.equal((await first.end()).code, 4005);
    await second.event('left', ({ reason }) => reason === 'ended');
    await second.request('join', { room: 's' });
  });
});

describe('what hosts do', () => {
  people('mute all, with exceptions; only he himself unmutes', async () => {
    const { room, host, guest } = await pair();
    const spared = await enter(room, 'Sven');
    await host.request('mute.all', { except: [spared.id] });
    const muted = await guest.event('muted');
    assert.deepEqual([muted.audio, muted.video], [true, false]);
    assert.ok(!spared.messages.some(({ t }) => t === 'muted'));
    assert.ok(!host.messages.some(({ t }) => t === 'muted'));
    await refused('forbidden', host.request('participant.set', { id: guest.id, muted: { audio: false } }));
    await guest.request('mute', { audio: false });
    await host.request('participant.set', { id: guest.id, muted: { video: true } });
    await guest.event('muted', ({ audio, video }) => !audio && video);
  });

  people('asking to unmute reaches him', async () => {
    const { host, guest } = await pair();
    await host.request('participant.ask', { id: guest.id, audio: true });
    assert.deepEqual(await guest.event('mute.request'), { by: host.id, audio: true, video: false });
    await refused('bad_message', host.request('participant.ask', { id: guest.id }));
    await refused('participant_not_found', host.request('participant.ask', { id: 'pt_none', audio: true }));
  });

  people('hands are in order, and the host lowers one', async () => {
    const { room, host, guest } = await pair();
    const third = await enter(room, 'Third');
    await third.request('hand', { up: true });
    await host.sees('the hand is up', (all) => all.find(({ id }) => id === third.id)?.hand);
    await guest.request('hand', { up: true });
    await host.sees('both hands are up', (all) => all.filter(({ hand }) => hand).length === 2);
    const hands = () => [...host.roster.values()].filter(({ hand }) => hand).sort((a, b) => a.hand_at - b.hand_at).map(({ name }) => name);
    assert.deepEqual(hands(), ['Third', 'Gerd']);
    const at = host.roster.get(third.id).hand_at;
    assert.ok(Math.abs(at - Date.now()) < 60000, `${at} is now`);
    await third.request('hand', { up: true }); /* again: he keeps his place */
    await host.request('participant.set', { id: guest.id, hand: false });
    await guest.sees('his hand is down', (all) => all.find(({ id }) => id === guest.id)?.hand === false);
    assert.deepEqual(hands(), ['Third']);
    assert.equal(host.roster.get(third.id).hand_at, at);
    const late = await enter(room, 'Late');
    assert.equal(late.roster.get(third.id).hand_at, at);
  });

  people('remove: told, closed, may come back', async () => {
    const { room, host, guest } = await pair();
    await refused('bad_target', host.request('participant.remove', { id: host.id }));
    await host.request('participant.remove', { id: guest.id });
    assert.deepEqual(await guest.end(), { code: 4003, reason: 'removed', bye: { reason: 'removed', code: 4003 } });
    await host.sees('he is gone', (all) => all.length === 1);
    await refused('participant_not_found', host.request('participant.remove', { id: guest.id }));
    await enter(room, 'Gerd');
  });

  people('ban: he may not come back under the same name or identity', async () => {
    const { room, host, guest } = await pair();
    await host.request('participant.remove', { id: guest.id, ban: true });
    assert.deepEqual(await guest.end(), { code: 4003, reason: 'banned', bye: { reason: 'banned', code: 4003 } });
    await refused('banned', knock(room, 'Gerd'));
    await refused('banned', knock(room, 'gerd'));
    const toni = await enter(room, 'Toni', { token: token('toni', { room }) });
    await host.request('participant.remove', { id: toni.id, ban: true });
    const { d } = await toni.ws.message(({ t }) => t === 'left');
    assert.equal(d.reason, 'banned');
    await refused('banned', toni.request('join', { room, name: 'Another Name' }));
    await refused('banned', knock(room, 'X', { token: token('toni', { room, role: 'host' }) }));
    await enter(newRoom(), 'Gerd');
  });

  people('somebody with a token who is removed stays signed in', async () => {
    const { room, host } = await pair();
    const user = await enter(room, 'Uta', { token: userToken('us_9') });
    await host.request('participant.remove', { id: user.id });
    assert.deepEqual(await user.event('left'), { reason: 'removed' });
    await user.request('ping');
    assert.equal((await user.request('join', { room })).you.role, 'guest');
  });

  people('moved to a new room and back', async () => {
    const { room, host, guest } = await pair(), other = newRoom();
    const third = await enter(room, 'Third');
    await host.request('participant.move', { id: guest.id, room: other });
    const there = await guest.event('welcome', ({ moved }) => moved);
    assert.equal(there.room.name, other);
    assert.equal(there.you.id, guest.id, 'the same person');
    assert.deepEqual(there.roster.map(({ name }) => name), ['Gerd']);
    await third.sees('he is gone here', (all) => !all.some(({ name }) => name === 'Gerd'));
    assert.equal(third.messages.findLast(({ t, d }) => t === 'roster' && d.del?.length).d.del[0].reason, 'moved');
    await host.request('participant.move', { id: host.id, room: other });
    await guest.sees('the host comes after him', (all) => all.length === 2);
    assert.equal(host.welcome.you.role, 'host');
    const from = guest.mark();
    await host.request('participant.move', { id: guest.id, room });
    assert.equal((await guest.event('welcome', ({ moved }) => moved, { from })).room.name, room);
    await third.sees('he is back', (all) => all.some(({ name }) => name === 'Gerd'));
  });

  people('a host of one room is nobody in another one', async () => {
    const secret = newRoom(), mine = newRoom();
    const owner = await enter(secret, 'Owner');
    await owner.request('room.set', { pin: '4711', title: 'Secret' });
    const eve = await enter(mine, 'Eve'), friend = await enter(mine, 'Friend');
    await refused('pin_required', eve.request('participant.move', { id: eve.id, room: secret }));
    await owner.request('room.set', { pin: '', lobby: 'all' });
    await refused('lobby', eve.request('participant.move', { id: friend.id, room: secret }));
    await owner.request('room.set', { locked: true, lobby: 'off' });
    await refused('locked', eve.request('participant.move', { id: eve.id, room: secret }));
    await owner.request('room.set', { locked: false });
    await eve.request('participant.move', { id: eve.id, room: secret });
    await eve.event('welcome', ({ moved, you }) => moved && you.role === 'guest');
    await refused('forbidden', eve.request('room.set', { locked: true }));
    await friend.event('room', ({ you }) => you.role === 'host');
  });

  people('end for all', async () => {
    const { room, host, guest } = await pair();
    await host.request('room.set', { lobby: 'all' });
    const waiter = await knock(room, 'Wanda');
    await host.request('leave', { end: true });
    for (const one of [guest, host, waiter]) {
      assert.deepEqual(await one.end(), { code: 4004, reason: 'ended', bye: { reason: 'ended', code: 4004 } });
    }
    assert.equal((await enter(room, 'New')).welcome.room.lobby, 'off', 'it is a new room');
  });
});

describe('reactions and chat', () => {
  people('reactions reach all, unknown ones none, and not too many', async () => {
    const { host, guest } = await pair();
    await guest.request('reaction', { emoji: '\u{1F44D}' });
    assert.deepEqual(await host.event('reaction'), { id: guest.id, emoji: '\u{1F44D}' });
    await refused('bad_reaction', guest.request('reaction', { emoji: 'LOL' }));
    await refused('bad_reaction', guest.request('reaction', { emoji: '\u{1F4A3}' }));
    await guest.request('reaction', { emoji: '\u{1F389}' });
    await guest.request('reaction', { emoji: '\u{1F389}' });
    const { retry_after_ms: later } = await refused('rate_limited', guest.request('reaction', { emoji: '\u{1F389}' }));
    assert.ok(later > 0 && later <= 5000, `${later}`);
    await host.request('reaction', { emoji: '\u{1F44D}' });
  });

  /** A row of the server's database, read beside it. */
  function row(id) {
    const file = path.join(daemon.folder, 'data', 'medley.db');
    const out = execFileSync('sqlite3', ['-readonly', '-json', file, `SELECT * FROM chat WHERE id = '${id}'`], { encoding: 'utf8' });
    return JSON.parse(out || '[]')[0];
  }

  people('a message reaches all; its author is answered when it is on the disk', async () => {
    const { room, host, guest } = await pair();
    const ok = await guest.request('chat', { text: 'Hello', cid: 'c-1' });
    const written = row(ok.mid);
    assert.equal(ok.cid, 'c-1');
    assert.deepEqual([written.room, written.text, written.from_name, written.from_participant, written.to_participant],
      [room, 'Hello', 'Gerd', guest.id, '']);
    const { mid, from, name, text, private: alone, ts } = await host.event('chat');
    assert.deepEqual([mid, from, name, text, alone], [ok.mid, guest.id, 'Gerd', 'Hello', false]);
    assert.equal(ts, ok.ts);
    await guest.event('chat'); /* he gets it too, in its order */
  });

  people('what people write comes out as it went in', async () => {
    const { host, guest } = await pair();
    for (const text of ['<script>alert(1)</script> &amp; "quoted"', "Robert'); DROP TABLE chat;--", 'two\nlines\tand a tab', '\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467} \u00e4\u00f6\u00fc', '${x} %s %n \\u0041 {{y}}']) {
      const { mid } = await guest.request('chat', { text });
      assert.equal((await host.event('chat', (d) => d.mid === mid)).text, text);
      assert.equal(row(mid).text, text);
    }
  });

  people('control characters and tricks of direction are dropped', async () => {
    const { host, guest } = await pair();
    const { mid } = await guest.request('chat', { text: '  a\u0007b\u001b[31mc\u202Ed\r\ne\u0085 ' });
    assert.equal((await host.event('chat', (d) => d.mid === mid)).text, 'ab[31mcd\ne');
    await refused('text_empty', guest.request('chat', { text: ' \u0007 \n ' }));
    await refused('bad_message', guest.request('chat', { text: '' }));
    guest.send('chat', { text: 'a\u0000b' }); /* no JSON that is read, so there is no id to answer */
    assert.equal((await guest.event('error')).code, 'bad_message');
    await refused('bad_message', guest.request('chat', { text: 5 }));
    await refused('bad_message', guest.request('chat', { text: 'x', cid: 'with space' }));
  });

  people('how long and how much', async () => {
    const { host, guest } = await pair();
    const { mid } = await guest.request('chat', { text: '\u{1F600}'.repeat(2000) });
    assert.equal((await host.event('chat', (d) => d.mid === mid)).text.length, 4000);
    await refused('text_too_long', guest.request('chat', { text: 'x'.repeat(2001) }));
    await refused('text_too_long', guest.request('chat', { text: 'x'.repeat(10000) }));
    let later;
    for (let i = 0; i < 12 && !later; i++) {
      later = await guest.request('chat', { text: `${i}` }).then(() => 0, (err) => { assert.equal(err.code, 'rate_limited'); return err.d.retry_after_ms; });
    }
    assert.ok(later > 0 && later <= 10000, `${later}`);
    await host.request('chat', { text: 'others may' });
  });

  people('a private message is for two, now and later', async () => {
    const { room, host, guest } = await pair();
    const third = await enter(room, 'Third');
    const { mid } = await guest.request('chat', { text: 'psst', to: host.id });
    const got = await host.event('chat');
    assert.deepEqual([got.mid, got.private, got.to, got.to_name, got.from], [mid, true, host.id, 'Hanna', guest.id]);
    await guest.event('chat');
    await third.request('ping');
    assert.ok(!third.messages.some(({ t }) => t === 'chat'));
    assert.equal(row(mid).to_participant, host.id);
    assert.deepEqual((await enter(room, 'Late')).welcome.chat, []);
    await refused('participant_not_found', guest.request('chat', { text: 'x', to: 'pt_nobody' }));
  });

  people('who comes later gets what was said, of whoever has left too', async () => {
    const { room, host, guest } = await pair();
    await guest.request('chat', { text: 'one' });
    await host.request('chat', { text: 'two' });
    await guest.leave();
    const { chat } = (await enter(room, 'Late')).welcome;
    assert.deepEqual(chat.map(({ name, text, from }) => [name, text, from]), [['Gerd', 'one', null], ['Hanna', 'two', host.id]]);
    await leaveAll();
    assert.deepEqual((await enter(room, 'New')).welcome.chat, [], 'the next meeting starts anew');
  });
});

describe('the connection', () => {
  const types = {
    join: { room: 'x' }, leave: {}, offer: { sdp: 'v=0' }, mute: { audio: true }, hand: { up: true }, reaction: { emoji: '\u{1F44D}' },
    chat: { text: 'x' }, share: { on: true }, subscribe: {}, 'participant.set': { id: 'pt_x' }, 'participant.remove': { id: 'pt_x' },
    'participant.move': { id: 'pt_x', room: 'x' }, 'participant.ask': { id: 'pt_x', audio: true }, 'lobby.admit': { all: true },
    'lobby.deny': { all: true }, 'mute.all': {}, 'room.set': {}, 'layout.set': {}, dial: { uri: 'sip:x@y' }, 'call.start': { to: ['us_x'] },
    'call.answer': { call: 'ca_x' }, 'call.decline': { call: 'ca_x' }, 'call.cancel': { call: 'ca_x' }, 'call.hangup': { call: 'ca_x' },
    'presence.watch': { users: [] }, 'presence.set': { status: '' },
  };

  people('nothing but hello and ping before hello', async () => {
    const client = await Client.connect(daemon);
    open.add(client);
    for (const [t, d] of Object.entries(types)) assert.equal((await refused('not_joined', client.request(t, d))).code, 'not_joined', t);
    assert.equal((await client.ask('ping')).t, 'pong');
    await refused('unknown_type', client.request('no.such', {}));
    await refused('bad_message', client.request('hello', {}));
    assert.equal(client.closed, null);
  });

  people('a flood is closed', async () => {
    const { guest } = await pair();
    for (let i = 0; i < 5000 && !guest.closed; i++) {
      guest.send('ping');
      await pause(1); /* what the server has not read when it closes would cost the close frame */
    }
    assert.equal((await guest.end()).code, 4029);
  });

  /** Enough talk that a greeting with all of it is long. */
  async function talk(room, where = daemon) {
    const talkers = await Promise.all(Array.from({ length: 7 }, (_, i) => enter(room, `T${i}`, {}, where)));
    for (let i = 0; i < 9; i++) {
      await Promise.all(talkers.map((one, k) => one.request('chat', { text: `${k}${i}${'x'.repeat(1990)}` })));
    }
    return talkers;
  }

  people('who does not read is closed, and may go on', async () => {
    const room = newRoom();
    await talk(room);
    const slow = await enter(room, 'Slow', { token: userToken('us_slow') });
    const { session } = slow.welcome;
    const closed = async () => (await daemon.metrics()).get('medley_ws_closed_total', { reason: 'slow' });
    const before = await closed();
    slow.ws.socket.pause();
    await until('the server gives up on him', 60, async () => {
      slow.send('leave');
      slow.send('join', { room });
      return await closed() > before;
    });
    slow.ws.socket.resume();
    assert.equal((await slow.end()).code, 4008);
    const back = await Client.hello(daemon, { resume: session });
    open.add(back);
    assert.equal(back.answer.resumed, true);
  });

  people('a greeting with much talk costs nobody his socket: the oldest is left out', async () => {
    const small = await Daemon.start({ http: { send_queue: '64K' } });
    try {
      const room = newRoom(), [last] = await talk(room, small);
      await last.request('chat', { text: 'the last one' });
      const late = await enter(room, 'Late', {}, small);
      assert.equal(late.welcome.chat.at(-1).text, 'the last one');
      assert.ok(late.welcome.chat.length > 4 && late.welcome.chat.length < 64, `${late.welcome.chat.length}`);
      await late.request('ping');
    } finally {
      await leaveAll();
      await small.stop();
    }
  });
});

describe('resuming', () => {
  people('the seat, the hand and the mute are kept', async () => {
    const { host, guest } = await pair();
    await guest.request('hand', { up: true });
    await guest.request('mute', { audio: true });
    const { session, you } = guest.welcome;
    guest.cut();
    await host.request('chat', { text: 'meanwhile' });
    assert.equal(host.roster.size, 2, 'nobody left');
    const back = await Client.hello(daemon, { resume: session });
    open.add(back);
    const { answer } = back;
    assert.deepEqual([answer.resumed, answer.you.id, answer.session], [true, you.id, session]);
    assert.deepEqual(answer.you.muted, { audio: true, video: false });
    assert.equal(answer.roster.find(({ id }) => id === you.id).hand, true);
    assert.ok(answer.chat.some(({ text }) => text === 'meanwhile'));
    await back.request('chat', { text: 'I am back' });
    await host.event('chat', ({ from }) => from === you.id);
    assert.ok(!host.messages.some(({ t, d }) => t === 'roster' && d.del?.length));
  });

  people('a wrong secret', async () => {
    const { guest } = await pair();
    const { session } = guest.welcome;
    await refused('resume_failed', Client.hello(daemon, { resume: 'x'.repeat(session.length) }));
    await refused('resume_failed', Client.hello(daemon, { resume: session.slice(1) }));
    await refused('bad_message', Client.hello(daemon, { resume: '' }));
    assert.equal(guest.closed, null);
  });

  people('a connection that is still there is told that it was resumed elsewhere', async () => {
    const { guest } = await pair();
    const { session, you } = guest.welcome;
    const back = await Client.hello(daemon, { resume: session });
    open.add(back);
    assert.equal(back.answer.you.id, you.id);
    assert.deepEqual(await guest.end(), { code: 4005, reason: 'resumed', bye: { reason: 'resumed', code: 4005 } });
    await back.request('ping');
  });

  people('whoever left in an orderly way is gone', async () => {
    const { host, guest } = await pair();
    const { session } = guest.welcome;
    guest.ws.frame(8, Buffer.from([3, 233])); // 1001: the page was closed
    await host.sees('he is gone', (all) => all.length === 1);
    await refused('resume_failed', Client.hello(daemon, { resume: session }));
  });

  people('who was removed meanwhile is not taken back', async () => {
    const { host, guest } = await pair();
    const { session, you } = guest.welcome;
    guest.cut();
    await host.request('participant.remove', { id: you.id });
    await refused('resume_failed', Client.hello(daemon, { resume: session }));
  });

  people('who waits in the lobby keeps his place', async () => {
    const room = newRoom(), host = await enter(room, 'Hanna');
    await host.request('room.set', { lobby: 'all' });
    const waiter = await knock(room, 'Wanda');
    waiter.cut();
    const back = await Client.hello(daemon, { resume: waiter.answer.session });
    open.add(back);
    assert.deepEqual([back.answer.reason, back.answer.id], ['lobby', waiter.answer.id]);
    back.cut();
    await host.request('lobby.admit', { all: true });
    const again = await Client.hello(daemon, { resume: waiter.answer.session });
    open.add(again);
    assert.equal(again.answer.you.id, waiter.answer.id);
  });

  people('a seat is kept for so long only', async () => {
    const short = await Daemon.start({ rooms: { resume: '300ms' } });
    try {
      const host = await Client.enter(short, { room: 'r', name: 'Hanna' });
      const guest = await Client.enter(short, { room: 'r', name: 'Gerd' });
      assert.equal(guest.welcome.resume_ms, 300);
      guest.cut();
      await host.sees('his seat is given up', (all) => all.length === 1);
      assert.equal(host.messages.findLast(({ t, d }) => t === 'roster' && d.del?.length).d.del[0].reason, 'disconnected');
      await refused('resume_failed', Client.hello(short, { resume: guest.welcome.session }));
      host.close();
    } finally {
      await short.stop();
    }
  });
});
