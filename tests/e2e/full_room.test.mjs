// SPDX-License-Identifier: GPL-2.0-or-later
// A room that is full, and a server that is full: a stated reason, and a place again when somebody leaves.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Daemon } from './lib/daemon.mjs';
import { SipCall } from './lib/sip.mjs';
import { SipLeg } from './lib/sipleg.mjs';
import { until } from './lib/util.mjs';
import { RawSocket } from './lib/ws.mjs';

let daemon, legs;

const leg = (room, name) => new SipLeg({ port: daemon.ports.sip, room, name, tone: 700 }).join();
const hello = async (room) => {
  const ws = await RawSocket.connect(daemon.ports.http);
  ws.json({ t: 'hello', id: 1, d: { room, name: 'Late' } });
  return { ws, answer: await ws.message(({ re }) => re === 1) };
};

before(async () => {
  daemon = await Daemon.start({ rooms: { max_participants: 2, max_rooms: 1 } });
  legs = [await leg('small', 'One'), await leg('small', 'Two')];
});

after(async () => {
  for (const one of legs ?? []) await one.leave();
  await daemon?.stop();
});

test('a phone that is one too many is busy, with a Reason', async () => {
  const call = new SipCall(daemon.ports.sip, 'small', 'Three');
  const answer = await call.invite('v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\n');
  call.close();
  assert.equal(answer.status, 486);
  assert.match(answer.header('reason') ?? '', /cause=486.*room_full/);
});

test('a browser that is one too many is told so, and counted', async () => {
  const { ws, answer } = await hello('small');
  assert.deepEqual([answer.t, answer.d.code], ['error', 'room_full']);
  ws.close();
  assert.ok((await daemon.metrics()).get('medley_ws_errors_total') >= 1);
});

test('a room too many is refused', async () => {
  const { ws, answer } = await hello('another');
  assert.deepEqual([answer.t, answer.d.code], ['error', 'rooms_full']);
  ws.close();
});

test('who leaves makes place', async () => {
  await legs.pop().leave();
  await until('there is place', 10, async () => {
    const { ws, answer } = await hello('small');
    ws.close();
    return answer.t === 'welcome';
  });
});
