// SPDX-License-Identifier: GPL-2.0-or-later
// Sessions of people, without media: what a connection may do, and how they outlive it.
import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { Client } from './lib/client.mjs';
import { Daemon } from './lib/daemon.mjs';
import { peopleOf, refused } from './lib/people.mjs';
import { SECRET, userToken } from './lib/token.mjs';
import { pause, until } from './lib/util.mjs';

let daemon;
const { open, newRoom, enter, knock, leaveAll, pair, people } = peopleOf(() => daemon);

before(async () => { daemon = await Daemon.start({ auth: { secret: SECRET }, rooms: { resume: '30s' } }); });
after(async () => { await daemon?.stop(); });

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
    // He says nothing meanwhile: what the server would not read any more makes a reset of its close.
    const say = () => fetch(`http://127.0.0.1:${daemon.ports.admin}/api/v1/rooms/${room}/messages`, {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ text: '\u{1F600}'.repeat(2000) }) });
    await until('the server gives up on him', 60, async () => {
      for (const { status } of await Promise.all(Array.from({ length: 50 }, say))) assert.equal(status, 201);
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
