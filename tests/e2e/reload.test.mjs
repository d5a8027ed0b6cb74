// SPDX-License-Identifier: GPL-2.0-or-later
// Files change under a running room: two browsers with marked cameras, a phone with a tone, a phone
// that watches, and a crowd in another room as a load.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { Browser } from './lib/browser.mjs';
import { Daemon } from './lib/daemon.mjs';
import { SipLeg } from './lib/sipleg.mjs';
import { toneOf } from './lib/sound.mjs';
import { pause, until } from './lib/util.mjs';

const run = promisify(execFile);
const room = 'reload';
const FPS = 15, TICK = 90000 / FPS, CANVAS = [640, 360];
const TONE = toneOf(7);

// Two layouts of one name: no tile of the one is where a tile of the other is.
const layouts = {
  sideBySide: { file: tiles([[0, '1/4', '1/2', '1/2'], ['1/2', '1/4', '1/2', '1/2']]),
    rects: [[0, 90, 320, 180], [320, 90, 320, 180]] },
  diagonal: { file: tiles([[0, 0, '1/3', '1/3'], ['1/3', '1/3', '2/3', '2/3']]),
    rects: [[0, 0, 214, 120], [214, 120, 426, 240]] },
};
// The phones have no camera and need no tile.
const settings = {
  rooms: { width: CANVAS[0], height: CANVAS[1], fps: FPS, layout: 'show', video_bitrate: 1000000 },
  seats: { audio_only: 'hide' },
};

let media, daemon, crowd, anna, bert, phone, watcher, file;

function tiles(rects) {
  const lines = rects.map((rect) => `      - { rect: [${rect.map((side) => `"${side}"`)}] }\n`);
  return `layouts:\n  show:\n    gap: 0\n    overflow: false\n    tiles:\n${lines.join('')}`;
}

const asTiles = (rects) => rects.map(([x, y, w, h]) => ({ x, y, w, h }));

before(async () => {
  media = fs.mkdtempSync(path.join(os.tmpdir(), 'medley-reload-'));
  file = path.join(media, '60-show.yaml');
  fs.writeFileSync(file, layouts.sideBySide.file);
  daemon = await Daemon.start({ ...settings, layouts: { dir: media, watch: false } });
  const { sip } = daemon.ports;
  anna = await Browser.join({ base: daemon.url, room, name: 'Anna', codec: 'h264', id: 1, tone: toneOf(1) });
  bert = await Browser.join({ base: daemon.url, room, name: 'Bert', codec: 'h264', id: 4, tone: toneOf(4) });
  phone = await new SipLeg({ port: sip, room, name: 'Phone', tone: TONE }).join();
  watcher = await new SipLeg({ port: sip, room, name: 'Watcher', video: 'recvonly' }).join();
  await run(process.env.BENCH_STREAMS, [media, '320x180'], { env: { ...process.env, STREAMS_QUICK: '1' } });
  crowd = spawn(process.env.BENCH_ROOM, ['--server', `127.0.0.1:${sip}`, '--pid', String(daemon.pid), '--media', media,
    '--video', '320x180', '--rooms', '1', '--people', '2', '--seconds', '120', '--warmup', '1', '--json']);
  await anna.page.evaluate(([sets, canvas]) => e2e.watch(sets, canvas),
    [Object.values(layouts).map(({ rects }) => asTiles(rects)), CANVAS]);
});

after(async () => {
  crowd?.kill('SIGKILL');
  for (const one of [anna, bert]) await one?.close();
  for (const one of [phone, watcher]) await one?.leave();
  await daemon?.stop();
  fs.rmSync(media, { recursive: true, force: true });
});

const seen = () => anna.page.evaluate(() => e2e.seen);
const rectsOf = (layout) => layout.tiles.map(({ x, y, w, h }) => [x, y, w, h]);
const later = (a, b) => ((a - b) | 0) >= 0; // RTP timestamps wrap

/** Both marks are in the rectangles of that name, and nothing is in the others'. */
function assertShows({ ids }, name, what) {
  const names = Object.keys(layouts), at = names.indexOf(name);
  assert.deepEqual([...ids[at]].sort(), [1, 4], `${what}: ${name} has both pictures`);
  assert.ok(!ids[1 - at].every((id) => id !== null), `${what}: ${names[1 - at]} is not shown`);
}

async function showing(name) {
  await until(`the layout is ${name}`, 10, async () =>
    JSON.stringify(rectsOf(await anna.layout())) === JSON.stringify(layouts[name].rects));
  return anna.layout();
}

/** Each receiver has his own start of the timestamps: what most pairs of frames are apart. */
function offset(stamps, frames) {
  const votes = new Map();
  for (const { ts } of frames.slice(-60)) {
    for (const stamp of stamps.slice(-90)) {
      const apart = (stamp - ts) >>> 0;
      votes.set(apart, (votes.get(apart) ?? 0) + 1);
    }
  }
  return [...votes].sort((a, b) => b[1] - a[1])[0][0];
}

