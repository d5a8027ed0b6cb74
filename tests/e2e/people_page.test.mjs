// SPDX-License-Identifier: GPL-2.0-or-later
// The page and the people in a room: PIN, lobby, what hosts do to him, being host himself.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { Browser } from './lib/browser.mjs';
import { Client } from './lib/client.mjs';
import { Daemon } from './lib/daemon.mjs';
import { until } from './lib/util.mjs';

let daemon, browser, host, other;

before(async () => { daemon = await Daemon.start(); });
after(async () => {
  await browser?.close();
  await daemon?.stop();
});
afterEach(async () => {
  for (const one of [host, other]) if (one) await one.leave();
  host = other = undefined;
});

const visible = (what, locator, words) => until(what, 10, async () =>
  await locator.isVisible() && (!words || words.test(await locator.innerText())));
const field = (id) => browser.page.locator(`#${id}`);

/** The page's form, filled in. */
async function visit(room, name) {
  const url = `${daemon.url}/r/${room}`;
  if (browser) await browser.page.goto(url);
  else browser = await Browser.open({ url, id: 2, tone: 600 });
  browser.options.name = name;
  await field('name').fill(name);
  await browser.button('join-button').click();
}

const isIn = (name) => host.sees(`${name} is in`, (all) => all.some((one) => one.name === name), 20);

test('it asks for the PIN, says that it was wrong, and joins with the right one', async () => {
  host = await Client.enter(daemon, { room: 'pin', name: 'Hanna' });
  await host.request('room.set', { pin: '4711' });
  await visit('pin', 'Clara');
  await visible('the field is there and says why', field('pin-error'), /PIN/);
  assert.equal(await browser.page.getByLabel('PIN').getAttribute('aria-invalid'), 'true');
  assert.equal(await browser.page.evaluate(() => document.activeElement.id), 'pin');
  await field('pin').fill('1234');
  await browser.button('join-button').click();
  await visible('it was wrong', field('pin-error'), /not the PIN/);
  assert.equal(await field('pin').inputValue(), '', 'and is to be typed anew');
  await field('pin').fill('4711');
  await field('pin').press('Enter');
  await browser.joined();
  await isIn('Clara');
});

test('it waits in the lobby, says so, and goes on when it is let in', async () => {
  host = await Client.enter(daemon, { room: 'lobby', name: 'Hanna' });
  await host.request('room.set', { lobby: 'guests', title: 'Weekly' });
  await visit('lobby', 'Clara');
  await visible('the text is there', field('lobby-text'), /host has been told/);
  assert.match(await field('lobby-title').innerText(), /Weekly/);
  const { add: [{ id }] } = await host.event('lobby', ({ add }) => add.some(({ name }) => name === 'Clara'));
  await host.request('lobby.admit', { ids: [id] });
  await browser.joined();
  await visible('the title is shown', field('room-title'), /Weekly/);
});

test('it says that it was not let in, and may go by itself', async () => {
  host = await Client.enter(daemon, { room: 'denied', name: 'Hanna' });
  await host.request('room.set', { lobby: 'all' });
  await visit('denied', 'Clara');
  await visible('it waits', field('lobby-text'));
  await host.request('lobby.deny', { all: true });
  await visible('it was turned away', field('ended-text'), /not let in/);
  await browser.button('rejoin').click();
  await visible('it waits again', field('lobby-text'));
  await browser.button('lobby-leave').click();
  await visible('it left', field('ended-text'), /left/);
  await host.event('lobby', ({ del }) => del.length, { from: host.mark() - 1 });
});

test('what others say and ask is shown, as text', async () => {
  host = await Client.enter(daemon, { room: 'talk', name: 'Hanna' });
  await visit('talk', 'Clara');
  await browser.joined();
  await host.request('chat', { text: '<b id="evil">hi</b>' });
  await visible('the message is shown', field('notices'), /Hanna: <b id="evil">hi<\/b>/);
  assert.equal(await field('evil').count(), 0);
  await host.request('participant.ask', { id: browser.id, audio: true });
  await visible('the request is shown', field('notices'), /turn your microphone on/);
  await host.request('room.set', { title: 'New title' });
  await visible('the title is shown', field('room-title'), /New title/);
});

test('muted by the host, and not allowed to speak', async () => {
  host = await Client.enter(daemon, { room: 'mute', name: 'Hanna' });
  await visit('mute', 'Clara');
  await browser.joined();
  const pressed = (on) => until(`the microphone is ${on ? 'on' : 'off'}`, 5, async () =>
    await browser.button('mic').getAttribute('aria-pressed') === String(on));
  await pressed(true);
  await host.request('mute.all');
  await pressed(false);
  await browser.button('mic').click();
  await pressed(true);
  await host.request('room.set', { guests_can: { speak: false } });
  await pressed(false);
  await browser.button('mic').click();
  await visible('it says why', field('notices'), /may not do that/);
  await pressed(false);
});

test('as host it hears who waits, lets one in and turns one away', async () => {
  await visit('mine', 'Clara');
  await browser.joined();
  await browser.page.evaluate(() => medley.room.request('room.set', { lobby: 'all' }));
  host = await Client.hello(daemon, { room: 'mine', name: 'Wanda' });
  other = await Client.hello(daemon, { room: 'mine', name: 'Otto' });
  await visible('they are on the list', field('waiting-list'), /Wanda[^]*Otto/);
  await browser.page.getByRole('button', { name: 'Let Wanda in' }).click();
  await host.event('welcome');
  await browser.page.getByRole('button', { name: 'Turn Otto away' }).click();
  assert.equal((await other.end()).code, 4003);
  await until('nobody waits', 5, async () => !await field('waiting-people').isVisible());
});

test('removed by the host', async () => {
  host = await Client.enter(daemon, { room: 'gone', name: 'Hanna' });
  await visit('gone', 'Clara');
  await browser.joined();
  await host.request('participant.remove', { id: browser.id, ban: true });
  await visible('it says so', field('ended-text'), /may not come back/);
  await browser.button('rejoin').click();
  await visible('it is banned', field('ended-text'), /may not enter/);
});
