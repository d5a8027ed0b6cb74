// SPDX-License-Identifier: GPL-2.0-or-later
// Picture and sound of people whose connection breaks, who are moved, who wait, who share.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { Browser } from './lib/browser.mjs';
import { Client } from './lib/client.mjs';
import { Daemon } from './lib/daemon.mjs';
import { makeClip, readClip } from './lib/h264.mjs';
import { Proxy } from './lib/proxy.mjs';
import { SipLeg } from './lib/sipleg.mjs';
import { toneOf } from './lib/sound.mjs';
import { SECRET, token } from './lib/token.mjs';
import { pause, until } from './lib/util.mjs';

const ANNA = 1, BERT = 4, SCREEN = 6, PHONES_SCREEN = 12;
const HEARD = -45, SILENT = -65; // dB of full scale; the tones are sent at -20 and louder

let daemon, proxy, folder;
const there = []; // to be closed after each test, the last first

before(async () => {
  daemon = await Daemon.start({ auth: { secret: SECRET } });
  proxy = await Proxy.start(daemon.ports.http);
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'medley-people-'));
});
after(async () => {
  await proxy?.stop();
  await daemon?.stop();
  fs.rmSync(folder, { recursive: true, force: true });
});
afterEach(async () => {
  proxy.heal();
  while (there.length) {
    const one = there.pop();
    await (one instanceof Browser ? one.close() : one.leave());
  }
});

const keep = (one) => { there.push(one); return one; };
const browser = async (name, room, options) => keep(await Browser.join({ base: daemon.url, name, room, codec: 'h264', ...options }));
const phone = async (name, room, k, more = {}) => keep(await new SipLeg({ port: daemon.ports.sip, room, name, tone: k ? toneOf(k) : 0, ...more }).join());
const client = async (d) => keep(await Client.hello(daemon, d));
const host = (room, name = 'Boss') => client({ room, name, token: token(name.toLowerCase(), { room: '*', role: 'host' }) });

/** Different marks of one id that a browser saw in the composite, until there are so many. */
async function seesMarks(seer, id, many = 3, seconds = 20) {
  const values = new Set();
  await until(`the mark ${id} moves`, seconds, async () => {
    const layout = await seer.layout();
    for (const mark of await seer.marks(layout.tiles, layout.canvas) ?? []) if (mark?.id === id) values.add(mark.value);
    return values.size >= many;
  });
}

const hears = (what, leg, k) => until(`${what} hears tone ${k}`, 15, () => leg.level(toneOf(k)) > HEARD);
const silent = (what, leg, k) => until(`${what} does not hear tone ${k}`, 15, () => leg.level(toneOf(k)) < SILENT);

/** Watch the stream at a phone.  @returns a function that says what was lost, and how many packets came */
function count(leg) {
  const { lost, received } = leg.audio, started = performance.now();
  return () => ({ lost: leg.audio.lost - lost, due: Math.floor((performance.now() - started) / 20), received: leg.audio.received - received });
}

/** Nothing was lost, and there was no gap: as many packets as time, but for what the test's own clock is late. */
function unbroken(counted) {
  const { lost, due, received } = counted();
  assert.equal(lost, 0, `lost of ${received}`);
  assert.ok(received > due - 25, `${received} of ${due} packets`);
}

test('a WebSocket that is cut for ten seconds costs no picture, no sound, no seat and no mute', async () => {
  const room = 'cut';
  const anna = await browser('Anna', room, { base: proxy.url, id: ANNA, tone: toneOf(1) });
  const leg = await phone('Phone', room, 9);
  const watcher = await client({ room, name: 'Watcher' });
  await hears('the phone', leg, 1);
  await anna.levels([toneOf(9)]);
  const { id } = anna, before_ = await anna.stats(), counted = count(leg);
  const from = watcher.mark();
  proxy.cut();
  await until('the page says so', 5, async () => await anna.page.locator('#state').getAttribute('data-state') === 'interrupted');
  const end = Date.now() + 10000;
  await anna.button('cam').click(); /* off and on, while nobody hears of it */
  await anna.button('cam').click();
  await seesMarks(anna, ANNA, 5);
  while (Date.now() < end) {
    assert.ok((await anna.levels([toneOf(9)]))[0] > HEARD, 'the phone is heard');
    await pause(500);
  }
  assert.ok(proxy.refused > 1, `it tries again and again: ${proxy.refused}`);
  const { framesDecoded } = await anna.stats();
  assert.ok(framesDecoded > before_.framesDecoded + 100, `${framesDecoded - before_.framesDecoded} pictures`);
  assert.ok(leg.level(toneOf(1)) > HEARD, 'Anna is heard all the time');
  proxy.heal();
  await until('the page is back', 15, async () => await anna.page.locator('#state').getAttribute('data-state') === 'connected');
  const { resumed, you } = await anna.page.evaluate(() => e2e.last.welcome);
  assert.deepEqual([resumed, you.id], [true, id]);
  unbroken(counted);
  assert.equal(await anna.page.evaluate(() => e2e.peers.length), 1, 'with the same peer connection');
  assert.ok(!watcher.messages.slice(from).some(({ t, d }) => t === 'roster' && (d.del?.length || d.add?.length)), 'nobody else noticed');
  await anna.button('mic').click();
  await watcher.sees('its microphone is off', (all) => all.find((one) => one.id === id).audio === false);
  const boss = await host(room);
  proxy.cut();
  await boss.request('participant.set', { id, muted: { video: true } });
  await until('the page says so', 5, async () => await anna.page.locator('#state').getAttribute('data-state') === 'interrupted');
  await anna.button('mic').click(); /* on again, before the server can know */
  proxy.heal();
  await watcher.sees('its microphone is on, its camera stays off', (all) => {
    const one = all.find((p) => p.id === id);
    return one.audio === true && one.video === false;
  }, 15);
  await until('its button says so', 5, async () => await anna.button('cam').getAttribute('aria-pressed') === 'false');
});

