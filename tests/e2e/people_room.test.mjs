// SPDX-License-Identifier: GPL-2.0-or-later
// People in a room, without media: what hosts do, reactions and chat.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { after, before, describe } from 'node:test';
import { Daemon } from './lib/daemon.mjs';
import { peopleOf, refused } from './lib/people.mjs';
import { SECRET, token, userToken } from './lib/token.mjs';

let daemon;
const { newRoom, enter, knock, leaveAll, pair, people } = peopleOf(() => daemon);

before(async () => { daemon = await Daemon.start({ auth: { secret: SECRET } }); });
after(async () => { await daemon?.stop(); });

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
