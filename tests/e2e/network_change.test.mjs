// SPDX-License-Identifier: GPL-2.0-or-later
// The network of a browser changes during a meeting: its address is taken away and another one
// comes.  He stays who he is; nobody hears that he left, because he did not.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Browser } from './lib/browser.mjs';
import { Daemon } from './lib/daemon.mjs';
import { Namespace } from './lib/netns.mjs';
import { SipLeg } from './lib/sipleg.mjs';
import { toneOf } from './lib/sound.mjs';
import { until } from './lib/util.mjs';
import { RawSocket } from './lib/ws.mjs';

const room = 'moving';
const anna = { id: 5, tone: toneOf(5) };
const HEARD = -45, SILENT = -70; // dB of full scale
const skip = Namespace.missing() ?? false;

// By how many links the browser is connected; media goes by the first, which changes, signalling by the last.
const ways = [
  { name: 'media alone loses its address', links: 2, sockets: 1 },
  { name: 'media and signalling lose their address', links: 1, sockets: 2 },
];

let network, daemon, browser, phone, watcher;

async function begin(way) {
  network = new Namespace(way.links);
  const media = network.links[0], signalling = network.links.at(-1);
  if (signalling !== media) network.blockUdp(signalling);
  daemon = await Daemon.start({ rtc: { addresses: [media.here] } });
  watcher = await RawSocket.connect(daemon.ports.http);
  watcher.json({ t: 'hello', id: 1, d: { room, name: 'Watcher' } });
  await watcher.message(({ t }) => t === 'welcome');
  phone = await new SipLeg({ port: daemon.ports.sip, room, name: 'Phone', tone: toneOf(18) }).join();
  browser = await Browser.join({
    base: `http://${signalling.here}:${daemon.ports.http}`, room, name: 'Anna', namespace: network, ...anna });
}

async function end() {
  await browser?.close();
  await phone?.leave();
  watcher?.close();
  await daemon?.stop();
  network?.remove();
  browser = phone = watcher = daemon = network = null;
}

after(end);

async function tile() {
  const layout = await browser.layout();
  const mine = layout?.tiles.find(({ id, media }) => id === browser.id && media === 'video');
  return mine && { ...mine, canvas: layout.canvas };
}

/** Her own picture went to the server and came back, so many times. */
async function seesMoving(seconds) {
  const values = new Set();
  await until('Anna sees herself moving', seconds, async () => {
    const mine = await tile();
    const [mark] = (mine && await browser.marks([mine], mine.canvas)) ?? [];
    if (mark?.id === anna.id) values.add(mark.value);
    return values.size >= 5;
  });
}

const heard = () => phone.level(anna.tone);
const local = () => browser.page.evaluate(async () => {
  const reports = [...(await e2e.peer().getStats()).values()];
  const { selectedCandidatePairId: id } = reports.find(({ type }) => type === 'transport');
  return { id, peers: e2e.peers.length, sockets: e2e.sockets.length };
});

for (const way of ways) {
  test(`${way.name}: media goes on over another one, muted as it was`, { skip }, async () => {
    await end();
    await begin(way);
    await until('the phone hears Anna', 20, () => heard() > HEARD);
    await browser.button('mic').click();
    await until('the phone hears her no more', 20, () => heard() < SILENT);
    await seesMoving(20);
    const before = await local();
    const seat = await tile();
    watcher.messages.length = 0;
    await browser.page.evaluate(() => { e2e.messages.length = 0; });

    network.cut(network.links[0]);
    await until('the page notices', 20, () => browser.page.evaluate(() => medley.room.state === 'interrupted'));
    network.readdress(network.links[0]);

    await until('the page is connected again', 30, () => browser.page.evaluate(() => medley.room.state === 'connected'));
    await seesMoving(10);
    const now = await local();
    assert.notEqual(now.id, before.id, 'it is another pair of candidates');
    assert.deepEqual([now.peers, now.sockets], [1, way.sockets], 'it is the same connection');
    assert.deepEqual(await tile(), seat, 'she sits where she sat');
    assert.equal(await browser.button('mic').getAttribute('aria-pressed'), 'false');
    assert.ok(heard() < SILENT, 'she is still muted');
  });

  test(`${way.name}: others were not told that she left or came`, { skip }, async () => {
    watcher.json({ t: 'ping', id: 77 });
    await watcher.message(({ re }) => re === 77);
    const moves = watcher.messages.filter(({ t, d }) => t === 'roster' && (d.add?.length || d.del?.length));
    assert.deepEqual(moves, []);
    assert.equal((await daemon.metrics()).get('medley_participants', { kind: 'web' }), 2);
  });

  test(`${way.name}: her voice comes when she unmutes`, { skip }, async () => {
    await browser.button('mic').click();
    await until('the phone hears Anna', 20, () => heard() > HEARD);
  });
}
