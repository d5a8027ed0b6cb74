// SPDX-License-Identifier: GPL-2.0-or-later
// One room, five ways to be in it: Chromium with H.264, Chromium with VP8, baresip with Opus and
// H.264, a phone that knows PCMU only, a phone that watches (PCMU and H.264).
//
// Each video participant's picture is a mark with his number, each voice a tone of his own.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Baresip } from './lib/baresip.mjs';
import { Browser } from './lib/browser.mjs';
import { Daemon } from './lib/daemon.mjs';
import { readMark } from './lib/mark.mjs';
import { SipLeg } from './lib/sipleg.mjs';
import { toneOf } from './lib/sound.mjs';
import { until } from './lib/util.mjs';

const room = 'mixed';
// No sum or difference of three of these tones is another one: distortion is not taken for a voice.
const people = {
  Anna: { id: 1, tone: toneOf(1) },
  Bert: { id: 4, tone: toneOf(4) },
  bob: { id: 9, tone: toneOf(9) },
  Phone: { tone: toneOf(18) },
};
const HEARD = -45; // dB of full scale; the tones are sent at -20 and louder
const OWN_BELOW = 40; // dB

let daemon, anna, bert, bob, phone, watcher;

const browser = (name, codec) => Browser.join({ base: daemon.url, room, name, codec, ...people[name] });

before(async () => {
  daemon = await Daemon.start();
  const { sip } = daemon.ports;
  anna = await browser('Anna', 'h264');
  bert = await browser('Bert', 'vp8');
  phone = await new SipLeg({ port: sip, room, name: 'Phone', tone: people.Phone.tone }).join();
  watcher = await new SipLeg({ port: sip, room, name: 'Watcher', video: 'recvonly' }).join();
  bob = await Baresip.call({ port: sip, room, name: 'bob', tone: people.bob.tone, mark: people.bob.id });
});

after(async () => {
  for (const one of [anna, bert]) await one?.close();
  for (const one of [phone, watcher]) await one?.leave();
  await bob?.stop();
  await daemon?.stop();
});

/** The tile of somebody in the layout that @p seer was told last. */
async function tileOf(seer, name) {
  const [layout, roster] = [await seer.layout(), await seer.roster()];
  const tile = layout?.tiles.find(({ id }) => id && roster[id]?.name === name);
  return tile && { ...tile, canvas: layout.canvas };
}

/** Does a browser see the moving mark of each name in its tile? */
async function seesMoving(seer, names) {
  const values = new Map(names.map((name) => [name, new Set()]));
  await until(`${seer.options.name} sees ${names}`, 30, async () => {
    for (const name of names) {
      const tile = await tileOf(seer, name);
      if (tile?.media !== 'video') continue;
      const [mark] = await seer.marks([tile], tile.canvas) ?? [];
      if (mark?.id === people[name].id) values.get(name).add(mark.value);
    }
    return names.every((name) => values.get(name).size >= 3);
  });
}

test('everybody is in the room and says who he is', async () => {
  await until('all five are on the roster', 15, async () => {
    const names = Object.values(await anna.roster()).map(({ name }) => name);
    return [...Object.keys(people), 'Watcher'].every((name) => names.includes(name));
  });
  const kinds = Object.fromEntries(Object.values(await anna.roster()).map(({ name, kind }) => [name, kind]));
  assert.deepEqual(kinds, { Anna: 'web', Bert: 'web', bob: 'sip', Phone: 'sip', Watcher: 'sip' });
});

test('the browser with H.264 sees each picture where the layout says', () => seesMoving(anna, ['Anna', 'Bert', 'bob']));

test('the browser with VP8 sees each picture where the layout says', () => seesMoving(bert, ['Anna', 'Bert', 'bob']));

test('a SIP phone gets the same composite', async () => {
  const names = ['Anna', 'Bert', 'bob'];
  const values = new Map(names.map((name) => [name, new Set()]));
  await until('the phone sees all three moving', 30, async () => {
    const frames = await watcher.frames(20);
    for (const name of names) {
      const tile = await tileOf(anna, name);
      if (tile?.media !== 'video') continue;
      for (const { width, height, luma } of frames) {
        const sx = width / tile.canvas[0], sy = height / tile.canvas[1];
        const mark = readMark(luma, tile.x * sx, tile.y * sy, tile.w * sx, tile.h * sy);
        if (mark?.id === people[name].id) values.get(name).add(mark.value);
      }
    }
    return names.every((name) => values.get(name).size >= 3);
  });
  await until('baresip decodes it too', 15, () => bob.sees);
});

