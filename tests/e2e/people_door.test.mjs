// SPDX-License-Identifier: GPL-2.0-or-later
// People at the door of a room, without media: who gets in, by what rules and tokens, and as what.
import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { Client } from './lib/client.mjs';
import { Daemon } from './lib/daemon.mjs';
import { peopleOf, refused } from './lib/people.mjs';
import { SECRET, jwt, livekitToken, token, userToken } from './lib/token.mjs';

let daemon;
const { open, newRoom, enter, knock, leaveAll, pair, people } = peopleOf(() => daemon);

before(async () => { daemon = await Daemon.start({ auth: { secret: SECRET, attempts: 1000 }, http: { auth_timeout: '3s' } }); });
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
    const user = await Client.hello(daemon, { token: userToken('us_1', { name: 'Uta' }) });
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

  configured('a host who fills the room with his second tab stays host', { rooms: { max_participants: 2, ends_with_host: true } }, async (other) => {
    const host = await enter('f', 'Hanna', {}, other);
    const first = await enter('f', 'Tab', { token: token('tab', { room: 'f' }) }, other);
    await host.request('participant.set', { id: first.id, role: 'host' });
    await host.leave();
    const guest = await enter('f', 'Gerd', {}, other);
    const second = await enter('f', 'Tab', { token: token('tab', { room: 'f' }) }, other);
    assert.equal((await first.end()).code, 4005);
    assert.equal(second.welcome.you.role, 'host');
    assert.equal(guest.closed, null);
    await refused('room_full', knock('f', 'Third', {}, other));
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
