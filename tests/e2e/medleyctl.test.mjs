// SPDX-License-Identifier: GPL-2.0-or-later
// medleyctl against a server with people in a room: what it says becomes true, and the exit status tells so.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { medleyctl } from './lib/ctl.mjs';
import { Daemon } from './lib/daemon.mjs';
import { SipLeg } from './lib/sipleg.mjs';
import { until } from './lib/util.mjs';
import { RawSocket } from './lib/ws.mjs';

const room = 'ops';
const wide = '漢字 \u05d3\u05d5\u05d3'; // columns are not characters here
let daemon, socket, ada, cora, phone;

const ctl = (...words) => medleyctl(socket, ...words);

/** Run a command that must succeed.  @return what it printed */
async function good(...words) {
  const { code, out, err } = await ctl(...words);
  assert.equal(code, 0, `${words.join(' ')}: ${err}`);
  return out;
}

/** Run a command that the server must refuse.  @return what it said */
async function refused(...words) {
  const { code, out, err } = await ctl(...words);
  assert.equal(code, 1, `${words.join(' ')}: ${out}${err}`);
  return err;
}

const json = async (...words) => JSON.parse(await good('-o', 'json', ...words));
const person = async (id) => (await json('participants', room)).participants.find((one) => one.id === id);

/** A client in the room; without media, like a page before its offer. */
async function join(name) {
  const ws = await RawSocket.connect(daemon.ports.http);
  ws.json({ t: 'hello', id: 1, d: { room, name } });
  const welcome = await ws.message(({ re }) => re === 1);
  ws.error = welcome.t === 'error' ? welcome.d.code : null;
  ws.id = welcome.d.you?.id;
  return ws;
}

before(async () => {
  daemon = await Daemon.start({ layouts: { watch: false } });
  socket = path.join(daemon.folder, 'data', 'medleyd.sock');
  ada = await join('Ada Lovelace');
  cora = await join(wide);
  phone = await new SipLeg({ port: daemon.ports.sip, room, name: 'Phone', tone: 700, video: 'recvonly' }).join();
});

after(async () => {
  ada?.close();
  cora?.close();
  await phone?.leave();
  await daemon?.stop();
});

test('the socket is found in the data folder, and only owner and group may use it', async () => {
  const stat = fs.statSync(socket);
  assert.ok(stat.isSocket());
  assert.equal(stat.mode & 0o777, 0o660);
  assert.equal((await medleyctl(null, 'status', { cwd: daemon.folder })).code, 0);
});

test('the server, its rooms and its people are shown', async () => {
  const status = await good('status');
  assert.match(status, /^rooms      1$/m);
  assert.match(status, /^people     2 in browsers, 1 on phones$/m);
  assert.match(status, /^settings   .* ok$/m);
  assert.match(await good('rooms'), new RegExp(`^ROOM .*\n${room} +3  auto `));
  const lines = (await good('participants', room)).trimEnd().split('\n');
  assert.equal(lines.length, 4);
  const column = lines[0].indexOf('KIND');
  assert.equal(lines[1].slice(0, column).trimEnd(), `${ada.id}  Ada Lovelace`);
  assert.equal(lines[1].slice(column, column + 3), 'web');
  // Two columns for each of the two Chinese characters: two characters less on the left.
  assert.equal(lines[2].slice(column - 2, column + 1), 'web');
  assert.equal(lines[3].slice(column, column + 3), 'sip');
  assert.match(await good('room', 'show', room), new RegExp(`^room       ${room}\n[\\s\\S]*^layout     auto,[\\s\\S]*Ada Lovelace`, 'm'));
  assert.match(await refused('room', 'show', 'nobody'), /room_not_found/);
  assert.match(await refused('participants', '../node'), /the server refuses/);
});

test('mute and unmute reach the person', async () => {
  await good('mute', room, 'ada');
  assert.equal((await ada.message(({ t }) => t === 'muted')).d.audio, true);
  assert.equal((await person(ada.id)).muted.audio, true);
  await good('unmute', room, ada.id);
  assert.equal((await person(ada.id)).muted.audio, false);
  assert.equal(await good('mute', room, '--all', '--except', 'Ada'), 'muted 2\n');
  assert.equal((await person(ada.id)).muted.audio, false);
  assert.equal((await person(cora.id)).muted.audio, true);
  assert.match(await refused('mute', room, 'Nobody'), /nobody in ops/);
});

test('hands, seats and the spotlight are given', async () => {
  await good('hand', room, 'Ada', 'up');
  await good('seat', room, 'Ada', 'interpreter');
  await good('spotlight', room, wide, 'Phone');
  const one = await person(ada.id);
  assert.deepEqual([one.hand, one.seat], [true, 'interpreter']);
  assert.match(await good('complete', '--', 'seat', room, 'Ada', ''), /^interpreter$[\s\S]*^none$/m);
  const show = await good('layout', 'show', room);
  assert.match(show, new RegExp(`^spotlight  ${wide}, Phone$`, 'm'));
  assert.match(show, /^seats      interpreter = Ada Lovelace$/m);
  await good('hand', room, 'Ada', 'down');
  await good('seat', room, 'Ada', 'none');
  await good('spotlight', room);
  assert.deepEqual((await json('layout', 'show', room)).spotlight, []);
});

