// SPDX-License-Identifier: GPL-2.0-or-later
// The load generator against a fresh daemon: one room of two, two seconds.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Daemon } from './lib/daemon.mjs';

const run = promisify(execFile);
const media = fs.mkdtempSync(path.join(os.tmpdir(), 'medley-media-'));
const daemon = await Daemon.start();
try {
  await run(process.env.BENCH_STREAMS, [media, '320x180'], { env: { ...process.env, STREAMS_QUICK: '1' } });
  const { stdout } = await run(process.env.BENCH_ROOM, ['--server', `127.0.0.1:${daemon.ports.sip}`, '--pid', String(daemon.pid),
    '--media', media, '--video', '320x180', '--rooms', '1', '--people', '2', '--seconds', '2', '--warmup', '1', '--json']);
  process.stdout.write(stdout);
  const report = JSON.parse(stdout);
  assert.equal(report.legs, 2);
  assert.ok(report.fps_min > 0, 'each leg gets the composite');
  assert.ok(report.audio_pps_min > 0, 'each leg gets sound');
} finally {
  await daemon.stop();
  fs.rmSync(media, { recursive: true, force: true });
}
