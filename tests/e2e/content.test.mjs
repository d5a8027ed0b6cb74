// SPDX-License-Identifier: GPL-2.0-or-later
// Screens: a phone's second video line (a=content:slides), a browser's second video line.  For as
// long as one is shared the room has a layout with a seat for it, and everybody is told.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Browser } from './lib/browser.mjs';
import { Daemon } from './lib/daemon.mjs';
import { makeClip, readClip } from './lib/h264.mjs';
import { readMark } from './lib/mark.mjs';
import { SipLeg } from './lib/sipleg.mjs';
import { toneOf } from './lib/sound.mjs';
import { until } from './lib/util.mjs';

const room = 'content';
const PHONES_SCREEN = 12, BROWSERS_SCREEN = 6, ANNA = 1, BERT = 4;

let folder, daemon, anna, bert, phone, clip;

before(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'medley-content-'));
  makeClip(path.join(folder, 'screen.264'), PHONES_SCREEN);
  clip = readClip(path.join(folder, 'screen.264'));
  daemon = await Daemon.start();
  anna = await Browser.join({ base: daemon.url, room, name: 'Anna', codec: 'h264', id: ANNA, tone: toneOf(1) });
  bert = await Browser.join({ base: daemon.url, room, name: 'Bert', codec: 'h264', id: BERT, tone: toneOf(4) });
});

after(async () => {
  for (const one of [anna, bert]) await one?.close();
  await phone?.leave();
  await daemon?.stop();
  fs.rmSync(folder, { recursive: true, force: true });
});

const join = async () => {
  phone = await new SipLeg({ port: daemon.ports.sip, room, name: 'Phone', video: 'recvonly', content: 'sendonly' }).join();
  phone.play(clip, phone.screen);
};

const person = async (name) => Object.values(await anna.roster()).find((one) => one.name === name);

/** What a browser sees in the tile of the screen, once that is there and moves. */
async function showsScreen(owner, mark) {
  const values = new Set();
  let layout;
  await until(`the screen of ${owner} is shown`, 20, async () => {
    layout = await anna.layout();
    const tile = layout.tiles.find(({ role }) => role === 'content');
    if (tile?.media !== 'content') return false;
    const [seen] = await anna.marks([tile], layout.canvas) ?? [];
    if (seen?.id === mark) values.add(seen.value);
    return values.size >= 3;
  }).catch((err) => { err.message += `\n${JSON.stringify(layout)}`; throw err; });
  assert.match(layout.name, /^content/, 'of the content branch');
  assert.equal(layout.chosen, 'auto');
  assert.equal(layout.tiles.find(({ role }) => role === 'content').id, (await person(owner)).id);
  await until('the roster says so', 5, async () => (await person(owner)).share === true);
  return layout;
}

/** The people are beside it, where they are said to be. */
async function showsPeople() {
  const found = new Set();
  await until('Anna and Bert are seen', 20, async () => {
    const layout = await anna.layout(), tiles = layout.tiles.filter(({ media }) => media === 'video');
    for (const mark of await anna.marks(tiles, layout.canvas) ?? []) if (mark) found.add(mark.id);
    return found.has(ANNA) && found.has(BERT);
  });
}

async function returns(to) {
  await until(`the layout is ${to} again`, 10, async () => (await anna.layout()).name === to);
  const { tiles } = await anna.layout();
  assert.ok(!tiles.some(({ role, media }) => role === 'content' || media === 'content'));
  await showsPeople();
}

const notSharing = (name) => until(`${name} is not said to share`, 5, async () => (await person(name))?.share === false);

test('a phone shares by its second video line', async () => {
  await returns('2x1');
  await join();
  await showsScreen('Phone', PHONES_SCREEN);
  await showsPeople();
  assert.match(phone.answer, /a=content:slides/);
  await until('the phone sees its screen in the composite', 20, async () => {
    const layout = await anna.layout(), tile = layout.tiles.find(({ role }) => role === 'content');
    return (await phone.frames(5)).some(({ luma }) => readMark(luma, tile.x, tile.y, tile.w, tile.h)?.id === PHONES_SCREEN);
  });
});

for (const off of ['inactive', 'recvonly', 'off']) {
  test(`the layout returns when a new offer turns the line ${off}, and comes back`, async () => {
    await phone.share(off);
    await returns('2x2');
    await notSharing('Phone');
    await phone.share('sendonly');
    await showsScreen('Phone', PHONES_SCREEN);
  });
}

test('the layout returns when the phone leaves', async () => {
  await phone.leave();
  phone = undefined;
  await returns('2x1');
});

test('a browser shares by its second video line', async () => {
  await bert.page.evaluate((id) => e2e.share(id), BROWSERS_SCREEN);
  await showsScreen('Bert', BROWSERS_SCREEN);
  await showsPeople();
});

test('who comes while a screen is shared finds it', async () => {
  phone = await new SipLeg({ port: daemon.ports.sip, room, name: 'Phone', video: 'recvonly' }).join();
  await showsScreen('Bert', BROWSERS_SCREEN);
  await until('the phone sees it', 20, async () => {
    const layout = await anna.layout(), tile = layout.tiles.find(({ role }) => role === 'content');
    return (await phone.frames(5)).some(({ luma }) => readMark(luma, tile.x, tile.y, tile.w, tile.h)?.id === BROWSERS_SCREEN);
  });
  await phone.leave();
  phone = undefined;
});

test('the layout returns when the browser ends it, and comes back', async () => {
  await bert.page.evaluate(() => e2e.share(null));
  await returns('2x1');
  await notSharing('Bert');
  await bert.page.evaluate((id) => e2e.share(id), BROWSERS_SCREEN);
  await showsScreen('Bert', BROWSERS_SCREEN);
});

test('the layout returns when the browser leaves', async () => {
  await bert.button('leave').click();
  await until('Anna is alone', 10, async () => (await anna.layout()).name === '1x1');
});
