// SPDX-License-Identifier: GPL-2.0-or-later
// A browser behind a firewall that drops UDP gets in through coturn over TCP, with the credentials
// of the welcome and with no others.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';
import { Browser } from './lib/browser.mjs';
import { Coturn } from './lib/coturn.mjs';
import { Daemon } from './lib/daemon.mjs';
import { Namespace } from './lib/netns.mjs';
import { SipLeg } from './lib/sipleg.mjs';
import { toneOf } from './lib/sound.mjs';
import { until } from './lib/util.mjs';

const room = 'turn';
const secret = 'a secret that coturn and medleyd share';
const anna = { id: 3, tone: toneOf(3) };
const HEARD = -45; // dB of full scale
const skip = Namespace.missing() ?? false;

let network, coturn, daemon, base, uri, browser, phone;

before(async () => {
  if (skip) return;
  network = new Namespace();
  network.blockUdp();
  const [{ here }] = network.links;
  coturn = await Coturn.start({ address: here, secret });
  uri = `turn:${here}:${coturn.port}?transport=tcp`;
  daemon = await Daemon.start({ rtc: { addresses: [here] }, turn: { uris: [uri], secret, ttl: '1h' } });
  base = `http://${here}:${daemon.ports.http}`;
});

after(async () => {
  await browser?.close();
  await phone?.leave();
  await daemon?.stop();
  await coturn?.stop();
  network?.remove();
});

test('the welcome has credentials that end in time', { skip }, async () => {
  phone = await new SipLeg({ port: daemon.ports.sip, room, name: 'Phone' }).join();
  browser = await Browser.join({ base, room, name: 'Anna', namespace: network, ...anna });
  const { ice_servers: servers } = await browser.page.evaluate(() => e2e.last.welcome);
  assert.equal(servers.length, 1);
  const [{ urls, username, credential }] = servers;
  assert.deepEqual(urls, [uri]);
  const left = Number(username.split(':')[0]) - Date.now() / 1000;
  assert.ok(left > 3000 && left <= 3601, `ends in ${left} s`);
  assert.equal(credential, createHmac('sha1', secret).update(username).digest('base64'));
});

test('the composite comes through the relay over TCP', { skip }, async () => {
  const values = new Set();
  await until('the mark moves in the tile', 30, async () => {
    const layout = await browser.layout();
    const tile = layout?.tiles.find(({ media }) => media === 'video');
    const [mark] = (tile && await browser.marks([tile], layout.canvas)) ?? [];
    if (mark?.id === anna.id) values.add(mark.value);
    return values.size >= 5;
  });
  const local = await browser.page.evaluate(async () => {
    const reports = [...(await e2e.peer().getStats()).values()];
    const { selectedCandidatePairId: id } = reports.find(({ type }) => type === 'transport');
    const pair = reports.find((one) => one.id === id);
    return reports.find((one) => one.id === pair.localCandidateId);
  });
  assert.equal(local.candidateType, 'relay');
  assert.equal(local.relayProtocol, 'tcp');
});

test('the voice goes out through it', { skip }, () =>
  until('the phone hears the tone', 20, () => phone.level(anna.tone) > HEARD));

/** As coturn's users are, but made here. */
function credentials(username, key) {
  return { urls: [uri], username, credential: createHmac('sha1', key).update(username).digest('base64') };
}

test('nothing gets through without credentials, with forged or with expired ones', { skip }, async () => {
  const now = Math.floor(Date.now() / 1000);
  const cases = {
    none: [],
    forged: [credentials(`${now + 3600}:us_forged`, 'another secret')],
    expired: [credentials(`${now - 60}:us_expired`, secret)],
  };
  const context = browser.page.context();
  const pages = await Promise.all(Object.entries(cases).map(async ([name, iceServers]) => {
    const page = await context.newPage();
    await page.addInitScript((servers) => {
      const Peer = window.RTCPeerConnection;
      window.RTCPeerConnection = class extends Peer {
        constructor(config) {
          super({ ...config, iceServers: servers });
          this.found = [];
          this.addEventListener('icecandidate', ({ candidate }) => candidate && this.found.push(candidate.type));
        }
      };
    }, iceServers);
    await page.goto(`${base}/?${new URLSearchParams({ room, name, autojoin: '1', audio: '0', video: '0' })}`);
    return { name, page };
  }));
  for (const { name, page } of pages) {
    const end = await until(`${name}: the page gives up`, 40, () => page.evaluate(() =>
      window.medley?.room?.state === 'ended' && { ...medley.room.reason, found: medley.pc.found }));
    assert.equal(end.reason, 'media', name);
    assert.ok(!end.found.includes('relay'), `${name}: found ${end.found}`);
    await page.close();
  }
  for (const who of ['us_forged', 'us_expired']) assert.match(coturn.log, new RegExp(who), 'coturn was asked');
});

test('the shared secret is in no log', { skip }, () => {
  assert.ok(!coturn.log.includes(secret));
  assert.ok(!daemon.log.includes(secret));
});
