// SPDX-License-Identifier: GPL-2.0-or-later
// What people cost who join, and who do nothing; started by bench/people.
//
//   node bench/people.mjs JOINS USERS SECONDS COMMIT
//
// join: a page of Chromium joins a room with its camera and microphone again and again; a phone in it sends moving
// pictures.  From opening the WebSocket (the devices are open) to the first composite picture that is shown.
// idle: the daemon's CPU time and memory with so many signed-in users, each of whom watches ten others, against none.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Browser } from '../tests/e2e/lib/browser.mjs';
import { Daemon } from '../tests/e2e/lib/daemon.mjs';
import { makeClip, readClip } from '../tests/e2e/lib/h264.mjs';
import { SipLeg } from '../tests/e2e/lib/sipleg.mjs';
import { SECRET } from '../tests/e2e/lib/token.mjs';
import { User } from '../tests/e2e/lib/user.mjs';
import { pause, random } from '../tests/e2e/lib/util.mjs';

const [joins, users, seconds] = process.argv.slice(2, 5).map(Number), commit = process.argv[5];
const room = 'bench', TICKS_PER_S = 100, WATCHED = 10, AT_ONCE = 20;
const round = (value, digits = 1) => Math.round(value * 10 ** digits) / 10 ** digits;

/** A phone whose picture moves; it may be a viewer too. */
async function camera(port, video) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'medley-people-')), file = path.join(folder, 'clip.264');
  makeClip(file, 2);
  const leg = await new SipLeg({ port, room, name: 'Camera', video }).join();
  leg.play(readClip(file));
  fs.rmSync(folder, { recursive: true });
  return leg;
}

/** In the page.  @returns {negotiating: welcome is there, connected, picture} of a join [ms after it began] */
async function joinOnce([name, number]) {
  const { MedleyRoom } = await import('/medley.js');
  const me = new MedleyRoom(), video = document.body.appendChild(document.createElement('video')), times = {};
  let began;
  video.muted = video.autoplay = true;
  const shown = new Promise((resolve) => { video.requestVideoFrameCallback(resolve); });
  const ended = new Promise((_, reject) => { me.on('state', (s) => s === 'ended' && reject(new Error(me.reason.reason))); });
  ended.catch(() => {});
  me.on('stream', (stream) => { video.srcObject = stream; });
  me.on('state', (s) => { times[s] = performance.now() - began; });
  const open = me.open.bind(me);
  me.open = () => { // the devices are open now
    began = performance.now();
    return open();
  };
  await me.join({ room: name, name: `Page ${number}` });
  await Promise.race([shown, ended]);
  times.picture = performance.now() - began;
  await me.leave();
  video.remove();
  return times;
}

function print(name, values) {
  const sorted = values.sort((a, b) => a - b), at = (part) => round(sorted[Math.ceil(part * sorted.length) - 1]);
  const result = { name, unit: 'ms', median: at(0.5), p95: at(0.95), max: at(1), n: sorted.length, commit };
  console.log(JSON.stringify(result));
  return result;
}

/** @param viewer  somebody else sees the composite already; else its encoder starts with the join */
async function benchJoin(viewer) {
  const daemon = await Daemon.start(), times = [], next = random(1);
  let leg, browser;
  try {
    leg = await camera(daemon.ports.sip, viewer ? 'sendrecv' : 'sendonly');
    browser = await Browser.open({ url: daemon.url, id: 1, tone: 500 });
    await browser.page.evaluate(joinOnce, [room, 0]); // the browser itself warms up
    for (let i = 1; i <= joins; i++) {
      await pause(1500 + 1000 * next()); // else they share key pictures, of which there is one a second at most
      times.push(await browser.page.evaluate(joinOnce, [room, i]));
    }
  } finally {
    await browser?.close();
    await leg?.leave();
    await daemon.stop();
  }
  const who = viewer ? 'join' : 'first_join';
  print(`${who}_welcome`, times.map(({ negotiating }) => negotiating));
  print(`${who}_connected`, times.map(({ connected }) => connected));
  const { median, p95, max } = print(`${who}_picture`, times.map(({ picture }) => picture));
  console.log(`From joining to the first picture, ${viewer ? 'others see it already' : 'nobody sees it yet'}: `
    + `median ${median} ms, 95 % within ${p95} ms, at most ${max} ms (${times.length} joins).`);
}

/** CPU time so far [s] and resident memory [MiB] of a daemon. */
function usage(daemon) {
  const fields = fs.readFileSync(`/proc/${daemon.pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return { cpu: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S, rss: daemon.process().rss / 1024 };
}

/** @returns {cpu [% of a core], rss [MiB]} over the time of the measurement */
async function measure(daemon) {
  await pause(2000);
  const before = usage(daemon), began = performance.now();
  await pause(seconds * 1000);
  const after = usage(daemon);
  return { cpu: (100000 * (after.cpu - before.cpu)) / (performance.now() - began), rss: after.rss };
}

async function benchIdle() {
  const daemon = await Daemon.start({ auth: { secret: SECRET },
    http: { max_connections: users + 100, max_per_address: users + 100, max_unauthenticated: users + 100 } });
  const people = [], id = (i) => `us_${i % users}`;
  try {
    const none = await measure(daemon);
    for (let i = 0; i < users; i += AT_ONCE) {
      people.push(...await Promise.all(Array.from({ length: Math.min(AT_ONCE, users - i) }, (_, k) => User.signIn(daemon, id(i + k)))));
    }
    for (const [i, one] of people.entries()) {
      await one.ok('presence.watch', { users: Array.from({ length: Math.min(WATCHED, users - 1) }, (_, k) => id(i + 1 + k)) });
    }
    const all = await measure(daemon);
    const lost = people.filter(({ ws }) => ws.closed).length;
    const result = { name: 'idle_users', users, lost, seconds, cpu_percent: round(all.cpu, 2), cpu_percent_none: round(none.cpu, 2),
      memory_mib: round(all.rss - none.rss), memory_mib_none: round(none.rss), commit };
    console.log(JSON.stringify(result));
    console.log(`${users} signed-in users who do nothing: ${result.cpu_percent} % of a core (none: ${result.cpu_percent_none} %), `
      + `${result.memory_mib} MiB more than none, ${lost} lost.`);
    if (lost) process.exitCode = 1;
  } finally {
    for (const one of people) one.ws.close();
    await daemon.stop();
  }
}

for (const viewer of joins ? [true, false] : []) await benchJoin(viewer);
if (users) await benchIdle();
