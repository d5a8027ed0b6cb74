// SPDX-License-Identifier: GPL-2.0-or-later
// The admin page in a browser: the files and their headers come from the daemon, what the API says is played
// (lib/admin_mock.mjs), so that strangers' names and a lost server can be had at will.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AdminMock, person, room } from './lib/admin_mock.mjs';
import { Browser } from './lib/browser.mjs';
import { Daemon } from './lib/daemon.mjs';
import { until } from './lib/util.mjs';

const EVIL = '<img src=x onerror="window.evil=1"><script>window.evil=1</script>';
let daemon, browser, page, mock, errors;

before(async () => {
  daemon = await Daemon.start();
  browser = await Browser.open({ url: 'about:blank', devices: false, viewport: { width: 1280, height: 800 } });
  page = browser.page;
  errors = [];
  page.on('pageerror', (err) => errors.push(err.message));
  page.on('console', (message) => {
    // A refused request is told by the browser itself; that some are refused is what the tests want.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) errors.push(message.text());
  });
  mock = new AdminMock([
    room('daily', [person('pt_ada', 'Ada', { hand: true }), person('pt_evil', EVIL, { seat: EVIL }),
      person('pt_phone', 'Phone', { kind: 'sip', video: false, media: { audio_codec: 'g722', video_codec: '', rtt_ms: 0 } })]),
    room('empty', []),
  ]);
  await mock.serve(page);
});

after(async () => {
  await browser?.close();
  await daemon?.stop();
});

const address = (fragment = '') => `${daemon.url}/admin${fragment}`;
/** Open a view anew. */
async function open(fragment = '') {
  mock.calls = [];
  await page.goto('about:blank');
  await page.goto(address(fragment));
}
const button = (name) => page.getByRole('button', { name, exact: true });
const row = (id) => page.locator(`tr[data-id="${id}"]`);
const shows = (text) => page.getByText(text).first().waitFor({ timeout: 5000 });
const calls = (n) => until(`${n} calls`, 5, () => mock.calls.length >= n && mock.calls);

test('it asks for the token, says when it is wrong and takes the right one', async () => {
  mock.token = 'right-token';
  await open();
  await page.getByLabel('Admin token').fill('wrong');
  await button('Sign in').click();
  await shows('The server does not know this token.');
  await page.getByLabel('Admin token').fill('right-token');
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'Open room daily' }).waitFor();
  assert.ok(!page.url().includes('token'), 'the token is in no address');
  await page.reload();
  await page.getByRole('link', { name: 'Open room daily' }).waitFor();
  await button('Sign out').click();
  await page.reload();
  await page.getByLabel('Admin token').waitFor();
});

test('a token in the fragment signs in and is gone from the address', async () => {
  await open('#token=right-token');
  await page.getByRole('link', { name: 'Open room daily' }).waitFor();
  assert.equal(new URL(page.url()).hash, '');
  mock.token = '';
});

test('the table shows the rooms with live pictures', async () => {
  await open();
  await shows('empty');
  assert.equal(await page.locator('table.rooms tbody tr').count(), 2);
  await page.locator('tr[data-room="daily"] .live[data-shown]').waitFor();
  await page.getByLabel('Find a room').fill('emp');
  assert.equal(await page.locator('table.rooms tbody tr').count(), 1);
});

test('names of strangers are text', async () => {
  mock.layouts.push({ name: EVIL, kind: 'layout', tiles: 3 }, { name: `${EVIL}2`, kind: 'alias', target: 'lecture' });
  mock.rooms[0].layout.banner = EVIL;
  await open('#room/daily');
  await row('pt_evil').waitFor();
  assert.ok((await row('pt_evil').textContent()).includes(EVIL));
  await button(`Mute ${EVIL}`).click();
  await page.getByRole('dialog').getByText(EVIL).first().waitFor();
  await page.keyboard.press('Escape');
  await button('Change layout').click();
  await page.getByRole('button', { name: /onerror/ }).first().waitFor();
  await page.keyboard.press('Escape');
  mock.layouts.length -= 2;
  assert.equal(await page.evaluate(() => window.evil ?? document.querySelectorAll('#page img, #page script, dialog img').length), 0);
});

test('muting and removing ask first', async () => {
  await open('#room/daily');
  await button('Mute Ada').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  assert.deepEqual(mock.calls, []);
  await button('Mute Ada').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Mute' }).click();
  assert.deepEqual((await calls(1))[0], ['PATCH', 'rooms/daily/participants/pt_ada', { muted: { audio: true } }]);
  await shows('Ada is muted.');
  await until('the row shows it', 5, async () => (await button('Mute Ada').getAttribute('aria-disabled')) === 'true');
  await button('Lower the hand of Ada').click();
  assert.deepEqual((await calls(2))[1][2], { hand: false });
  await button('Mute Phone').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Mute' }).click();
  await button('Let Phone be heard again').click();
  assert.deepEqual((await calls(4))[3][2], { muted: { audio: false } });
  await button('Remove Phone').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  assert.deepEqual((await calls(5))[4], ['DELETE', 'rooms/daily/participants/pt_phone', undefined]);
  await row('pt_phone').waitFor({ state: 'detached' });
});

