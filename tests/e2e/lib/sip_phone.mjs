// SPDX-License-Identifier: GPL-2.0-or-later
// A phone that registers, is called and calls: SIP over UDP, one socket, several calls.
//
// It says what it is told to say and no more: each answer is the test's.
import { createHash } from 'node:crypto';
import dgram from 'node:dgram';
import { MediaLine } from './rtp.mjs';
import { parseSip, token } from './sip.mjs';
import { until } from './util.mjs';

const md5 = (text) => createHash('md5').update(text).digest('hex');
const tagOf = (value) => value?.match(/;tag=([^;\s]+)/)?.[1] ?? '';
const uriOf = (value) => value?.match(/<([^>]+)>/)?.[1];
const branchOf = (message) => message.header('via')?.match(/;branch=([^;\s]+)/)?.[1];

/** An Authorization line for the MD5 challenge among those of a 401. */
function authorize(message, { user, password, method, uri }) {
  const challenge = message.headers.get('www-authenticate')?.find((one) => /algorithm="?MD5"?(,|\s|$)/i.test(one));
  if (!challenge) throw new Error(`no MD5 challenge: ${message.headers.get('www-authenticate')}`);
  const field = (name) => challenge.match(new RegExp(`\\b${name}="?([^",]+)"?`))?.[1];
  const [realm, nonce, opaque] = ['realm', 'nonce', 'opaque'].map(field), cnonce = token();
  const ha1 = md5(`${user}:${realm}:${password}`), ha2 = md5(`${method}:${uri}`);
  const response = md5(`${ha1}:${nonce}:00000001:${cnonce}:auth:${ha2}`);
  return `Authorization: Digest username="${user}", realm="${realm}", nonce="${nonce}", uri="${uri}", response="${response}", `
    + `algorithm=MD5, qop=auth, nc=00000001, cnonce="${cnonce}"${opaque ? `, opaque="${opaque}"` : ''}\r\n`;
}

/** What both kinds of calls have: a dialog. */
class Dialog {
  ended = false;
  cseq = 0;

  constructor(phone) { this.phone = phone; }

  /** A request within the dialog.  @returns the final answer */
  request(method) {
    return this.phone.send({ method, uri: this.target, from: this.local, to: this.remote, id: this.id, cseq: ++this.cseq }).final();
  }

  async bye() {
    if (this.ended) return;
    this.ended = true;
    await this.request('BYE');
  }
}

/** A call to the phone. */
class Incoming extends Dialog {
  cancelled = false;
  acked = false;

  constructor(phone, request) {
    super(phone);
    this.invite = request;
    this.id = request.header('call-id');
    this.branch = branchOf(request);
    this.remote = request.header('from');
    this.local = `${request.header('to')};tag=${token()}`;
    this.target = uriOf(request.header('contact'));
  }

  #say(status, reason, body) {
    this.last = { status, reason, to: this.local, body };
    this.phone.answer(this.invite, this.last);
  }

  ring() { this.#say(180, 'Ringing'); }
  reject(status, reason) { this.#say(status, reason); }
  async accept(sdp) { this.#say(200, 'OK', sdp ?? await this.phone.sdp(this.invite.body)); }
  again() { if (this.last) this.phone.answer(this.invite, this.last); }

  /** @see crossing  an answer that was under way already */
  cancel(request) {
    this.cancelled = true;
    this.phone.answer(request, { status: 200, reason: 'OK' });
    if (this.crossing) this.#say(200, 'OK', this.crossing);
    else if (!(this.last?.status >= 200)) this.#say(487, 'Request Terminated');
  }
}

/** A call of the phone's. */
class Outgoing extends Dialog {
  provisional = [];

  constructor(phone, user) {
    super(phone);
    this.uri = `sip:${user}@127.0.0.1:${phone.port}`;
    this.id = `${token()}@e2e`;
    this.local = `"${phone.name}" <sip:${phone.user}@${phone.host}>;tag=${token()}`;
    this.remote = `<${this.uri}>`;
    this.target = this.uri;
  }

  /** Ends with the final answer, after a challenge that of the second try. */
  start(sdp) {
    const { user, password } = this.phone;
    this.answered = this.#invite(sdp, '').then((answer) => {
      if (answer.status !== 401 || !password) return answer;
      this.challenged = true;
      this.provisional = [];
      return this.#invite(sdp, authorize(answer, { user, password, method: 'INVITE', uri: this.uri }));
    }).then((answer) => (this.final = answer));
    this.answered.catch(() => {});
  }

  async #invite(sdp, headers) {
    this.transaction = this.phone.send({ method: 'INVITE', uri: this.uri, from: this.local, to: `<${this.uri}>`, id: this.id,
      cseq: ++this.cseq, body: sdp, headers, provisional: ({ status }) => this.provisional.push(status) });
    const answer = await this.transaction.final();
    this.remote = answer.header('to');
    if (answer.status === 200) this.target = uriOf(answer.header('contact'));
    this.phone.ack(this, this.transaction, answer.status === 200);
    return answer;
  }

  cancel() {
    const { text } = this.transaction;
    return this.phone.send({ method: 'CANCEL', uri: this.uri, from: this.local, to: `<${this.uri}>`, id: this.id,
      cseq: this.cseq, branch: branchOf(parseSip(text)) }).final();
  }
}

export class SipPhone {
  #socket = dgram.createSocket('udp4');
  #transactions = new Map(); // by branch and method
  #calls = []; // incoming
  #taken = 0;
  #registration = { id: `${token()}@e2e`, tag: token(), cseq: 0 };
  #audio = new MediaLine();