test('the browsers send what they were asked to send', async () => {
  await until('the codecs are known', 10, async () => (await anna.stats()).codec && (await bert.stats()).codec);
  assert.equal((await anna.stats()).codec, 'video/H264');
  assert.equal((await bert.stats()).codec, 'video/VP8');
});

/** Each listener's levels of all tones: the others' are there, his own is far below. */
async function hears(name, levels) {
  const others = Object.keys(people).filter((other) => other !== name);
  let heard;
  await until(`${name} hears ${others} and not himself`, 20, async () => {
    const tones = [...others, ...(people[name] ? [name] : [])].map((other) => people[other].tone);
    heard = await levels(tones);
    const weakest = Math.min(...heard.slice(0, others.length));
    return weakest > HEARD && (!people[name] || heard.at(-1) < weakest - OWN_BELOW);
  }).catch((err) => { err.message += ` levels ${heard?.map(Math.round)} dB of ${others}, himself`; throw err; });
}

test('the browsers hear all others and not themselves', async () => {
  await hears('Anna', (tones) => anna.levels(tones));
  await hears('Bert', (tones) => bert.levels(tones));
});

test('the phones hear all others and not themselves', async () => {
  await hears('Phone', (tones) => tones.map((hz) => phone.level(hz)));
  await hears('Watcher', (tones) => tones.map((hz) => watcher.level(hz)));
  await hears('bob', (tones) => tones.map((hz) => bob.level(hz)));
});

test('each codec is encoded once for all', async () => {
  const metrics = await daemon.metrics();
  assert.equal(metrics.get('medley_rooms'), 1);
  assert.equal(metrics.get('medley_participants', { kind: 'web' }), 2);
  assert.equal(metrics.get('medley_participants', { kind: 'sip' }), 3);
  assert.equal(metrics.get('medley_video_encoders', { codec: 'h264' }), 1);
  assert.equal(metrics.get('medley_video_encoders', { codec: 'vp8' }), 1);
  for (const codec of ['opus', 'pcmu']) {
    assert.equal(metrics.get('medley_audio_encoders', { codec, shared: 'true' }), 1, `shared ${codec}`);
  }
});

test('a camera that is switched off turns its tile into a placeholder', async () => {
  await bert.button('cam').click();
  await until('the layout and the picture say so', 1.5, async () => {
    const tile = await tileOf(anna, 'Bert');
    return !tile || (tile.media !== 'video' && (await anna.marks([tile], tile.canvas))?.[0] === null);
  });
  await bert.button('cam').click();
  await seesMoving(anna, ['Bert']);
});

test('who leaves makes place, who comes gets a place', async () => {
  const gone = (await tileOf(anna, 'Bert'))?.id;
  await bert.button('leave').click();
  await until('Bert is gone from roster and layout', 5, async () =>
    !(await anna.roster())[gone] && !(await anna.layout()).tiles.some(({ id }) => id === gone));
  await seesMoving(anna, ['Anna', 'bob']);
  await until('no VP8 encoder is left', 10, async () =>
    (await daemon.metrics()).get('medley_video_encoders', { codec: 'vp8' }) === 0);
  await bert.close();
  bert = await browser('Bert', 'vp8');
  await seesMoving(anna, ['Anna', 'Bert', 'bob']);
  await seesMoving(bert, ['Anna', 'Bert', 'bob']);
});

test('the last one to leave ends the room', async () => {
  await Promise.all([anna.close(), bert.close(), phone.leave(), watcher.leave(), bob.stop()]);
  await until('no participant and no encoder is left', 40, async () => {
    const metrics = await daemon.metrics();
    return metrics.get('medley_participants') === 0 && metrics.get('medley_video_encoders') === 0
      && metrics.get('medley_audio_encoders') === 0;
  });
});
