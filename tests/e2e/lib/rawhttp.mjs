// SPDX-License-Identifier: GPL-2.0-or-later
// HTTP/1.1 on kept connections, byte by byte as the test says: requests that no client would send.
import net from 'node:net';

const ANSWER_MS = 15000;

class Connection {
  constructor(port, localAddress) {
    Object.assign(this, { port, localAddress, data: Buffer.alloc(0) });
  }

  open() {
    const socket = net.connect({ port: this.port, host: '127.0.0.1', localAddress: this.localAddress });
    this.socket = socket;
    this.data = Buffer.alloc(0);
    socket.on('data', (data) => {
      if (this.socket !== socket) return;
      this.data = this.data.length ? Buffer.concat([this.data, data]) : data;
      this.look();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      if (this.socket !== socket) return; // it was given up before
      this.socket = undefined;
      this.done?.({ status: 0 });
    });
  }

  /** A whole answer? */
  look() {
    const end = this.data.indexOf('\r\n\r\n');
    if (end < 0 || !this.done) return;
    const head = this.data.toString('latin1', 0, end);
    const status = Number(head.slice(9, 12));
    const size = this.noBody || status === 204 || status === 304 ? 0 : Number(head.match(/content-length: (\d+)/i)?.[1] ?? 0);
    if (this.data.length < end + 4 + size) return;
    const body = this.data.toString('utf8', end + 4, end + 4 + size);
    this.data = this.data.subarray(end + 4 + size);
    const { done } = this;
    this.done = undefined;
    if (/connection: close/i.test(head)) { this.socket?.destroy(); this.socket = undefined; }
    done({ status, head, body });
  }

  /**
   * On a kept connection that turns out to be closed it is asked again on a new one, as clients do.
   * @returns {status, head, body}; status 0: it hung up, -1: no answer
   */
  async ask(request, noBody) {
    const kept = this.socket !== undefined, answer = await this.#once(request, noBody);
    return kept && answer.status === 0 ? this.#once(request, noBody) : answer;
  }

  #once(request, noBody) {
    return new Promise((resolve) => {
      if (!this.socket) this.open();
      this.noBody = noBody;
      const timer = setTimeout(() => { this.socket?.destroy(); this.socket = undefined; this.done?.({ status: -1 }); }, ANSWER_MS);
      this.done = (answer) => { clearTimeout(timer); this.done = undefined; resolve(answer); };
      this.socket.write(request);
    });
  }

  close() { this.socket?.destroy(); }
}

/**
 * Send many requests, some at a time.
 * @param requests  [{bytes, method}]
 * @param onAnswer  (request, answer)
 */
export async function flood(port, requests, onAnswer, { connections = 24, localAddress = '127.0.0.1' } = {}) {
  let next = 0;
  await Promise.all(Array.from({ length: connections }, async () => {
    const connection = new Connection(port, localAddress);
    while (next < requests.length) {
      const request = requests[next++];
      onAnswer(request, await connection.ask(request.bytes, request.method === 'HEAD'));
    }
    connection.close();
  }));
}
