// SPDX-License-Identifier: GPL-2.0-or-later
// Coming and going leaves nothing behind: two hundred times four SIP legs with video, some browsers.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { Browser } from './lib/browser.mjs';
import { Daemon } from './lib/daemon.mjs';
import { SipLeg } from './lib/sipleg.mjs';
import { pause, until } from './lib/util.mjs';

const run = promisify(execFile);
const LEGS = 4;
let daemon, stay, media;

before(async () => {
  media = fs.mkdtempSync(path.join(os.tmpdir(), 'medley-media-'));
  await run(process.env.BENCH_STREAMS, [media, '320x180'], { env: { ...process.env, STREAMS_QUICK: '1' } });
  daemon = await Daemon.start({ sip: { max_invites_per_s: 1000 } });
  stay = await new SipLeg({ port: daemon.ports.sip, room: 'churn0', name: 'Stay', tone: 700 }).join();
});

after(async () => {
  await stay?.leave();
  await daemon?.stop();
  fs.rmSync(media, { recursive: true, force: true });
});

/** @p cycles joins and leaves, four legs at a time. */
async function churn(cycles) {
  for (let done = 0; done < cycles; ++done) {
    const { stdout } = await run(process.env.BENCH_ROOM, ['--server', `127.0.0.1:${daemon.ports.sip}`, '--media', media,
      '--video', '320x180', '--rooms', '1', '--people', String(LEGS), '--prefix', 'churn', '--seconds', '0.2', '--warmup', '0',
      '--rate', '100', '--json']);
    const report = JSON.parse(stdout);
    assert.equal(report.legs, LEGS);
  }
}

async function settled() {
  await until('only one participant is left', 15, async () => (await daemon.metrics()).get('medley_participants') === 1);
  const encoders = async (labels) => {
    const metrics = await daemon.metrics();
    return metrics.get('medley_video_encoders', labels) + metrics.get('medley_audio_encoders', labels);
  };
  // Who stays has no video and speaks PCMU.
  await until('the encoders of those who left are gone', 15, async () =>
    (await encoders()) === (await encoders({ codec: 'pcmu' })));
  await pause(2500); // free memory goes back a moment after the last one left
  return { ...daemon.process(), encoders: await encoders() };
}

let early;

/** A page joins and is reloaded four times. */
async function reloads() {
  const browser = await Browser.join({ base: daemon.url, room: 'churn0', name: 'Reloader', codec: 'vp8', id: 3, tone: 800 });
  try {
    for (let i = 0; i < 4; i++) {
      await browser.page.reload();
      await browser.joined();
    }
  } finally {
    await browser.close();
  }
  await settled();
}

/**
 * Memory is where it was, or came to rest a little higher: pools keep the most that they ever needed,
 * which is another amount in each run.  A leak that lifts it by five per cent in 150 cycles would
 * lift it by more than one in each further 50.  Wherever it rests, it is not far.
 */
async function levelsOff(t, rss) {
  for (let more = 0; rss > early.rss * 1.05; more++) {
    assert.ok(more < 3, `resident memory grows: from ${early.rss} to ${rss} KiB`);
    await churn(50);
    const last = rss;
    rss = (await settled()).rss;
    t.diagnostic(`after 50 more: ${rss} KiB`);
    if (rss <= last * 1.01) break;
  }
  assert.ok(rss <= early.rss * 1.2, `resident memory is too high: ${rss} KiB, it was ${early.rss}`);
}

// The level to compare with has everything in it that comes later: phones and pages.
test('fifty come and go, and a page that is reloaded comes back', async () => {
  await reloads();
  await churn(50);
  early = await settled();
});

test('a page that is reloaded comes back again', reloads);

test('a hundred and fifty more leave nothing behind', async (t) => {
  await churn(150);
  const late = await settled();
  t.diagnostic(`after 50: ${JSON.stringify(early)}, after 200: ${JSON.stringify(late)}`);
  assert.equal(late.threads, early.threads, 'threads');
  assert.equal(late.encoders, early.encoders, 'encoders');
  await until('the number of open files is the same', 15, () => daemon.process().fds <= early.fds);
  if (!process.env.MEDLEY_SANITIZED) await levelsOff(t, late.rss); // their allocator keeps what was freed
});

test('who stayed was not disturbed', () => {
  assert.equal(stay.call.ended, false);
  assert.equal(stay.audio.lost, 0);
});
