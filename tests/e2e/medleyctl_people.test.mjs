// SPDX-License-Identifier: GPL-2.0-or-later
// medleyctl for people: accounts, tokens, lobby, rules, roles, moving and calling.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { medleyctl } from './lib/ctl.mjs';
import { Daemon } from './lib/daemon.mjs';
import { until } from './lib/util.mjs';
import { RawSocket } from './lib/ws.mjs';

let daemon, socket;

before(async () => {
  daemon = await Daemon.start({ rooms: { lobby: 'guests' } });
  socket = path.join(daemon.folder, 'data', 'medleyd.sock');
});

after(() => daemon?.stop());

async function good(...words) {
  const { code, out, err } = await medleyctl(socket, ...words);
  assert.equal(code, 0, `${words}: ${err}`);
  return out;
}

async function refused(...words) {
  const { code, err } = await medleyctl(socket, ...words);
  assert.equal(code, 1, `${words}`);
  return err;
}

/** Says hello; the answer is in ws.hello. */
async function join(hello) {
  const ws = await RawSocket.connect(daemon.ports.http);
  ws.json({ t: 'hello', id: 1, d: hello });
  ws.hello = await ws.message(({ re }) => re === 1);
  return ws;
}

test('accounts are made, listed, changed and removed', async () => {
  const id = (await good('user', 'add', 'ada', '--display', 'Ada L.', '--phone', { input: 'correct horse\n' })).trim();
  assert.match(id, /^us_/);
  assert.match(await good('users'), /ada +Ada L\. +user +yes +us_/);
  assert.match(await refused('user', 'add', 'ada', { input: 'another one\n' }), /name_taken/);
  assert.match(await refused('user', 'add', 'bob', { input: 'short\n' }), /password/);
  assert.match(await refused('user', 'add', 'bob'), /no password on standard input/);
  const login = (password) => fetch(`${daemon.url}/api/v1/login`, {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ name: 'ada', password }),
  });
  assert.equal((await login('correct horse')).status, 200);
  await good('user', 'password', 'ada', { input: 'battery staple\n' });
  assert.equal((await login('correct horse')).status, 401);
  assert.equal((await login('battery staple')).status, 200);
  await good('user', 'remove', 'ada');
  assert.match(await refused('user', 'remove', 'ada'), /there is no user ada/);
});

test('a token lets a host in, who is asked about the others', async () => {
  const token = (await good('token', 'demo', 'host', '--name', 'Hanna', '--hours', '1')).trim();
  for (const hours of ['7d', '1.5', '-1', '0']) {
    const { code, err } = await medleyctl(socket, 'token', 'demo', `--hours=${hours}`);
    assert.deepEqual([code, /--hours: a whole number/.test(err)], [2, true], hours);
  }
  const host = await join({ token });
  assert.equal(host.hello.d.you.role, 'host');
  assert.equal(host.hello.d.you.name, 'Hanna');
  const guests = await Promise.all(['Gus', 'Gil', 'Gea'].map((name) => join({ room: 'demo', name })));
  assert.deepEqual(guests.map(({ hello }) => hello.t), ['waiting', 'waiting', 'waiting']);
  assert.match(await good('lobby', 'demo'), /Gus[^]*Gil[^]*Gea/);
  await good('deny', 'demo', 'Gil');
  await until('Gil is out', 5, () => guests[1].closed);
  assert.equal(guests[1].closed.code, 4003);
  const twin = await join({ room: 'demo', name: 'Gus' });
  assert.match(await refused('admit', 'demo', 'Gus'), /2 who wait for demo are called Gus; take the id/);
  await good('deny', 'demo', twin.hello.d.id);
  await until('his twin is out', 5, () => twin.closed);
  await good('admit', 'demo', 'Gus');
  await guests[0].message(({ t }) => t === 'welcome');
  await good('admit', 'demo', '--all');
  await guests[2].message(({ t }) => t === 'welcome');
  assert.match(await refused('admit', 'demo', 'Gil'), /nobody of this id or name waits/);

  await good('role', 'demo', 'Gus', 'host');
  await guests[0].message(({ t, d }) => t === 'room' && d.you.role === 'host');
  await good('move', 'demo', 'Gea', 'side');
  assert.equal((await guests[2].message(({ t, d }) => t === 'welcome' && d.moved)).d.room.name, 'side');

  await good('lock', 'demo');
  assert.equal((await join({ room: 'demo', name: 'Late' })).hello.d.code, 'locked');
  await good('unlock', 'demo');
  await good('pin', 'demo', '4711');
  assert.equal((await join({ room: 'demo', name: 'Late' })).hello.d.code, 'pin_required');
  assert.equal((await join({ room: 'demo', name: 'Late', pin: '4711' })).hello.t, 'waiting');
  await good('pin', 'demo');
  for (const ws of [host, ...guests]) ws.close();
});

test('calls go to users only, and say what became of them', async () => {
  const host = await join({ token: (await good('token', 'calls', 'host', '--name', 'Hanna')).trim() });
  assert.match(await good('call', 'calls', 'us_nobody'), /^cl_\S+ failed/);
  assert.match(await refused('call', 'calls', 'sip:someone@192.0.2.1'), /forbidden/);
  host.close();
});
