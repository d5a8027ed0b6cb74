// SPDX-License-Identifier: GPL-2.0-or-later
// The disk of the data folder is full: messages are refused with a reason, people still come in and
// talk, and when there is space again all is as before.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Daemon } from './lib/daemon.mjs';
import { SipLeg } from './lib/sipleg.mjs';
import { until } from './lib/util.mjs';
import { RawSocket } from './lib/ws.mjs';

const SIZE = '6m';
const tones = [700, 1100];
const room = 'full';
const LOG_LINES = 200; // more than that about one full disk is a second full disk

const disk = fs.mkdtempSync(path.join(os.tmpdir(), 'medley-disk-'));
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', disk]).status === 0;
const skip = mounted ? false : 'no tmpfs can be mounted here';
process.once('exit', () => {
  if (mounted) spawnSync('umount', ['--lazy', disk]);
  fs.rmSync(disk, { recursive: true, force: true });
});
const ballast = path.join(disk, 'ballast');

let daemon, legs = [], member, logged; // how long the log was when the disk became full
const written = new Map(); // acknowledged messages

before(async () => {
  if (skip) return;
  daemon = await Daemon.start({ server: { data_dir: path.join(disk, 'data') } });
  legs = await Promise.all(tones.map((tone, i) =>
    new SipLeg({ port: daemon.ports.sip, room, name: `Leg ${i}`, tone }).join()));
  await until('they hear each other', 10, () => legs.every((leg, i) => leg.level(tones[1 - i]) > -40));
  member = await enter('Member');
  assert.equal(await write(member, 'before'), 'ok');
});

after(async () => {
  for (const leg of legs) await leg.leave();
  member?.close();
  await daemon?.stop();
});

let lastId = 0;
async function ask(ws, t, d) {
  const id = ++lastId;
  ws.json({ t, id, d });
  return ws.message(({ re }) => re === id);
}

async function enter(name) {
  const ws = await RawSocket.connect(daemon.ports.http);
  const { t, d } = await ask(ws, 'hello', { room, name });
  assert.equal(t, 'welcome', `${name}: ${JSON.stringify(d)}`);
  return ws;
}

/** @returns "ok" or the code of the error */
async function write(ws, text) {
  const { t, d } = await ask(ws, 'chat', { text });
  if (t === 'ok') written.set(d.mid, text);
  return t === 'ok' ? t : d.code;
}

function fill() {
  const fd = fs.openSync(ballast, 'a');
  try {
    for (const size of [65536, 4096, 1]) {
      try {
        for (;;) fs.writeSync(fd, Buffer.alloc(size, 0x55));
      } catch (err) {
        assert.equal(err.code, 'ENOSPC');
      }
    }
  } finally {
    fs.closeSync(fd);
  }
}

test('messages that cannot be kept are refused, and nothing else', { skip }, async () => {
  logged = daemon.log.length;
  fill();
  // The log of the database may have some room left; each message takes some of it.
  const people = await Promise.all(Array.from({ length: 5 }, (_, i) => enter(`Writer ${i}`)));
  const codes = [];
  for (const ws of people) {
    for (let i = 0; i < 10; i++) codes.push(await write(ws, 'x'.repeat(1900)));
    ws.close();
  }
  assert.equal(codes.at(-1), 'unavailable', codes.join());
  assert.deepEqual([...new Set(codes)].sort().filter((code) => code !== 'ok'), ['unavailable']);
});

test('people still come in, and media goes on', { skip }, async () => {
  const late = await new SipLeg({ port: daemon.ports.sip, room, name: 'Late', tone: 1700 }).join();
  try {
    const guest = await enter('Guest');
    guest.close();
    await until('all hear each other', 10, () =>
      legs.every((leg, i) => leg.level(tones[1 - i]) > -40 && leg.level(1700) > -40)
      && tones.every((tone) => late.level(tone) > -40));
    for (const leg of legs) assert.equal(leg.audio.lost, 0, 'no packet is missing');
  } finally {
    await late.leave();
  }
  assert.ok((await fetch(`${daemon.url}/healthz`)).ok);
});

test('with space all is as before, and what was acknowledged is there', { skip }, async () => {
  fs.rmSync(ballast);
  await until('messages are kept again', 20, async () => (await write(member, 'after')) === 'ok');
  const { stdout } = spawnSync('sqlite3', ['-readonly', '-json', path.join(disk, 'data', 'medley.db'), 'SELECT id, text FROM chat'], { encoding: 'utf8' });
  const rows = new Map(JSON.parse(stdout).map(({ id, text }) => [id, text]));
  for (const [id, text] of written) assert.equal(rows.get(id), text);
  const complaints = daemon.log.slice(logged).split('\n').filter((line) => /requests failed|not recorded/.test(line));
  assert.ok(complaints.length > 0, 'the operator is told');
  assert.ok(complaints.length < LOG_LINES, `${complaints.length} lines`);
});
