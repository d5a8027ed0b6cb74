// SPDX-License-Identifier: GPL-2.0-or-later
// How long after somebody begins to speak the border is in the picture; started by bench/border.
//
//   node bench/border.mjs MEDIA TRIALS CAMERAS COMMIT
//
// A phone is silent for three seconds, then plays a voice (PCMU); another one watches; so many others send moving
// pictures.  From sending the first packet of the voice to receiving the last packet of the first picture with the
// border.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { hasBorder, seats } from '../tests/e2e/lib/border.mjs';
import { Daemon } from '../tests/e2e/lib/daemon.mjs';
import { makeClip, readClip, Recorder } from '../tests/e2e/lib/h264.mjs';
import { SipLeg } from '../tests/e2e/lib/sipleg.mjs';
import { fromUlaw } from '../tests/e2e/lib/sound.mjs';
import { pause, random, until } from '../tests/e2e/lib/util.mjs';

const [media, trials, cameras, commit] = process.argv.slice(2).map((word, i) => (i === 1 || i === 2 ? Number(word) : word));
const room = 'border', PACKET = 160, QUIET_DB = -45;

/** Level of a packet [dB of full scale]. */
function levelOf(payload) {
  let energy = 0;
  for (const byte of payload) energy += fromUlaw(byte) ** 2;
  return 10 * Math.log10(energy / payload.length / 32768 ** 2 + 1e-12);
}

/** Beginnings of a voice: where sound comes after at least 200 ms without. */
function beginnings(bytes) {
  const found = [];
  let quiet = 10;
  for (let at = 0; at + 2 * 8000 <= bytes.length; at += PACKET) {
    const silent = levelOf(bytes.subarray(at, at + PACKET)) < QUIET_DB;
    if (!silent && quiet >= 10) found.push(bytes.subarray(at, at + 12000));
    quiet = silent ? quiet + 1 : 0;
  }
  return found;
}

/** People whose pictures move.  @returns their phones */
async function crowd(port) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'medley-border-')), legs = [];
  for (let i = 1; i <= cameras; i++) {
    const file = path.join(folder, `${i}.264`);
    makeClip(file, i);
    const leg = await new SipLeg({ port, room, name: `Camera ${i}`, video: 'sendonly' }).join();
    leg.play(readClip(file));
    legs.push(leg);
  }
  fs.rmSync(folder, { recursive: true });
  return legs;
}

/** @returns {pictures, sentAt} of one beginning; decoded later, so that the machine is at rest */
async function trial(talker, watcher, voice, next) {
  const { recorder } = watcher, before = recorder.pictures[0];
  await pause(2500);
  watcher.requestKey();
  await until('a key picture comes', 5, () => recorder.ready && recorder.pictures[0] !== before);
  recorder.keeping = true;
  await pause(500 + 100 * next()); // ticks of sound and of pictures are met at any place
  const said = talker.say(voice);
  await pause(voice.length / 8 + 300);
  recorder.keeping = false;
  const { pictures, times } = recorder;
  return { sentAt: said.sentAt, pictures: Object.assign(new Recorder(), { pictures: pictures.slice(), times: times.slice() }) };
}

/** @returns milliseconds, or null if no border came */
async function evaluate({ sentAt, pictures }, { canvas, tiles }) {
  const first = (await pictures.frames(1000)).find((frame) => hasBorder(frame, tiles.Talker, canvas));
  if (first && first.time < sentAt) throw new Error('a border before speech');
  return first ? first.time - sentAt : null;
}

const voices = [0, 1, 2, 3].flatMap((i) => beginnings(fs.readFileSync(path.join(media, `voice${i}.ul`))));
const daemon = await Daemon.start(), next = random(1), done = [], took = [];
let places;
try {
  const port = daemon.ports.sip, others = await crowd(port);
  const talker = await new SipLeg({ port, room, name: 'Talker' }).join();
  const watcher = await new SipLeg({ port, room, name: 'Watcher', video: 'recvonly' }).join();
  await until('everybody has a tile', 10, async () => {
    places = await seats(daemon, room);
    return Object.values(places.tiles).every(Boolean);
  });
  await until('pictures come', 10, () => watcher.video.received > 0);
  for (let i = 0; i < trials; i++) done.push(await trial(talker, watcher, voices[i % voices.length], next));
  for (const leg of [talker, watcher, ...others]) await leg.leave();
} finally {
  await daemon.stop();
}
for (const one of done) took.push(await evaluate(one, places));
if (process.env.BORDER_VERBOSE) console.error(took.map((ms) => ms?.toFixed(0)).join(' '));
const missed = took.filter((ms) => ms === null).length;
took.splice(0, took.length, ...took.filter((ms) => ms !== null).sort((a, b) => a - b));

const at = (part) => Math.round(10 * took[Math.min(took.length - 1, Math.floor(part * took.length))]) / 10;
const result = { name: 'border', unit: 'ms', median: at(0.5), p95: at(0.95), max: at(1),
  n: took.length, missed, cameras, commit };
console.log(JSON.stringify(result));
console.log(`From the first packet of speech to the picture with the border: median ${result.median} ms, `
  + `95 % within ${result.p95} ms, at most ${result.max} ms (${took.length} trials, ${missed} without a border).`);
