// SPDX-License-Identifier: GPL-2.0-or-later
// People without media in the rooms of a test: they come in, are refused, and all leave when it ends.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client, Refused } from './client.mjs';
import { until } from './util.mjs';

/** It is refused with this code.  @returns d of the error */
export async function refused(code, promise) {
  const d = await promise.then((answer) => { throw new Error(`not refused: ${JSON.stringify(answer)?.slice(0, 400)}`); }, (err) => {
    if (err instanceof Refused) return err.d;
    throw err;
  });
  assert.equal(d.code, code, JSON.stringify(d));
  return d;
}

/** @param daemonOf  () => the daemon to which they go, unless told otherwise */
export function peopleOf(daemonOf) {
  /** Whoever is to leave at the end of the subtest. */
  const open = new Set();
  let rooms = 0;

  const newRoom = () => `room-${++rooms}`;

  /** In the room, for as long as the subtest runs. */
  async function enter(room, name, more = {}, where = daemonOf()) {
    const client = await Client.enter(where, { room, name, ...more });
    open.add(client);
    return client;
  }

  /** Said hello; may wait outside. */
  async function knock(room, name, more = {}, where = daemonOf()) {
    const client = await Client.hello(where, { room, name, ...more });
    open.add(client);
    return client;
  }

  async function leaveAll() {
    for (const client of open) if (!client.closed) client.ws.frame(8, Buffer.from([3, 232]));
    await Promise.all([...open].map((client) => until('the socket is closed', 5, () => client.closed).catch(() => {})));
    for (const client of open) client.close();
    open.clear();
  }

  /** Two in a room: the first one is host. */
  async function pair(where = daemonOf()) {
    const room = newRoom();
    return { room, host: await enter(room, 'Hanna', {}, where), guest: await enter(room, 'Gerd', {}, where) };
  }

  /** Like test(), and everybody has left afterwards. */
  const people = (name, run) => test(name, async () => {
    try {
      await run();
    } finally {
      await leaveAll();
    }
  });

  return { open, newRoom, enter, knock, leaveAll, pair, people };
}
