// SPDX-License-Identifier: GPL-2.0-or-later
// Chromium with a fresh profile for each participant.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { drawMark, readMark } from './mark.mjs';
import { pageScript } from './page.mjs';
import { until } from './util.mjs';

const modules = process.env.E2E_NODE_MODULES ?? process.env.NODE_PATH;
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
  '--use-fake-ui-for-media-stream', '--autoplay-policy=no-user-gesture-required',
  '--allow-loopback-in-peer-connection', '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding', '--disable-backgrounding-occluded-windows'];
const FAKE_DEVICES = '--use-fake-device-for-media-stream';

function playwright() {
  if (!modules || !fs.existsSync(path.join(modules, 'playwright-core'))) {
    throw new Error('E2E_NODE_MODULES must name the folder with playwright-core (tests/run installs it)');
  }
  return createRequire(path.join(modules, 'from-here.cjs'))('playwright-core');
}

export class Browser {
  /**
   * Open a page.
   * @param options {url, id, tone: a marked camera and a tone instead of the browser's devices,
   *                 devices: false for none at all, viewport, want: as in hello,
   *                 namespace: of netns.mjs, where the browser runs}
   */
  static async open(options) {
    const browser = new Browser();
    browser.options = options;
    browser.chromium = await playwright().chromium.launch({
      executablePath: options.namespace?.command(CHROMIUM) ?? CHROMIUM, headless: true,
      args: [...FLAGS, ...(options.devices === false ? [] : [FAKE_DEVICES]),
        // Pages get camera and microphone from https and localhost alone.
        `--unsafely-treat-insecure-origin-as-secure=${new URL(options.url).origin}`],
    });
    const context = await browser.chromium.newContext({
      viewport: options.viewport ?? { width: 1000, height: 700 },
      permissions: options.devices === false ? [] : ['camera', 'microphone'],
    });
    browser.page = await context.newPage();
    browser.log = [];
    browser.page.on('console', (message) => browser.log.push(message.text()));
    browser.page.on('pageerror', (err) => browser.log.push(`error: ${err.message}`));
    const { id, tone, want } = options;
    await browser.page.addInitScript({ content: pageScript(
      { id, tone, want, amplitude: 0.1, width: 640, height: 360, fps: 15 }, drawMark, readMark) });
    await browser.page.goto(options.url);
    return browser;
  }

  /** Open the client and let it join.  @param options {base, room, name, codec, id, tone, query} */
  static async join(options) {
    const query = new URLSearchParams({ room: options.room, name: options.name, autojoin: '1', ...options.query });
    if (options.codec) query.set('codec', options.codec);
    const browser = await Browser.open({ ...options, url: `${options.base}/?${query}` });
    try {
      await browser.joined();
    } catch (err) {
      await browser.close();
      throw err;
    }
    return browser;
  }

  /** Wait for the welcome, the connection and the first picture. */
  async joined(seconds = 25) {
    await until(`${this.options.name ?? 'the page'} is in the room`, seconds, () => this.page.evaluate(() =>
      Boolean(e2e.last.welcome) && e2e.peer()?.connectionState === 'connected' && Boolean(e2e.composite())))
      .catch(async (err) => {
        const state = await this.page.evaluate(() => ({ last: e2e.last, pc: e2e.peer()?.connectionState, closed: e2e.closed }));
        err.message += `\n${JSON.stringify(state).slice(0, 3000)}\n${this.log.slice(-20).join('\n')}`;
        throw err;
      });
    this.id = await this.page.evaluate(() => e2e.last.welcome.you?.id);
  }

  /** A control of the client: 'mic', 'cam', 'leave', 'join-button', ... */
  button(id) { return this.page.locator(`#${id}`); }

  /** The last `layout` message. */
  layout() { return this.page.evaluate(() => e2e.last.layout ?? e2e.last.welcome?.layout ?? null); }

  /** Everybody, by id, from the welcome and the roster messages after it. */
  roster() {
    return this.page.evaluate(() => {
      let people = {};
      for (const { t, d } of e2e.messages) {
        if (t === 'welcome') people = {};
        const { roster = [], add = [], upd = [], del = [] } = t === 'welcome' ? d : t === 'roster' ? { ...d, roster: [] } : {};
        for (const one of [...roster, ...add]) people[one.id] = one;
        for (const one of upd) Object.assign(people[one.id] ??= {}, one);
        for (const one of del) delete people[one.id];
      }
      return people;
    });
  }

  /** Marks in rectangles of the canvas, now. */
  marks(tiles, canvas) { return this.page.evaluate(([t, c]) => e2e.marks(t, c), [tiles, canvas]); }

  /** How loud tones are [dB of full scale]. */
  levels(tones) { return this.page.evaluate((t) => e2e.levels(t), tones); }

  stats() { return this.page.evaluate(() => e2e.stats()); }

  async close() { await this.chromium.close(); }
}