test('a layout is chosen by its picture, the current one is marked, and it goes back', async () => {
  await open('#room/daily');
  await button('Change layout').click();
  await page.locator('.layout[aria-current]', { hasText: 'auto' }).waitFor();
  await page.locator('.layout', { hasText: 'lecture' }).click();
  assert.deepEqual((await calls(1))[0], ['PUT', 'rooms/daily/layout', { layout: 'lecture' }]);
  await shows('Layout lecture is in force.');
  await shows('chosen here');
  await button('As configured').click();
  assert.deepEqual((await calls(2))[1][2], { layout: null });
});

test('spotlight, seat, banner, overlays and marks are set', async () => {
  await open('#room/daily');
  await button('Spotlight on Ada').click();
  assert.deepEqual((await calls(1))[0][2], { spotlight: ['pt_ada'] });
  await page.getByLabel('Seat of Ada').selectOption('interpreter');
  assert.deepEqual((await calls(2))[1], ['PATCH', 'rooms/daily/participants/pt_ada', { seat: 'interpreter' }]);
  await page.getByRole('textbox', { name: 'Banner' }).fill('Hello');
  await page.keyboard.press('Enter');
  assert.deepEqual((await calls(3))[2][2], { banner: 'Hello' });
  await page.getByRole('switch', { name: 'Names' }).click();
  assert.deepEqual((await calls(4))[3][2], { overlays: { names: false } });
  await page.getByRole('switch', { name: 'REC mark' }).click();
  assert.deepEqual((await calls(5))[4][2], { marks: ['rec'] });
});

test('what one types and where one is survives the next polls', async () => {
  await open('#room/daily');
  await shows('Ada');
  await page.getByRole('textbox', { name: 'Banner' }).fill('half a sent');
  mock.rooms[0].layout.banner = 'of somebody else';
  mock.rooms[0].people.unshift(person('pt_new', 'New'));
  await row('pt_new').waitFor();
  assert.equal(await page.getByRole('textbox', { name: 'Banner' }).inputValue(), 'half a sent');
  await button('Spotlight on New').focus();
  mock.rooms[0].people.pop();
  await until('somebody left', 5, async () => (await page.locator('table.people tbody tr').count()) === mock.rooms[0].people.length);
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute('aria-label')), 'Spotlight on New');
});

test('a refusal is told in words, and a switch goes back', async () => {
  await open('#room/daily');
  await shows('Ada');
  const answer = mock.answer.bind(mock);
  mock.answer = (method, ...rest) => (method === 'PUT'
    ? { status: 503, json: { title: 'Busy', status: 503, code: 'busy' } } : answer(method, ...rest));
  const logo = page.getByRole('switch', { name: 'Logo' });
  await logo.click();
  await shows('The server is busy.');
  assert.equal(await logo.isChecked(), false);
  mock.answer = answer;
});

test('a reload shows changed keys with their class, or errors with their place', async () => {
  mock.reload = { ok: true, errors: [], changed: [{ key: 'http.port', class: 'restart' }], layouts_changed: true };
  await open('#server');
  await button('Reload').click();
  await page.getByRole('row', { name: 'http.port after a restart' }).waitFor();
  mock.reload = { ok: false, errors: [`layouts.d/a.yaml:12:7: unknown role ${EVIL}`], changed: [], layouts_changed: false };
  await button('Check').click();
  await page.getByRole('cell', { name: 'layouts.d/a.yaml:12:7' }).waitFor();
  await shows('nothing has changed');
  assert.deepEqual(mock.calls.map(([, path]) => path), ['config/reload', 'config/check']);
});

test('a layout file of this computer is checked, and what is wrong is shown with its place', async () => {
  await open('#server');
  const file = (text) => page.getByLabel('Check a layout file')
    .setInputFiles({ name: `${EVIL}.yaml`, mimeType: 'application/yaml', buffer: Buffer.from(text) });
  await file('layouts: {}');
  await shows('is right.');
  assert.deepEqual(mock.calls[0], ['POST', 'layouts/check', 'layouts: {}']);
  mock.fileCheck = { ok: false, errors: [`${EVIL}.yaml:1:10: no layouts`] };
  await file('layouts: []');
  await page.getByRole('cell', { name: 'no layouts' }).waitFor();
  assert.equal(await page.evaluate(() => window.evil ?? document.querySelectorAll('#page img').length), 0);
});

test('the server can be drained and its log level set', async () => {
  await open('#server');
  await page.getByRole('switch', { name: /Let nobody new in/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Let nobody in' }).click();
  assert.deepEqual((await calls(1))[0], ['POST', 'node/drain', { on: true }]);
  await page.locator('#draining').waitFor();
  assert.equal(await page.getByLabel(/Log level/).inputValue(), 'info');
  await page.getByLabel(/Log level/).selectOption('debug');
  assert.deepEqual((await calls(2))[1], ['PUT', 'node/log', { level: 'debug' }]);
  mock.draining = false;
});

test('a server that is lost is shown, and found again', async () => {
  await open('#room/daily');
  await shows('Ada');
  mock.down = true;
  await page.locator('#lost').waitFor();
  assert.ok(await row('pt_ada').isVisible(), 'what was known stays');
  mock.down = false;
  await page.locator('#lost').waitFor({ state: 'hidden', timeout: 10000 });
  await open('#room/nowhere');
  await shows('This room is closed');
});

test('nothing is wider than a phone', async () => {
  await page.setViewportSize({ width: 360, height: 740 });
  for (const view of ['#rooms', '#room/daily', '#server']) {
    await open(view);
    await page.locator('.view').waitFor();
    await until(`${view} fits`, 5, () => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  }
});

test('no script has failed, and the content security policy was never in the way', () => {
  assert.deepEqual(errors, []);
});
