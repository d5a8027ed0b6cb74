// SPDX-License-Identifier: GPL-2.0-or-later
// Calls with pictures and voices: two pages that use the SDK, and baresip as the phone of a third user.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Baresip } from './lib/baresip.mjs';
import { Browser } from './lib/browser.mjs';
import { Daemon } from './lib/daemon.mjs';
import { toneOf } from './lib/sound.mjs';
import { SECRET, userToken } from './lib/token.mjs';
import { addUsers } from './lib/user.mjs';
import { until } from './lib/util.mjs';

const people = {
  Anna: { id: 1, tone: toneOf(1) },
  Bert: { id: 4, tone: toneOf(4) },
  Carl: { id: 9, tone: toneOf(9) },
};
const HEARD = -45; // dB of full scale; the tones are sent at -20 and louder
const OWN_BELOW = 40; // dB
const password = 'sesame';
const id = (name) => `us_${name.toLowerCase()}`;

let daemon, anna, bert, carl;

/** A page that has signed in. */
async function signIn(name) {
  const browser = await Browser.open({ url: daemon.url, name, ...people[name] });
  await browser.page.evaluate(async ([token, called]) => {
    const { MedleyRoom } = await import('/medley.js');
    const me = window.me = new MedleyRoom();
    const video = document.body.appendChild(document.createElement('video'));
    video.muted = video.autoplay = true;
    me.calls = [];
    me.on('call', (d) => me.calls.push(d));
    me.on('stream', (stream) => { video.srcObject = stream; e2e.analyser = undefined; });
    await me.signIn(token, { name: called });
  }, [userToken(id(name), { name }), name]);
  return browser;
}

const say = (browser, what, ...args) => browser.page.evaluate(([method, rest]) => me[method](...rest), [what, args]);

/** News of a call at a page. */
const hears = (browser, what, test_) => until(`${browser.options.name}: ${what}`, 15, async () =>
  (await browser.page.evaluate(() => me.calls)).find(test_));
const incoming = (browser, from) => hears(browser, 'it rings', (d) => d.state === 'incoming' && d.from.id === from);
const state = (browser, wanted) => until(`${browser.options.name} is ${wanted}`, 20, async () =>
  await browser.page.evaluate(() => me.state) === wanted)
  .catch(async (err) => { err.message += `: ${await browser.page.evaluate(() => JSON.stringify([me.state, me.reason, me.calls.at(-1)]))}`; throw err; });

before(async () => {
  daemon = await Daemon.start({ auth: { secret: SECRET }, calls: { ring_timeout: '20s' } });
  await addUsers(daemon, Object.keys(people).map((name) => ({ id: id(name), login: name.toLowerCase(), name, password })));
  anna = await signIn('Anna');
  bert = await signIn('Bert');
  carl = await Baresip.register({ port: daemon.ports.sip, name: 'carl', password, tone: people.Carl.tone, mark: people.Carl.id });
});

after(async () => {
  for (const one of [anna, bert]) await one?.close();
  await carl?.stop();
  await daemon?.stop();
});

async function tiles(seer, names) {
  const { layout, roster } = await seer.page.evaluate(() => ({ layout: me.layout, roster: [...me.roster.values()] }));
  return layout && names.map((name) => {
    const who = roster.find((one) => one.name === name);
    const tile = layout.tiles.find((one) => one.id && one.id === who?.id);
    return tile && { ...tile, canvas: layout.canvas };
  });
}

/** Does a page see the moving mark of each name in its tile? */
async function sees(seer, names) {
  const values = new Map(names.map((name) => [name, new Set()]));
  await until(`${seer.options.name} sees ${names}`, 30, async () => {
    for (const [i, tile] of (await tiles(seer, names) ?? []).entries()) {
      if (tile?.media !== 'video') continue;
      const [mark] = await seer.marks([tile], tile.canvas) ?? [];
      if (mark?.id === people[names[i]].id) values.get(names[i]).add(mark.value);
    }
    return names.every((name) => values.get(name).size >= 3);
  });
}

/** The others' tones are there, his own is far below. */
async function hearsTones(name, others, levels) {
  let heard;
  await until(`${name} hears ${others} and not himself`, 20, async () => {
    heard = await levels([...others, name].map((one) => people[one].tone));
    const weakest = Math.min(...heard.slice(0, -1));
    return weakest > HEARD && heard.at(-1) < weakest - OWN_BELOW;
  }).catch((err) => { err.message += ` levels ${heard?.map(Math.round)} dB of ${others}, himself`; throw err; });
}

