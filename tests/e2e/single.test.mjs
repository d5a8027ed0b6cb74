// SPDX-License-Identifier: GPL-2.0-or-later
// One browser alone, by clicking: the form, the composite, the buttons, leaving; and one without any device.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Browser } from './lib/browser.mjs';
import { Daemon } from './lib/daemon.mjs';
import { until } from './lib/util.mjs';
import { RawSocket } from './lib/ws.mjs';

let daemon, page;

before(async () => { daemon = await Daemon.start(); });

after(async () => {
  await page?.close();
  await daemon?.stop();
});

const people = async (labels) => (await daemon.metrics()).get('medley_participants', labels);
const fill = async (browser, name, text) => {
  const box = browser.page.getByRole('textbox', { name }).first();
  if (await box.isVisible()) await box.fill(text);
};

test('the page asks for a name and joins', async () => {
  page = await Browser.open({ url: `${daemon.url}/r/single`, id: 2, tone: 600 });
  page.options.name = 'Clara';
  await fill(page, /name/i, 'Clara');
  await page.button('join-button').click();
  await page.joined();
  assert.equal(await people({ kind: 'web' }), 1);
});

test('the composite shows the own picture where the layout says', async () => {
  const values = new Set();
  await until('the mark moves in the tile', 20, async () => {
    const layout = await page.layout();
    const tile = layout?.tiles.find(({ media }) => media === 'video');
    const [mark] = (tile && await page.marks([tile], layout.canvas)) ?? [];
    if (mark?.id === 2) values.add(mark.value);
    return values.size >= 5;
  });
});

test('alone in a room, one does not hear oneself', async () => {
  await page.levels([600]);
  await until('there is sound, and it is quiet', 5, async () => (await page.levels([600]))[0] < -70);
});

for (const [what, button, field] of [['microphone', 'mic', 'audio'], ['camera', 'cam', 'video']]) {
  test(`the ${what} button says whether it is on, and others are told`, async () => {
    const watcher = await RawSocket.connect(daemon.ports.http);
    try {
      watcher.json({ t: 'hello', id: 1, d: { room: 'single', name: 'Watcher' } });
      const { d: { roster } } = await watcher.message(({ t }) => t === 'welcome');
      const clara = roster.find(({ name }) => name === 'Clara');
      assert.equal(clara[field], true, 'it is on at first');
      const was = await page.button(button).getAttribute('aria-pressed');
      assert.match(was ?? '', /^(true|false)$/);
      for (const on of [false, true]) {
        watcher.messages.length = 0;
        await page.button(button).click();
        await until('the button changes', 3, async () =>
          (await page.button(button).getAttribute('aria-pressed')) === (on ? was : String(was === 'false')));
        await watcher.message(({ t, d }) => t === 'roster' && d.upd?.some((one) => one.id === clara.id && one[field] === on));
      }
    } finally {
      watcher.close();
    }
  });
}

// From here on the test says where the tiles are, not the server: the page is under test, not the room.
const EPOCH = 1 << 30;
const hear = (t, d) => page.page.evaluate(([type, data, epoch]) => {
  const { room } = medley;
  const { onEvent } = Object.getPrototypeOf(room);
  room.onEvent = (what, said) => { if (what !== 'layout' || said.epoch === epoch) onEvent.call(room, what, said); };
  room.onEvent(type, data);
}, [t, d, EPOCH]);
const tiles = () => page.page.evaluate(() => [...document.querySelectorAll('.tile')].map((tile) =>
  ({ label: tile.getAttribute('aria-label'), drawn: tile.dataset.name })));
const layoutOf = (more) => ({ epoch: EPOCH, canvas: [1280, 720], rtp: { ts: 0 }, ...more });

