// SPDX-License-Identifier: GPL-2.0-or-later
// What phones do by their keys: telephone events in RTP and SIP INFO; a browser is told and sees it.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Browser } from './lib/browser.mjs';
import { Daemon } from './lib/daemon.mjs';
import { SipLeg } from './lib/sipleg.mjs';
import { toneOf } from './lib/sound.mjs';
import { pause, until } from './lib/util.mjs';

const room = 'keys', MARK = 1, TONE = toneOf(7);
const dtmf = { layouts: ['auto', 'speaker', '2x2'] };

let daemon, anna, phone;

before(async () => {
  daemon = await Daemon.start({ dtmf, layouts: { watch: false } });
  anna = await Browser.join({ base: daemon.url, room, name: 'Anna', codec: 'h264', id: MARK, tone: toneOf(1) });
  phone = await new SipLeg({ port: daemon.ports.sip, room, name: 'Phone', keys: true, tone: TONE }).join();
});

after(async () => {
  await anna?.close();
  await phone?.leave();
  await daemon?.stop();
});

const person = async () => Object.values(await anna.roster()).find(({ name }) => name === 'Phone');
const becomes = (key, value) => until(`${key} is ${value}`, 10, async () => (await person())?.[key] === value);

/** Anna's picture is in her tile, and her tile is where the layout of that name has it. */
async function shows(chosen) {
  let layout;
  await until(`the layout ${chosen} is told and seen`, 15, async () => {
    layout = await anna.layout();
    const tile = layout.tiles.find(({ id }) => id === anna.id);
    if (layout.chosen !== chosen || !tile) return false;
    return (await anna.marks([tile], layout.canvas))?.[0]?.id === MARK;
  }).catch((err) => { err.message += `\n${JSON.stringify(layout)}`; throw err; });
  return layout;
}

async function configure(values) {
  const config = path.join(daemon.folder, 'medley.yaml');
  fs.writeFileSync(config, JSON.stringify({ ...JSON.parse(fs.readFileSync(config, 'utf8')), ...values }));
  const answer = await fetch(`http://127.0.0.1:${daemon.ports.admin}/api/v1/config/reload`, { method: 'POST' });
  assert.equal((await answer.json()).ok, true);
}

const ways = { 'telephone events': (digits) => phone.press(digits), 'SIP INFO': (digits) => phone.pressInfo(digits) };

test('the phone is in the room and heard', async () => {
  await becomes('audio', true);
  assert.equal((await person()).hand ?? false, false);
  assert.match(phone.answer, /telephone-event/);
  await until('Anna hears it', 15, async () => (await anna.levels([TONE]))[0] > -45);
});

/** What the phone may do; only hosts change what all see. */
async function phoneIs(role) {
  const { id } = await person();
  const answer = await fetch(`http://127.0.0.1:${daemon.ports.admin}/api/v1/rooms/${room}/participants/${id}/role`, {
    method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ role }),
  });
  assert.equal(answer.status, 200);
}

test('a guest does not change the layout', async () => {
  const { epoch } = await shows('auto');
  await phone.press('*8*9');
  await becomes('hand', true);
  await phone.press('*9');
  await becomes('hand', false);
  assert.equal((await anna.layout()).epoch, epoch);
  await phoneIs('host');
});

for (const [way, press] of Object.entries(ways)) {
  test(`*6 by ${way} mutes and unmutes`, async () => {
    await press('*6');
    await becomes('audio', false);
    await until('Anna hears nothing of it', 15, async () => (await anna.levels([TONE]))[0] < -70);
    await press('*6');
    await becomes('audio', true);
    await until('Anna hears it', 15, async () => (await anna.levels([TONE]))[0] > -45);
  });

  test(`*9 by ${way} raises and lowers the hand`, async () => {
    await press('*9');
    await becomes('hand', true);
    await press('*9');
    await becomes('hand', false);
  });

  test(`*8 by ${way} goes through the layouts`, async () => {
    const rects = (layout) => layout.tiles.map(({ x, y, w, h }) => [x, y, w, h]).join(' ');
    const first = await shows('auto'), seen = [rects(first)];
    for (const name of ['speaker', '2x2']) {
      await press('*8');
      seen.push(rects(await shows(name)));
    }
    assert.equal(new Set(seen).size, 3, 'three layouts look different');
    await press('*8');
    assert.equal(rects(await shows('auto')), seen[0], 'and begin again');
  });
}

test('a slip is no harm: the latest keys count', async () => {
  await phone.press('4**9');
  await becomes('hand', true);
  await phone.press('*9');
  await becomes('hand', false);
});

test('keys that are turned off do nothing', async () => {
  await configure({ dtmf: { ...dtmf, enabled: false } });
  for (const press of Object.values(ways)) for (const code of ['*6', '*9', '*8']) await press(code);
  await pause(500);
  const { audio, hand = false } = await person();
  assert.deepEqual({ audio, hand }, { audio: true, hand: false });
  await shows('auto');
});

test('a key may be turned off alone, or mean something else', async () => {
  await configure({ dtmf: { ...dtmf, mute: '', hand: '#1' } });
  await phone.press('*6');
  await phone.press('*9');
  await phone.press('#1');
  await becomes('hand', true);
  assert.equal((await person()).audio, true);
});