  /** @param options {port of the server, user, password, name} */
  static async open(options) {
    const phone = Object.assign(new SipPhone(), { name: options.user, ...options });
    phone.#socket.on('message', (data) => phone.#message(parseSip(data.toString())));
    await new Promise((resolve) => { phone.#socket.bind(0, '127.0.0.1', resolve); });
    phone.host = `127.0.0.1:${phone.#socket.address().port}`;
    return phone;
  }

  /** An offer of PCMU, or an answer that takes it and nothing else. */
  async sdp(offer = 'm=audio') {
    await this.#audio.open();
    const lines = [...offer.matchAll(/^m=(\w+)(?: \d+ (.*))?/gm)].map(([, kind, rest]) => (kind === 'audio'
      ? `m=audio ${this.#audio.sockets.port} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=ptime:20\r\n` : `m=${kind} 0 ${rest.trim()}\r\n`));
    return `v=0\r\no=e2e 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n${lines.join('')}`;
  }

  /** For classes of this file. */
  send({ method, uri, from, to, id, cseq, body = '', headers = '', branch = `z9hG4bK${token()}`, provisional = () => {} }) {
    const text = `${method} ${uri} SIP/2.0\r\nVia: SIP/2.0/UDP ${this.host};branch=${branch};rport\r\nMax-Forwards: 70\r\n`
      + `From: ${from}\r\nTo: ${to}\r\nCall-ID: ${id}\r\nCSeq: ${cseq} ${method}\r\n`
      + `Contact: <sip:${this.user}@${this.host}>\r\n${headers}${body ? 'Content-Type: application/sdp\r\n' : ''}`
      + `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
    const transaction = { text, provisional };
    transaction.answered = new Promise((resolve, reject) => { Object.assign(transaction, { resolve, reject }); });
    transaction.answered.catch(() => {});
    transaction.final = () => transaction.answered;
    this.#raw(text);
    if (method !== 'ACK') {
      this.#transactions.set(`${branch} ${method}`, transaction);
      transaction.timer = setTimeout(() => transaction.reject(new Error(`${method}: no answer`)), 30000);
    }
    return transaction;
  }

  answer(request, { status, reason, to = request.header('to'), body = '' }) {
    const copy = ['Via', 'From', 'Call-ID', 'CSeq']
      .map((name) => (request.headers.get(name.toLowerCase()) ?? []).map((value) => `${name}: ${value}\r\n`).join('')).join('');
    this.#raw(`SIP/2.0 ${status} ${reason}\r\n${copy}To: ${to}\r\nContact: <sip:${this.user}@${this.host}>\r\n`
      + `${body ? 'Content-Type: application/sdp\r\n' : ''}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  ack(call, { text }, accepted) {
    this.send({ method: 'ACK', uri: accepted ? call.target : call.uri, from: call.local, to: call.remote, id: call.id, cseq: call.cseq,
      branch: accepted ? undefined : branchOf(parseSip(text)) });
  }

  #raw(text) { if (!this.closed) this.#socket.send(text, this.port, '127.0.0.1'); }

  #message(message) {
    if (message.status) {
      const [, method] = message.header('cseq').split(' ');
      const transaction = this.#transactions.get(`${branchOf(message)} ${method}`);
      if (!transaction) return;
      if (message.status < 200) { transaction.provisional(message); return; }
      clearTimeout(transaction.timer);
      transaction.resolve(message);
      return;
    }
    const call = this.#calls.find(({ id }) => id === message.header('call-id'));
    if (message.method === 'INVITE' && !tagOf(message.header('to'))) {
      if (call && call.branch === branchOf(message)) call.again();
      else this.#calls.push(new Incoming(this, message));
    } else if (message.method === 'CANCEL' && call) {
      call.cancel(message);
    } else if (message.method === 'ACK') {
      if (call) call.acked = true;
    } else {
      this.answer(message, { status: 200, reason: 'OK' });
      const dialog = call ?? this.outgoing;
      if (message.method === 'BYE' && dialog) dialog.ended = true;
    }
  }

  /** @returns the final status */
  async register(expires = 300) {
    const { id, tag } = this.#registration, uri = `sip:127.0.0.1:${this.port}`, me = `<sip:${this.user}@127.0.0.1>`;
    const one = (headers) => this.send({ method: 'REGISTER', uri, from: `${me};tag=${tag}`, to: me, id,
      cseq: ++this.#registration.cseq, headers: `Expires: ${expires}\r\n${headers}` }).final();
    const challenged = await one('');
    if (challenged.status !== 401) return challenged.status;
    return (await one(authorize(challenged, { ...this, method: 'REGISTER', uri }))).status;
  }

  /** The next call that comes. */
  async incoming(seconds = 10) {
    const call = await until(`the phone of ${this.user} is called`, seconds, () => this.#calls[this.#taken]);
    this.#taken++;
    return call;
  }

  /** How often it was called. */
  get called() { return this.#calls.length; }

  /** Call somebody.  Proves who it is when it is asked to and has a password.  @returns a call: see its answered, final */
  async call(user, sdp) {
    this.outgoing = new Outgoing(this, user);
    this.outgoing.start(sdp ?? await this.sdp());
    return this.outgoing;
  }

  close() {
    if (this.closed) return;
    this.closed = true;
    for (const { timer } of this.#transactions.values()) clearTimeout(timer);
    this.#socket.close();
    this.#audio.close();
  }
}