/** Change the file, have it read, and look at what happened around the change. */
async function swap(to, ask) {
  const from = Object.keys(layouts).find((name) => name !== to);
  await showing(from);
  await pause(1500);
  const before = await left(), lost = watcher.audio.lost, heard = watcher.audio.received, started = performance.now();
  fs.writeFileSync(file, layouts[to].file);
  await ask();
  const layout = await showing(to);
  await pause(1500);
  const sounds = watcher.audio.received - heard, seconds = (performance.now() - started) / 1000;

  // Every frame that was shown looks as it was announced to look.
  const frames = await seen(), since = layout.rtp.ts;
  const old = frames.filter(({ ts }) => !later(ts, since)).slice(-2 * FPS);
  const fresh = frames.filter(({ ts }) => later(ts, since));
  assert.ok(old.length >= FPS / 2 && fresh.length >= FPS / 2, `${old.length} frames before, ${fresh.length} after`);
  for (const frame of old) assertShows(frame, from, `${(frame.ts - since) | 0} before`);
  for (const frame of fresh) assertShows(frame, to, `${(frame.ts - since) | 0} after`);

  // The frame of the change was sent, and none is missing around it; a tick without a new picture of
  // a camera has none.
  const stamps = watcher.video.stamps, at = stamps.indexOf((since + offset(stamps, frames)) >>> 0);
  assert.ok(at > 0, 'the phone got the frame of the change');
  for (let i = at - 5; i < at + 5; i++) {
    const gap = (stamps[i + 1] - stamps[i]) | 0;
    assert.ok(gap > 0 && gap <= 3 * TICK, `a gap of ${gap / TICK} ticks, ${i - at} frames from the change`);
  }
  const gap = (stamps[at] - stamps[at - 1]) | 0;

  // And the sound went on.
  assert.equal(watcher.audio.lost, lost, 'no packet of sound is missing');
  assert.ok(Math.abs(sounds - 50 * seconds) <= 15, `${sounds} packets of sound in ${seconds} s`);
  for (let part = 0; part < 10; part++) {
    const loud = watcher.levelAt(TONE, 0.2, 0.2 * part);
    assert.ok(loud > -45, `the tone is there ${0.2 * part} s ago: ${loud} dB`);
  }
  return { gap, late: await left() - before };
}

/** Composites that the server made too late or that an encoder was too late for. */
async function left() {
  const metrics = await daemon.metrics();
  return metrics.get('medley_compositor_late_frames_total') + metrics.get('medley_compositor_skipped_frames_total');
}

test('what was configured is what is seen', async () => {
  await showing('sideBySide');
  await until('the browser shows it', 10, async () => {
    const last = (await seen()).at(-1);
    return last && [...last.ids[0]].sort().join() === '1,4';
  });
});

test('a reload swaps the tiles at one frame', () => swap('diagonal', () => daemon.child.kill('SIGHUP')));

test('and back again, asked for over the API', () => swap('sideBySide', async () => {
  const answer = await fetch(`http://127.0.0.1:${daemon.ports.admin}/api/v1/config/reload`, { method: 'POST' });
  const outcome = await answer.json();
  assert.equal(answer.status, 200, JSON.stringify(outcome));
  assert.equal(outcome.ok, true);
  assert.equal(outcome.layouts_changed, true);
}));

// The machine itself is late now and then; a swap that costs a frame would cost it each time.
test('a swap by itself costs no frame', async () => {
  const seen = [];
  for (let i = 0; i < 6; i++) {
    const outcome = await swap(i % 2 ? 'sideBySide' : 'diagonal', () => daemon.child.kill('SIGHUP'));
    seen.push(outcome);
    if (i % 2 && seen.some(({ gap, late }) => gap === TICK && late === 0)) return;
  }
  assert.fail(`each swap had a gap or a late frame: ${JSON.stringify(seen)}`);
});

test('a broken file changes nothing and says where it is broken', async () => {
  const { epoch } = await anna.layout(), from = (await seen()).length;
  fs.writeFileSync(file, 'layouts:\n  show:\n    tiles:\n      - { rect: ["0", "0", "1", "2"] }\n');
  daemon.child.kill('SIGHUP');
  await until('the log names the place', 5, () => /60-show\.yaml:4:\d+: /.test(daemon.log));
  assert.equal((await daemon.metrics()).get('medley_config_last_reload_successful'), 0);
  await pause(1000);
  assert.equal((await anna.layout()).epoch, epoch);
  for (const frame of (await seen()).slice(from)) assertShows(frame, 'sideBySide', 'after the broken file');
  fs.writeFileSync(file, layouts.sideBySide.file);
  daemon.child.kill('SIGHUP');
  await until('a good file is taken again', 5, async () =>
    (await daemon.metrics()).get('medley_config_last_reload_successful') === 1);
  assert.equal((await anna.layout()).epoch, epoch, 'the same layout is no change');
});

test('keys of the configuration follow as their class says', async () => {
  const config = path.join(daemon.folder, 'medley.yaml'), values = JSON.parse(fs.readFileSync(config, 'utf8'));
  values.layouts.watch = true; // at once
  values.rooms.fps = 10; // in new rooms
  values.http.max_connections = 77; // after a restart
  fs.writeFileSync(config, JSON.stringify(values));
  const answer = await fetch(`http://127.0.0.1:${daemon.ports.admin}/api/v1/config/reload`, { method: 'POST' });
  const { ok, changed } = await answer.json();
  assert.equal(ok, true);
  assert.deepEqual(Object.fromEntries(changed.map((one) => [one.key, one.class])),
    { 'layouts.watch': 'live', 'rooms.fps': 'new rooms', 'http.max_connections': 'restart' });
});

test('a watched file is read when it changes', () => swap('diagonal', async () => {}));
