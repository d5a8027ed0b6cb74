// SPDX-License-Identifier: GPL-2.0-or-later
// A little SIP: messages, and a call over UDP that retransmits.
import { randomBytes } from 'node:crypto';
import dgram from 'node:dgram';

export const token = () => randomBytes(6).toString('hex');

/** @returns {status, reason, method, headers: Map of lower-case names to lists, body}, or null */
export function parseSip(text) {
  const end = text.indexOf('\r\n\r\n');
  const lines = text.slice(0, end < 0 ? undefined : end).split('\r\n');
  const first = lines.shift().split(' ');
  const headers = new Map();
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).trim().toLowerCase();
    if (colon > 0) headers.set(name, [...(headers.get(name) ?? []), line.slice(colon + 1).trim()]);
  }
  const message = { headers, body: end < 0 ? '' : text.slice(end + 4), header: (name) => headers.get(name)?.[0] };
  if (first[0] === 'SIP/2.0') {
    return { ...message, status: Number(first[1]), reason: first.slice(2).join(' ') };
  }
  return { ...message, method: first[0], uri: first[1] };
}

/** A call to a room.  Emits nothing: set onend, onfastupdate. */
export class SipCall {
  #socket = dgram.createSocket('udp4');
  #id = `${token()}@e2e`;
  #tag = token();
  #cseq = 0;
  #remoteTag = '';
  #waiting = null; // {method, cseq, resolve, text, branch}
  onend = () => {};
  onfastupdate = () => {};
  ended = false;
  established = false;
  provisional = []; // statuses below 200

  constructor(port, room, name) {
    this.port = port;
    this.uri = `sip:${room}@127.0.0.1:${port}`;
    this.target = this.uri;
    this.name = name;
    this.#socket.on('message', (data) => this.#message(data.toString()));
  }

  async #bind() {
    await new Promise((resolve) => { this.#socket.bind(0, '127.0.0.1', resolve); });
    this.local = `127.0.0.1:${this.#socket.address().port}`;
  }

  #send(text) { if (!this.closed) this.#socket.send(text, this.port, '127.0.0.1'); }

  #request(method, branch, cseq, body = '', type = 'application/sdp') {
    const to = `<${this.uri}>${this.#remoteTag ? `;tag=${this.#remoteTag}` : ''}`;
    return `${method} ${this.target} SIP/2.0\r\nVia: SIP/2.0/UDP ${this.local};branch=${branch};rport\r\n`
      + `Max-Forwards: 70\r\nFrom: "${this.name}" <sip:${encodeURIComponent(this.name.toLowerCase())}@${this.local}>;tag=${this.#tag}\r\n`
      + `To: ${to}\r\nCall-ID: ${this.#id}\r\nCSeq: ${cseq} ${method}\r\nContact: <sip:e2e@${this.local}>\r\n`
      + `${body ? `Content-Type: ${type}\r\n` : ''}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  }

  /** Send a request and wait for the final answer. */
  async request(method, body, type) {
    const cseq = ++this.#cseq, branch = `z9hG4bK${token()}`;
    const text = this.#request(method, branch, cseq, body, type);
    let timer;
    try {
      return await new Promise((resolve, reject) => {
        let interval = 500, left = 8;
        const again = () => {
          if (!left--) return reject(new Error(`${method}: no answer`));
          this.#send(text);
          timer = setTimeout(again, interval);
          interval = Math.min(2 * interval, 2000);
        };
        this.#waiting = { method, cseq, branch, resolve, provisional: () => { clearTimeout(timer); } };
        again();
      });
    } finally {
      clearTimeout(timer);
      this.#waiting = null;
    }
  }

  /** INVITE.  @returns the final answer; a 200 is acknowledged */
  async invite(sdp) {
    if (!this.local) await this.#bind();
    this.sdp = sdp;
    const answer = await this.request('INVITE', sdp);
    this.established = answer.status === 200;
    return answer;
  }

  #message(text) {
    const message = parseSip(text);
    if (message.status) this.#response(message);
    else if (message.method !== 'ACK') this.#answer(message);
  }

  #response(message) {
    const [cseq, method] = (message.header('cseq') ?? '').split(' ');
    const waiting = this.#waiting;
    if (method === 'INVITE' && message.status >= 200) {
      this.#remoteTag = message.header('to').match(/;tag=([^;\s]+)/)?.[1] ?? '';
      if (message.status === 200) this.target = message.header('contact')?.match(/<([^>]+)>/)?.[1] ?? this.target;
      const branch = message.status === 200 ? `z9hG4bK${token()}` : waiting?.branch;
      if (branch) this.#send(this.#request('ACK', branch, cseq));
    }
    if (!waiting || waiting.method !== method || waiting.cseq !== Number(cseq)) return;
    if (message.status < 200) this.provisional.push(message.status);
    if (message.status < 200) waiting.provisional();
    else waiting.resolve(message);
  }

  #answer(message) {
    const body = message.method === 'INVITE' ? this.sdp : '';
    const copy = ['Via', 'From', 'To', 'Call-ID', 'CSeq']
      .map((name) => (message.headers.get(name.toLowerCase()) ?? []).map((value) => `${name}: ${value}\r\n`).join(''));
    this.#send(`SIP/2.0 200 OK\r\n${copy.join('')}Contact: <sip:e2e@${this.local}>\r\n`
      + `${body ? 'Content-Type: application/sdp\r\n' : ''}Content-Length: ${body.length}\r\n\r\n${body}`);
    if (message.method === 'BYE') {
      this.ended = true;
      this.endReason = message.header('reason');
      this.onend();
    }
    if (message.method === 'INFO' && message.body.includes('picture_fast_update')) this.onfastupdate();
  }

  async bye() {
    if (this.established && !this.ended) {
      this.ended = true;
      await this.request('BYE').catch(() => {});
    }
    this.close();
  }

  close() {
    if (!this.closed) {
      this.closed = true;
      this.#socket.close();
    }
  }
}