test('who was removed meanwhile is told that the connection was lost when it comes back', async () => {
  const anna = await browser('Anna', 'removed', { base: proxy.url, id: ANNA, tone: toneOf(1) });
  const boss = await host('removed');
  proxy.cut();
  await boss.request('participant.remove', { id: anna.id });
  proxy.heal();
  await until('the page has ended', 15, () => anna.page.locator('#ended-text').isVisible());
  assert.match(await anna.page.locator('#ended-text').innerText(), /connection to the server was lost/);
});

test('a browser and a phone that are moved see and hear the new room only, and agree on nothing anew', async () => {
  const [one, two] = ['move-one', 'move-two'];
  const anna = await browser('Anna', one, { id: ANNA, tone: toneOf(1) });
  const moved = await phone('Moved', one, 4);
  const stays = await phone('Stays', one, 9);
  const bert = await browser('Bert', two, { id: BERT, tone: toneOf(18) });
  const boss = await host(one);
  await hears('the phone', moved, 1);
  await hears('the one that stays', stays, 4);
  await seesMarks(anna, ANNA);
  const counted = count(moved), offers = await anna.page.evaluate(() => e2e.peer().localDescription.sdp);
  const ids = Object.fromEntries([...boss.roster.values()].map(({ name, id }) => [name, id]));
  await boss.request('participant.move', { id: ids.Moved, room: two });
  await boss.request('participant.move', { id: ids.Anna, room: two });
  await seesMarks(anna, BERT);
  await seesMarks(bert, ANNA);
  await hears('the moved phone', moved, 18);
  await hears('the moved phone', moved, 1);
  await silent('the moved phone', moved, 9);
  await silent('the one that stays', stays, 4);
  await anna.levels([toneOf(18)]);
  await until('Anna hears Bert and the phone', 10, async () => (await anna.levels([toneOf(18), toneOf(4)])).every((db) => db > HEARD));
  await until('and not the one that stays', 10, async () => (await anna.levels([toneOf(9)]))[0] < SILENT);
  const layout = await anna.layout(), roster = await anna.roster();
  assert.deepEqual(Object.values(roster).map(({ name }) => name).sort(), ['Anna', 'Bert', 'Moved']);
  assert.ok(layout.tiles.every(({ id }) => !id || roster[id]), 'tiles are of the new room');
  assert.equal(await anna.page.evaluate(() => e2e.peer().localDescription.sdp), offers);
  assert.ok(!moved.call.ended);
  const { lost } = counted();
  assert.equal(lost, 0, 'its stream goes on without a gap in the sequence');
});

test('a third one who comes costs the two nothing', async () => {
  const room = 'third';
  const one = await phone('One', room, 1), two = await phone('Two', room, 4);
  await hears('One', one, 4);
  const counts = [count(one), count(two)];
  const anna = await browser('Anna', room, { id: ANNA, tone: toneOf(9) });
  await hears('One', one, 9);
  await hears('Two', two, 9);
  await hears('Two', two, 1);
  await anna.button('leave').click();
  await silent('One', one, 9);
  for (const counted of counts) unbroken(counted);
});

