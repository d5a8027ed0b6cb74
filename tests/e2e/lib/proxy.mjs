// SPDX-License-Identifier: GPL-2.0-or-later
// A TCP proxy between a page and the server, whose connections the test breaks.
import net from 'node:net';

export class Proxy {
  #pairs = new Set();
  #server;
  open = true;
  refused = 0; // connections while it was closed

  /** @param to  port of the server */
  static async start(to) {
    const proxy = new Proxy();
    proxy.#server = net.createServer((from) => proxy.#accept(from, to));
    await new Promise((resolve) => { proxy.#server.listen(0, '127.0.0.1', resolve); });
    proxy.url = `http://localhost:${proxy.#server.address().port}`;
    return proxy;
  }

  #accept(from, to) {
    if (!this.open) {
      this.refused++;
      from.destroy();
      return;
    }
    const out = net.connect(to, '127.0.0.1'), pair = { from, out };
    this.#pairs.add(pair);
    for (const [one, other] of [[from, out], [out, from]]) {
      one.on('error', () => {});
      one.on('close', () => { other.destroy(); this.#pairs.delete(pair); });
      one.pipe(other);
    }
  }

  /** Break all connections, and let no new one through until heal(). */
  cut() {
    this.open = false;
    for (const { from, out } of this.#pairs) {
      from.resetAndDestroy();
      out.resetAndDestroy();
    }
  }

  heal() { this.open = true; }

  async stop() {
    this.cut();
    await new Promise((resolve) => { this.#server.close(resolve); });
  }
}
