// SPDX-License-Identifier: GPL-2.0-or-later
// The admin page and the real API: what is clicked there happens in the room.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Browser } from './lib/browser.mjs';
import { Daemon } from './lib/daemon.mjs';
import { SipLeg } from './lib/sipleg.mjs';
import { until } from './lib/util.mjs';
import { RawSocket } from './lib/ws.mjs';

const EVIL = '<img src=x onerror=evil()>';
let daemon, browser, page, phone, evil;
const errors = [];

async function join(name) {
  const socket = await RawSocket.connect(daemon.ports.http);
  socket.json({ t: 'hello', id: 1, d: { room: 'live', name } });
  return socket;
}

before(async () => {
  daemon = await Daemon.start();
  phone = await new SipLeg({ port: daemon.ports.sip, room: 'live', name: 'Phone', video: 'recvonly' }).join();
  evil = await join(EVIL);
  await evil.message(({ t }) => t === 'welcome');
  browser = await Browser.open({ url: 'about:blank', devices: false, viewport: { width: 1280, height: 800 } });
  page = browser.page;
  page.on('pageerror', (err) => errors.push(err.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) errors.push(message.text());
  });
});

after(async () => {
  evil?.close();
  await phone?.leave();
  await browser?.close();
  await daemon?.stop();
});

const api = async (what) => (await fetch(`http://127.0.0.1:${daemon.ports.admin}/api/v1${what}`)).json();
const looks = (check) => until('the room looks so', 5, async () => check(await api('/rooms/live/layout')));
const button = (name) => page.getByRole('button', { name, exact: true });
const shows = (text) => page.getByText(text).first().waitFor({ timeout: 8000 });
const confirm = (name) => page.getByRole('dialog').getByRole('button', { name, exact: true }).click();

test('on the public port the token of the data folder lets in, and no other', async () => {
  await page.goto(`${daemon.url}/admin#token=wrong`);
  await shows('The server does not know this token.');
  const token = fs.readFileSync(path.join(daemon.folder, 'data', 'admin.token'), 'utf8').trim();
  await page.getByLabel('Admin token').fill(token);
  await button('Sign in').click();
  await page.getByRole('link', { name: 'Open room live' }).waitFor();
});

test('the admin port asks for none, and shows the room with its picture', async () => {
  await page.goto(`http://127.0.0.1:${daemon.ports.admin}/admin`);
  await page.getByRole('link', { name: 'Open room live' }).click();
  await page.locator('.live[data-shown]').first().waitFor({ timeout: 10000 });
  const size = await page.locator('.room .live canvas').first().evaluate(({ width, height }) => [width, height]);
  assert.ok(size[0] > 320 && Math.abs(size[0] / size[1] - 16 / 9) < 0.02, `the composite is ${size}`);
});

test('people are shown with their media, names as text', async () => {
  const row = page.locator('table.people tbody tr', { has: page.getByText('Phone', { exact: true }) });
  await until('the figures of the phone', 10, async () => /kbit\/s/.test(await row.textContent()));
  assert.match(await row.textContent(), /pcmu/i);
  await page.locator('table.people tbody tr', { hasText: EVIL }).waitFor();
  assert.equal(await page.evaluate(() => document.querySelectorAll('#page img').length), 0);
});

test('all layouts have previews; the one that is clicked is in force', async () => {
  await button('Change layout').click();
  await page.locator('.layout .live[data-shown]').first().waitFor({ timeout: 10000 });
  const { layouts } = await api('/layouts');
  const { name } = layouts.find(({ kind, tiles }) => kind === 'layout' && tiles === 9);
  await page.getByLabel('Find a layout').fill(name);
  await page.locator('.layout', { has: page.getByText(name, { exact: true }) }).click();
  await looks(({ layout, chosen }) => layout === name && chosen);
  await button('As configured').click();
  await looks(({ chosen }) => !chosen);
});

test('banner, overlays, marks, spotlight and seat reach the room', async () => {
  await page.getByRole('textbox', { name: 'Banner' }).fill('Hello');
  await page.keyboard.press('Enter');
  await looks(({ banner }) => banner === 'Hello');
  const { names } = (await api('/rooms/live/layout')).overlays;
  await page.getByRole('switch', { name: 'Names' }).click();
  await looks(({ overlays }) => overlays.names === !names);
  await page.getByRole('switch', { name: 'LIVE mark' }).click();
  await looks(({ marks }) => marks.includes('live'));
  await button('Spotlight on Phone').click();
  await looks(({ spotlight }) => spotlight.length === 1);
  await page.getByLabel('Seat of Phone').selectOption('interpreter');
  await looks(({ seats, spotlight }) => seats.interpreter === spotlight[0]);
});

test('who is muted is told, who is removed is out', async () => {
  const { participants } = await api('/rooms/live/participants');
  const phoneId = participants.find(({ name }) => name === 'Phone').id;
  await button('Mute Phone').click();
  await confirm('Mute');
  await until('the phone is muted', 5, async () => (await api(`/rooms/live/participants/${phoneId}`)).muted.audio);
  await button(`Remove ${EVIL}`).click();
  await confirm('Remove');
  await until('the socket is closed', 5, () => evil.closed?.code === 4003);
  await page.locator('table.people tbody tr', { hasText: EVIL }).waitFor({ state: 'detached' });
});

test('check and reload show what the file has, and where it is wrong', async () => {
  const file = path.join(daemon.folder, 'medley.yaml');
  const text = fs.readFileSync(file, 'utf8');
  await page.goto(`http://127.0.0.1:${daemon.ports.admin}/admin#server`);
  fs.writeFileSync(file, `${text.trimEnd().slice(0, -1)}, "nonsense": 1}\n`);
  await button('Check').click();
  await page.getByRole('cell', { name: /medley\.yaml:\d+:\d+/ }).first().waitFor();
  const config = JSON.parse(text);
  config.log.level = 'debug';
  fs.writeFileSync(file, JSON.stringify(config));
  await button('Reload').click();
  await page.getByRole('row', { name: /^log\.level/ }).waitFor();
  await shows('The files are in force.');
});

test('a drained server lets nobody in', async () => {
  await page.getByRole('switch', { name: /Let nobody new in/ }).click();
  await confirm('Let nobody in');
  await until('it drains', 5, async () => (await api('/node')).draining);
  const late = await join('Late');
  await late.message(({ t, d }) => t === 'error' && d.code === 'draining');
  late.close();
  await page.getByRole('switch', { name: /Let nobody new in/ }).click();
  await until('it does not drain', 5, async () => !(await api('/node')).draining);
});

test('no script has failed', () => assert.deepEqual(errors, []));
