// SPDX-License-Identifier: GPL-2.0-or-later
// A WebSocket client that can also misbehave: it sends any frame it is told to.
import { randomBytes } from 'node:crypto';
import net from 'node:net';
import { until } from './util.mjs';

export class RawSocket {
  messages = [];
  closed = null; // {code, reason} once a close frame or the end came
  #buffer = Buffer.alloc(0);
  #open = false;

  /** @param options {from: address of ours, onmessage: takes messages instead of the list} */
  static async connect(port, headers = {}, { from, onmessage } = {}) {
    const ws = new RawSocket();
    const lines = Object.entries({
      Host: `localhost:${port}`, Upgrade: 'websocket', Connection: 'Upgrade', 'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': randomBytes(16).toString('base64'), 'Sec-WebSocket-Protocol': 'medley.v1', ...headers,
    }).map(([name, value]) => `${name}: ${value}\r\n`).join('');
    ws.onmessage = onmessage ?? ((message) => ws.messages.push(message));
    ws.socket = net.connect({ port, host: '127.0.0.1', localAddress: from });
    ws.socket.on('error', () => {});
    ws.socket.on('data', (data) => ws.#data(data));
    ws.socket.on('close', () => { ws.closed ??= { code: 1006, reason: '' }; });
    ws.socket.write(`GET /ws HTTP/1.1\r\n${lines}\r\n`);
    await until('the WebSocket opens', 5, () => ws.#open || ws.closed);
    return ws;
  }

  #data(data) {
    this.#buffer = Buffer.concat([this.#buffer, data]);
    if (!this.#open) {
      const end = this.#buffer.indexOf('\r\n\r\n');
      if (end < 0) return;
      this.status = Number(this.#buffer.subarray(9, 12).toString());
      if (this.status !== 101) { this.closed = { code: this.status, reason: 'http' }; return; }
      this.#open = true;
      this.#buffer = this.#buffer.subarray(end + 4);
    }
    this.#frames();
  }

  #frames() {
    for (;;) {
      const b = this.#buffer;
      if (b.length < 2) return;
      let size = b[1] & 127, at = 2;
      if (size === 126) { if (b.length < 4) return; size = b.readUInt16BE(2); at = 4; }
      else if (size === 127) { if (b.length < 10) return; size = Number(b.readBigUInt64BE(2)); at = 10; }
      if (b.length < at + size) return;
      const payload = b.subarray(at, at + size);
      this.#buffer = b.subarray(at + size);
      if ((b[0] & 15) === 1) this.onmessage(JSON.parse(payload.toString()));
      if ((b[0] & 15) === 9) this.frame(10, payload);
      if ((b[0] & 15) === 8) {
        this.closed ??= { code: payload.length >= 2 ? payload.readUInt16BE(0) : 1005, reason: payload.subarray(2).toString() };
      }
    }
  }

  /** A masked frame with any opcode; @param length  what the header claims, if it shall lie */
  frame(opcode, payload, { fin = true, length = payload.length } = {}) {
    const mask = randomBytes(4), head = length < 126 ? Buffer.alloc(2) : length < 65536 ? Buffer.alloc(4) : Buffer.alloc(10);
    head[0] = (fin ? 0x80 : 0) | opcode;
    head[1] = 0x80 | (length < 126 ? length : length < 65536 ? 126 : 127);
    if (head.length === 4) head.writeUInt16BE(length, 2);
    if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
    const masked = Buffer.from(payload.map((byte, i) => byte ^ mask[i & 3]));
    this.socket.write(Buffer.concat([head, mask, masked]));
  }

  text(text) { this.frame(1, Buffer.from(text)); }
  json(message) { this.text(JSON.stringify(message)); }

  /** Wait for a message that @p test likes. */
  message(test, seconds = 5) {
    return until('the message comes', seconds, () => this.messages.find(test) ?? (this.closed && !this.messages.some(test)
      ? Promise.reject(new Error(`closed: ${JSON.stringify(this.closed)}`)) : null));
  }

  /** Leave in an orderly way: no seat is kept. */
  close() {
    if (this.#open && !this.closed) this.frame(8, Buffer.from([3, 232])); // 1000
    this.socket.destroySoon();
  }

  /** As a network that breaks: no word of farewell. */
  cut() { this.socket.destroy(); }
}
