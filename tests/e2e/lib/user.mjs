// SPDX-License-Identifier: GPL-2.0-or-later
// People with accounts: rows in the database, tokens of our own making, and a WebSocket that is signed in.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import path from 'node:path';
import { promisify } from 'node:util';
import { userToken } from './token.mjs';
import { until } from './util.mjs';
import { RawSocket } from './ws.mjs';

const run = promisify(execFile);

export const REALM = 'medley';

/** Ask the daemon's database, beside the daemon.  @returns rows as objects */
export async function sql(daemon, text) {
  const file = path.join(daemon.folder, 'data', 'medley.db');
  const { stdout } = await run('sqlite3', ['-json', '-cmd', '.timeout 5000', file, text]);
  return stdout.trim() ? JSON.parse(stdout) : [];
}

const quote = (text) => `'${String(text).replaceAll("'", "''")}'`;
const md5 = (text) => createHash('md5').update(text).digest('hex');

/** Put users into the database.  @param users  {id, login, name, password of his phones} */
export async function addUsers(daemon, users) {
  const now = Date.now() * 1000;
  const rows = users.map(({ id, login, name, password }) => `(${[id, login, name ?? login, '',
    password ? md5(`${login}:${REALM}:${password}`) : '', '', 'user', '{}'].map(quote)},${now},${now},1)`);
  await sql(daemon, 'INSERT INTO users (id, name, display, password_hash, sip_ha1_md5, sip_ha1_sha256, role, prefs,'
    + ` created_us, changed_us, version) VALUES ${rows}`);
}

/** A device of somebody: a WebSocket that has said hello. */
export class User {
  #id = 0;
  #daemon;
  #from = 0; // messages that were looked at

  constructor(daemon, id) {
    this.#daemon = daemon;
    this.id = id;
  }

  /** @param more  {name, claims of the token, other fields of hello} */
  static async signIn(daemon, id, { name = id, claims, ...hello } = {}) {
    const user = new User(daemon, id);
    await user.#connect();
    user.welcome = await user.ok('hello', { token: userToken(id, { name, ...claims }), name, ...hello });
    return user;
  }

  async #connect() { this.ws = await RawSocket.connect(this.#daemon.ports.http); }

  get messages() { return this.ws.messages; }

  /** Say something and wait for the answer. */
  async request(t, d = {}) {
    const id = ++this.#id, { ws } = this;
    ws.json({ t, id, d });
    return ws.message(({ re }) => re === id, 10);
  }

  /** @returns what the answer says; fails if it is an error */
  async ok(t, d) {
    const answer = await this.request(t, d);
    assert.notEqual(answer.t, 'error', `${this.id}: ${t} ${JSON.stringify(d)}: ${JSON.stringify(answer.d)}`);
    return answer.d;
  }

  /** @returns the code of the error */
  async fails(t, d) {
    const answer = await this.request(t, d);
    assert.equal(answer.t, 'error', `${this.id}: ${t} is refused: ${JSON.stringify(answer.d)}`);
    return answer.d.code;
  }

  /** The first event of a type, not before the last mark(), that @p test likes. */
  async event(t, test = () => true, seconds = 10) {
    const { ws } = this, { length } = ws.messages;
    try {
      const found = await until('', seconds, () => ws.messages.slice(this.#from)
        .find((message) => message.t === t && message.re === undefined && test(message.d)));
      return found.d;
    } catch {
      throw new Error(`${this.id}: no such "${t}" event within ${seconds} s; since then: ${
        JSON.stringify(ws.messages.slice(Math.max(0, length - 12))).slice(0, 3000)} ${JSON.stringify(ws.closed ?? '')}`);
    }
  }

  /** Events from now on. */
  mark() { this.#from = this.ws.messages.length; }

  /** News of a call.  @param id  of the call; undefined: any */
  call(id, state, seconds) {
    return this.event('call', (d) => (!id || d.call === id) && d.state === state, seconds);
  }

  /** All that he was told of a call. */
  heard(id) { return this.messages.filter(({ t, d }) => t === 'call' && d.call === id).map(({ d }) => d.state); }

  /** Enter a room.  @returns the welcome */
  join(room) { return this.ok('join', { room }); }

  /** The network breaks: nothing is said. */
  drop() { this.ws.socket.destroy(); }

  /** Go on with the same session over a new socket. */
  async resume() {
    await this.#connect();
    this.#from = 0;
    return this.ok('hello', { resume: this.welcome.session });
  }

  /** Close in an orderly way: he does not come back. */
  async signOut() {
    const { ws } = this;
    ws.frame(8, Buffer.from([0x03, 0xe8]));
    await until(`${this.id}: the socket closes`, 5, () => ws.closed);
    ws.close();
  }
}