test('the look of a room is chosen', async () => {
  const list = await good('layout', 'list');
  for (const name of ['auto', '1\\+7', '2x2']) assert.match(list, new RegExp(`^${name} `, 'm'));
  await good('layout', 'set', room, '2x2');
  await until('it is shown', 10, async () => /showing 2x2$/m.test(await good('layout', 'show', room)));
  assert.match(await refused('layout', 'set', room, 'no-such'), /layout_not_found/);
  await good('banner', room, 'Hört, hört!');
  await good('marks', room, 'rec', 'live');
  await good('overlays', room, 'names=off', 'border=on');
  const look = await json('layout', 'show', room);
  assert.deepEqual([look.layout, look.chosen, look.banner, look.marks, look.overlays.names], ['2x2', true, 'Hört, hört!', ['rec', 'live'], false]);
  assert.match(await refused('marks', room, 'gold'), /bad_request/);
  assert.match(await refused('overlays', room, 'hats=on'), /bad_request/);
  await good('layout', 'set', room);
  await good('banner', room);
  await good('marks', room);
  assert.equal((await json('layout', 'show', room)).chosen, false);
});

test('pictures of rooms and layouts are files', async () => {
  const file = path.join(daemon.folder, 'picture');
  await until('there is a picture', 10, async () => (await ctl('snapshot', room, '-o', file)).code === 0);
  assert.equal(fs.readFileSync(file).subarray(0, 3).toString('hex'), 'ffd8ff');
  for (const words of [['1+7'], ['auto', '--content', '--count', '7']]) {
    await good('layout', 'preview', ...words, '--size', '320x180', '-o', file);
    const png = fs.readFileSync(file);
    assert.equal(png.subarray(1, 4).toString(), 'PNG');
    assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [320, 180]);
  }
  assert.match(await refused('layout', 'preview', 'no-such', '-o', file), /layout_not_found/);
  assert.equal((await ctl('layout', 'preview', 'auto', '--size', '3x3', '-o', file)).code, 2);
  assert.match(await refused('record', room, 'start'), /not_implemented/);
});

test('a reload shows what has changed; a broken file changes nothing', async () => {
  const file = path.join(daemon.folder, 'medley.yaml'), was = fs.readFileSync(file, 'utf8');
  const write = (change) => {
    const config = JSON.parse(was);
    change(config);
    fs.writeFileSync(file, JSON.stringify(config, null, 2));
  };
  assert.match(await good('config'), /^rooms:$[\s\S]*^ {2}mix_max: /m);
  assert.equal(await good('check'), 'Nothing has changed.\nok\n');

  write((config) => { config.rooms = { mix_mx: 5 }; });
  assert.match(await refused('check'), /medley\.yaml:\d+:\d+: rooms\.mix_mx/);
  assert.match(await refused('reload'), /medley\.yaml:\d+:\d+: rooms\.mix_mx/);
  assert.match(await good('status'), /the last reload failed\n +.*mix_mx/);

  write((config) => { config.rooms = { mix_max: 5 }; config.sip.port += 1; config.overlay = { banner: 'Hello' }; });
  const out = await good('reload');
  assert.match(out, /^CHANGED +TAKES EFFECT$/m);
  assert.match(out, /^overlay\.banner +at once$/m);
  assert.match(out, /^sip\.port +after a restart$/m);
  assert.match(out, /^rooms\.mix_max +in new rooms$/m);
  assert.match(out, /^Reloaded\.$/m);
  assert.match(await good('status'), /^settings .* ok$/m);
  fs.writeFileSync(file, was);
  await good('reload');
});

test('the log level is set', async () => {
  await good('log', 'debug');
  assert.equal((await json('status')).log_level, 'debug');
  await until('debug lines are written', 10, async () => { (await join('Eve')).close(); return /debug/i.test(daemon.log); });
  await good('log', 'info');
  assert.match(await refused('log', 'loud'), /bad_request/);
});

test('draining keeps newcomers out', async () => {
  assert.match(await good('drain'), /^draining/);
  const late = await join('Late');
  assert.equal(late.error, 'draining');
  late.close();
  assert.match(await good('drain', 'off'), /^not draining/);
  const early = await join('Early');
  assert.equal(early.error, null);
  early.close();
});

test('a shell completes rooms, people and layouts of the server', async () => {
  assert.equal(await good('complete', '--', 'room', 'show', ''), `${room}\n`);
  assert.equal(await good('complete', '--', 'kick', room, 'Ada'), 'Ada Lovelace\n');
  assert.match(await good('complete', '--', 'layout', 'set', room, '1+'), /^1\+7$/m);
});

test('who is sent away is out, and a room is emptied', async () => {
  await good('kick', room, wide);
  await until('she is out', 5, () => cora.closed);
  assert.equal(cora.closed.code, 4003);
  await good('kick', room, '--all');
  await until('all are out', 5, () => ada.closed);
  assert.equal(ada.closed.code, 4004, 'it has ended for all');
  await until('the room is gone', 10, async () => (await json('rooms')).rooms.length === 0);
  assert.match(await refused('kick', room, '--all'), /room_not_found/);
});

test('without a server it says so', async () => {
  await daemon.stop();
  daemon = null;
  assert.equal(fs.existsSync(socket), false);
  const { code, err } = await ctl('status');
  assert.equal(code, 3);
  assert.match(err, /nobody listens there/);
});
