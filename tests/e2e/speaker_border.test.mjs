// SPDX-License-Identifier: GPL-2.0-or-later
// The border around whoever speaks: phones speak, one that watches looks at the edges of their tiles.
// How fast it comes is measured by bench/border.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { hasBorder, seats } from './lib/border.mjs';
import { Daemon } from './lib/daemon.mjs';
import { SipLeg } from './lib/sipleg.mjs';
import { toneOf } from './lib/sound.mjs';
import { pause, until } from './lib/util.mjs';

const room = 'border';
let daemon, anna, bert, watcher;

before(async () => {
  daemon = await Daemon.start();
  const join = (name, more) => new SipLeg({ port: daemon.ports.sip, room, name, ...more }).join();
  anna = await join('Anna', { keys: true });
  bert = await join('Bert', { keys: true });
  watcher = await join('Watcher', { video: 'recvonly' });
});

after(async () => {
  for (const one of [anna, bert, watcher]) await one?.leave();
  await daemon?.stop();
});

const speak = (leg, on) => { leg.options.tone = on ? toneOf(3) : 0; };

/** Who has a border in the latest picture. */
async function bordered() {
  const { canvas, tiles } = await seats(daemon, room);
  assert.ok(Object.values(tiles).every(Boolean), 'everybody has a tile');
  const [frame] = await watcher.frames(1);
  return Object.keys(tiles).filter((name) => hasBorder(frame, tiles[name], canvas)).sort().join();
}

async function becomes(names) {
  let last;
  await until(`a border is around: ${names || 'nobody'}`, 15, async () => (last = await bordered()) === names)
    .catch((err) => { err.message += `, but around: ${last}`; throw err; });
}

/** It stays so for a second and a half. */
async function stays(names) {
  const { received } = watcher.video;
  for (let i = 0; i < 5; i++) {
    await pause(300);
    assert.equal(await bordered(), names);
  }
  assert.ok(watcher.video.received > received, 'pictures still come');
}

test('nobody who is silent has one', async () => {
  await becomes('');
  await stays('');
});

test('it comes with speech and goes after it', async () => {
  speak(anna, true);
  await becomes('Anna');
  await stays('Anna');
  speak(anna, false);
  await becomes('');
});

test('two who speak both have one', async () => {
  speak(anna, true);
  speak(bert, true);
  await becomes('Anna,Bert');
  speak(anna, false);
  await becomes('Bert');
  speak(bert, false);
  await becomes('');
});

test('a muted one has none, until he is heard again', async () => {
  await bert.press('*6');
  await until('Bert is muted', 5, async () => {
    const answer = await fetch(`http://127.0.0.1:${daemon.ports.admin}/api/v1/rooms/${room}/participants`);
    return (await answer.json()).participants.find(({ name }) => name === 'Bert').muted.audio;
  });
  speak(bert, true);
  await stays('');
  await bert.press('*6');
  await becomes('Bert');
});

test('muting takes it away while he speaks', async () => {
  await bert.press('*6');
  await becomes('');
});

test('a room may go without', async () => {
  const look = async (border) => {
    const answer = await fetch(`http://127.0.0.1:${daemon.ports.admin}/api/v1/rooms/${room}/layout`, { method: 'PUT',
      headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ overlays: { border } }) });
    assert.equal(answer.status, 200, await answer.text());
  };
  speak(anna, true);
  await becomes('Anna');
  await look(false);
  await becomes('');
  await stays('');
  await look(true);
  await becomes('Anna');
});