const pageHears = (browser, ...others) => hearsTones(browser.options.name, others, (tones) => browser.levels(tones));
const carlHears = (...others) => hearsTones('Carl', others, (tones) => tones.map((hz) => carl.level(hz)));

/** Audio packets that a page has got, and has not. */
const audio = (browser) => browser.page.evaluate(async () => {
  const [report] = [...(await me.pc.getStats()).values()].filter(({ type, kind }) => type === 'inbound-rtp' && kind === 'audio');
  return { received: report.packetsReceived, lost: report.packetsLost };
});

/** Nobody is in a call any more. */
async function quiet(...browsers) {
  for (const one of browsers) await state(one, 'signed_in');
  await until('the room is gone', 10, async () => (await daemon.metrics()).get('medley_participants') === 0);
}

let call;

test('a page calls another one: they see and hear each other, in tiles of one size', async () => {
  ({ call } = await say(anna, 'call', id('Bert')));
  await incoming(bert, id('Anna'));
  await say(bert, 'answer', call);
  for (const one of [anna, bert]) await state(one, 'connected');
  await Promise.all([sees(anna, ['Anna', 'Bert']), sees(bert, ['Anna', 'Bert'])]);
  await pageHears(anna, 'Bert');
  await pageHears(bert, 'Anna');
  const [mine, his] = await tiles(anna, ['Anna', 'Bert']);
  assert.deepEqual([mine.w, mine.h], [his.w, his.h]);
});

test('a phone is added to their call, and the two lose no audio packet', async () => {
  const two = [anna, bert], was = await Promise.all(two.map(audio));
  const { call: more, room } = await say(anna, 'call', id('Carl'));
  assert.equal(room, await anna.page.evaluate(() => me.room.name));
  await hears(anna, 'Carl answers', (d) => d.call === more && d.leg?.state === 'accepted');
  await sees(bert, ['Anna', 'Bert', 'Carl']);
  await pageHears(anna, 'Bert', 'Carl');
  await pageHears(bert, 'Anna', 'Carl');
  await carlHears('Anna', 'Bert');
  const is = await Promise.all(two.map(audio));
  is.forEach((one, i) => {
    assert.ok(one.received > was[i].received + 50, 'sound goes on');
    assert.equal(one.lost, was[i].lost, `${two[i].options.name} lost no packet`);
  });
  await carl.command('hangup');
  await until('Carl is gone', 10, async () => (await daemon.metrics()).get('medley_participants') === 2);
  await pageHears(anna, 'Bert');
});

test('one hangs up: both are out of the room, and signed in still', async () => {
  await say(bert, 'hangup', call);
  await quiet(anna, bert);
});

test('a call of voices alone has no pictures', async () => {
  ({ call } = await say(bert, 'call', id('Anna'), 'audio'));
  const { kind } = await incoming(anna, id('Bert'));
  assert.equal(kind, 'audio');
  await say(anna, 'answer', call);
  await Promise.all([anna, bert].map((one) => state(one, 'connected')));
  await pageHears(anna, 'Bert');
  assert.ok((await bert.page.evaluate(() => [...me.roster.values()])).every(({ video }) => !video));
  await say(anna, 'hangup', call);
  await quiet(anna, bert);
});

test('a page calls the phone of a user, which answers', async () => {
  ({ call } = await say(anna, 'call', id('Carl')));
  await state(anna, 'connected');
  await sees(anna, ['Anna', 'Carl']);
  await until('Carl decodes it', 15, () => carl.sees);
  await pageHears(anna, 'Carl');
  await carlHears('Anna');
  const [mine, his] = await tiles(anna, ['Anna', 'Carl']);
  assert.deepEqual([mine.w, mine.h], [his.w, his.h]);
  await say(anna, 'hangup', call);
  await quiet(anna);
});

test('the phone calls the page, which answers', async () => {
  await carl.command('dial', `sip:bert@127.0.0.1:${daemon.ports.sip}`);
  ({ call } = await incoming(bert, id('Carl')));
  await say(bert, 'answer', call);
  await state(bert, 'connected');
  await sees(bert, ['Bert', 'Carl']);
  await pageHears(bert, 'Carl');
  await carlHears('Bert');
  await carl.command('hangup');
  await quiet(bert);
});

test('a page declines', async () => {
  ({ call } = await say(anna, 'call', id('Bert')));
  await hears(bert, 'it rings', (d) => d.state === 'incoming' && d.call === call);
  await say(bert, 'decline', call, 'later');
  const { leg } = await hears(anna, 'he declined', (d) => d.call === call && d.leg?.state === 'declined');
  assert.equal(leg.reason, 'later');
  assert.equal(await anna.page.evaluate(() => me.state), 'signed_in');
});