test('names that are in the picture are not drawn over it again, but said', async () => {
  const mine = { id: page.id, x: 0, y: 0, w: 640, h: 720, media: 'video' };
  await hear('layout', layoutOf({ tiles: [mine], burned: ['name', 'mic'] }));
  await until('the label is gone', 5, async () => (await tiles())[0]?.drawn === '');
  assert.match((await tiles())[0].label, /^Clara/);
  await hear('layout', layoutOf({ tiles: [mine], burned: ['mic'] }));
  await until('the label is back', 5, async () => (await tiles())[0]?.drawn === 'Clara');
});

test('a screen is labelled as one, and the tile of those left over is no button', async () => {
  const half = { y: 0, w: 400, h: 720 };
  await hear('layout', layoutOf({ overflow: 7, tiles: [
    { ...half, id: page.id, x: 0, media: 'content', role: 'content' },
    { ...half, id: page.id, x: 400, media: 'video', role: 'any' },
    { ...half, x: 800, media: 'more' }] }));
  await until('the labels come', 5, async () => (await tiles()).length === 2);
  const [screen, camera] = await tiles();
  assert.match(screen.label, /^Clara's screen\. /);
  assert.match(camera.label, /^Clara[,.]/);
  assert.match(await page.page.locator('#tiles').getAttribute('aria-label'), /7 more/);
  await page.page.locator('.tile').first().click();
  assert.deepEqual(await page.page.locator('.tile').evaluateAll((all) => all.map((one) => one.ariaPressed)),
    ['true', 'false'], 'only the screen is zoomed, not the camera of the same person');
  await page.page.keyboard.press('Escape');
});

test('being muted by a moderator turns the microphone off and says who did it', async () => {
  await hear('muted', { by: null, audio: true, video: false });
  await page.page.getByText('A moderator muted you.').first().waitFor();
  await until('the microphone is off', 5, async () => (await page.button('mic').getAttribute('aria-pressed')) === 'false');
});

test('what was off before is not told as muted by a moderator', async () => {
  await page.page.locator('.notice').evaluateAll((all) => all.forEach((one) => one.click()));
  await hear('muted', { by: null, audio: true, video: true });
  await page.page.getByText('A moderator switched your camera off.').first().waitFor();
  assert.equal(await page.page.locator('.notice', { hasText: 'muted you' }).count(), 0);
});

test('a raised hand shows on the button and in the list of people', async () => {
  for (const up of [true, false]) {
    await page.button('hand').click();
    await until(`the server has told that the hand is ${up ? 'up' : 'down'}`, 5, async () =>
      (await page.roster())[page.id].hand === up);
    await until('button and list say so', 5, async () =>
      (await page.button('hand').getAttribute('aria-pressed')) === String(up)
      && (await page.page.locator('.mark.hand').count()) === Number(up));
  }
});

test('leaving leaves', async () => {
  await page.button('leave').click();
  await until('nobody is left', 5, async () => (await people()) === 0);
  assert.deepEqual(page.log.filter((line) => line.startsWith('error: ')), [], 'no script failed');
  await page.close();
  page = null;
});

test('a browser without camera and microphone joins and watches', async () => {
  page = await Browser.join({ base: daemon.url, room: 'single', name: 'Dora', devices: false });
  const me = Object.values(await page.roster()).find(({ name }) => name === 'Dora');
  assert.deepEqual({ audio: me.audio, video: me.video }, { audio: false, video: false });
  const first = (await page.stats()).framesDecoded;
  assert.ok(first > 0, 'it decodes the composite');
});

test('a name that is not one and a room that is not one are refused in words', async () => {
  const before = await people({ kind: 'web' });
  const other = await Browser.open({ url: `${daemon.url}/?room=${encodeURIComponent('no/../room')}&name=X&autojoin=1` });
  try {
    await until('the page says what is wrong', 10, () => other.page.evaluate(() =>
      [...document.querySelectorAll('[role=alert], .field-error')].some((one) => one.checkVisibility() && one.textContent.trim())));
    assert.equal(await people({ kind: 'web' }), before, 'he is in no room');
  } finally {
    await other.close();
  }
});
