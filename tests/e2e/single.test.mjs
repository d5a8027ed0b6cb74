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