test('a viewer has no tile, and gets one with the role of a guest', async () => {
  const room = 'viewer';
  const anna = await browser('Anna', room, { id: ANNA, tone: toneOf(1) });
  const viewer = await client({ room, name: 'Vera', token: token('vera', { room, role: 'viewer' }) });
  const guest = await client({ room, name: 'Gerd' }), boss = await host(room);
  const has = async (who) => (await anna.layout()).tiles.some(({ id }) => id === who.id);
  await until('the guest has a tile', 10, () => has(guest));
  assert.equal(await has(viewer), false);
  await boss.request('participant.set', { id: viewer.id, role: 'guest' });
  await until('the viewer has a tile', 10, () => has(viewer));
  await boss.request('participant.set', { id: viewer.id, role: 'viewer' });
  await until('the viewer has none', 10, async () => !await has(viewer));
});

test('mute all mutes a phone, and it comes back by its keys', async () => {
  const room = 'mute';
  const one = await phone('One', room, 1, { keys: true }), two = await phone('Two', room, 4);
  const boss = await host(room);
  await hears('Two', two, 1);
  await boss.request('mute.all');
  await silent('Two', two, 1);
  await silent('One', one, 4);
  await boss.sees('both are said to be muted', (all) => all.filter(({ kind, audio }) => kind === 'sip' && !audio).length === 2);
  await one.press('*6');
  await hears('Two', two, 1);
});

test('a phone rings until it is let in', async () => {
  const room = 'lobby', boss = await host(room);
  await boss.request('room.set', { lobby: 'all' });
  const other = await client({ room, name: 'Other', token: token('other', { room, role: 'host' }) });
  const leg = new SipLeg({ port: daemon.ports.sip, room, name: 'Phone', tone: toneOf(4) });
  let answered = false;
  const joined = leg.join().then((result) => { answered = true; return result; });
  const { add: [waits] } = await boss.event('lobby', ({ add }) => add.some(({ kind }) => kind === 'sip'));
  await until('it rings', 5, () => leg.call.provisional?.includes(180));
  assert.equal(answered, false);
  assert.equal(boss.roster.size, 2);
  await boss.request('lobby.admit', { ids: [waits.id] });
  keep(await joined);
  await other.sees('it is in', (all) => all.some(({ id }) => id === waits.id));
  await until('it has sound', 10, () => leg.samples.length > 8000);
});

test('a phone that is not let in gets 403', async () => {
  const room = 'denied', boss = await host(room);
  await boss.request('room.set', { lobby: 'all' });
  const denied = new SipLeg({ port: daemon.ports.sip, room, name: 'Denied' }).join();
  const failed = assert.rejects(denied, /SIP 403/);
  await boss.event('lobby', ({ add }) => add.length);
  await boss.request('lobby.deny', { all: true });
  await failed;
});

test('a phone brings a PIN behind a star', async () => {
  const room = 'pin', boss = await host(room);
  await boss.request('room.set', { pin: '1234' });
  const call = (target) => new SipLeg({ port: daemon.ports.sip, room: target, name: 'Phone', tone: toneOf(4) }).join();
  await assert.rejects(call(room), /SIP 403/);
  await assert.rejects(call(`${room}*4321`), /SIP 403/);
  await assert.rejects(call(`${room}*12x4`), /SIP 404/);
  keep(await call(`${room}*1234`));
  await boss.sees('it is in', (all) => all.some(({ kind }) => kind === 'sip'));
});

test('one screen at a time: taken over by the host, refused to a guest, gone with its owner', async () => {
  const room = 'share';
  makeClip(path.join(folder, 'screen.264'), PHONES_SCREEN);
  const clip = readClip(path.join(folder, 'screen.264'));
  const anna = await browser('Anna', room, { id: ANNA, tone: toneOf(1) }); /* the host */
  const leg = await phone('Phone', room, 0, { video: 'recvonly', content: 'sendonly' });
  leg.play(clip, leg.screen);
  const watcher = await client({ room, name: 'Watcher' });
  const screen = (owner, mark) => until(`the screen of ${owner} is shown`, 20, async () => {
    const layout = await anna.layout(), tile = layout.tiles.find(({ role }) => role === 'content');
    if (tile?.media !== 'content' || watcher.roster.get(tile.id)?.name !== owner) return false;
    return (await anna.marks([tile], layout.canvas))?.[0]?.id === mark;
  });
  await screen('Phone', PHONES_SCREEN);
  const [{ id: phoneId }] = [...watcher.roster.values()].filter(({ name }) => name === 'Phone');
  assert.equal(watcher.now.room.share ?? watcher.welcome.room.share, phoneId);
  await anna.page.evaluate((id) => e2e.share(id), SCREEN);
  await screen('Anna', SCREEN);
  await watcher.event('room', ({ room: now }) => now.share === anna.id);
  await watcher.sees('the phone shares no more', (all) => all.find(({ id }) => id === phoneId).share === false);
  const err = await watcher.ask('share', { on: true });
  assert.equal(err.d.code, 'share_taken');
  await anna.button('leave').click();
  await watcher.event('room', ({ room: now }) => now.share === null);
});
