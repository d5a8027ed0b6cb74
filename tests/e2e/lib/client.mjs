// SPDX-License-Identifier: GPL-2.0-or-later
// Somebody who speaks medley.v1 without media: requests with their answers, events, the roster.
import { RawSocket } from './ws.mjs';
import { until } from './util.mjs';

/** An answer of type `error`: message is its code, d what came with it. */
export class Refused extends Error {
  constructor(d) {
    super(d.code);
    this.d = d;
    this.code = d.code;
  }
}

export class Client {
  #id = 0;
  #read = 0; // messages that roster() has looked at
  #people = new Map();

  /** Connect.  @param daemon  or a port */
  static async connect(daemon, headers) {
    const client = new Client();
    client.ws = await RawSocket.connect(daemon.ports?.http ?? daemon, headers);
    return client;
  }

  /** Connect and say hello.  @throws Refused */
  static async hello(daemon, d) {
    const client = await Client.connect(daemon);
    try {
      client.answer = await client.request('hello', d);
    } catch (err) {
      client.close();
      throw err;
    }
    return client;
  }

  /** The same for somebody who must get in.  @param d {room, name | token, ...} */
  static async enter(daemon, d) {
    const client = await Client.hello(daemon, d);
    if (!client.welcome?.you) throw new Error(`not in the room: ${JSON.stringify(client.messages.at(-1))}`);
    return client;
  }

  get messages() { return this.ws.messages; }
  get closed() { return this.ws.closed; }
  get id() { return this.welcome?.you?.id ?? this.messages.findLast(({ t }) => t === 'waiting')?.d.id; }

  /** The last greeting, after being let in or moved too. */
  get welcome() { return this.messages.findLast(({ t }) => t === 'welcome')?.d; }
  /** The room and what he is in it, as he was told last. */
  get now() {
    const last = this.messages.findLast(({ t, d }) => t === 'room' || (t === 'welcome' && d.you))?.d;
    return { you: last?.you, room: last?.room };
  }

  send(t, d) {
    const id = ++this.#id;
    this.ws.json(d === undefined ? { t, id } : { t, id, d });
    return id;
  }

  /** Ask; @returns the whole answer, an error too */
  async ask(t, d, seconds = 5) {
    const id = this.send(t, d);
    return until(`${t} is answered`, seconds, () => this.messages.find(({ re }) => re === id)
      ?? (this.closed ? { t: 'closed', d: this.closed } : null));
  }

  /** Ask; @returns d of the answer  @throws Refused */
  async request(t, d) {
    const answer = await this.ask(t, d);
    if (answer.t === 'error' || answer.t === 'closed') throw new Refused(answer.d);
    return answer.d ?? {};
  }

  /** Wait for an event.  @param test  of its d  @param from  index of the first message to look at: see mark() */
  event(t, test = () => true, { from = 0, seconds = 5 } = {}) {
    return until(`the event ${t} comes`, seconds, () => this.messages.slice(from).find((m) => m.t === t && m.re === undefined && test(m.d ?? {})))
      .then((m) => m.d ?? {})
      .catch((err) => { err.message += ` last: ${JSON.stringify(this.messages.slice(-4))} closed: ${JSON.stringify(this.closed)}`; throw err; });
  }

  /** Where the messages that are yet to come begin. */
  mark() { return this.messages.length; }

  /** Wait for the end.  @returns {code, reason, bye} */
  async end(seconds = 5) {
    await until('the socket is closed', seconds, () => this.closed);
    return { ...this.closed, bye: this.messages.findLast(({ t }) => t === 'bye')?.d };
  }

  /** People by id, of all greetings and roster events so far. */
  get roster() {
    for (const { t, d } of this.messages.slice(this.#read)) {
      if (t === 'welcome' && d.roster) this.#people = new Map(d.roster.map((one) => [one.id, one]));
      if (t !== 'roster') continue;
      for (const one of d.add ?? []) this.#people.set(one.id, one);
      for (const one of d.upd ?? []) this.#people.set(one.id, { ...this.#people.get(one.id), ...one });
      for (const one of d.del ?? []) this.#people.delete(one.id);
    }
    this.#read = this.messages.length;
    return this.#people;
  }

  /** Wait until the roster is as @p test wants it.  @param test  gets a list of people */
  sees(what, test, seconds = 5) {
    return until(`${what}`, seconds, () => test([...this.roster.values()]))
      .catch((err) => { err.message += ` roster: ${JSON.stringify([...this.roster.values()])}`; throw err; });
  }

  /** Leave in an orderly way, so that no seat is kept. */
  async leave() {
    if (!this.closed) {
      this.send('leave');
      this.ws.frame(8, Buffer.from([3, 232])); // 1000
      await until('the socket is closed', 5, () => this.closed);
    }
    this.close();
  }

  /** The connection breaks. */
  cut() { this.ws.socket.destroy(); }
  close() { this.ws.close(); }
}
