// SPDX-License-Identifier: GPL-2.0-or-later
// Debian's coturn as a child of the test; never the service of the machine.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, until } from './util.mjs';

const own = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../../.build/turnserver/usr/bin/turnserver');
const TURNSERVER = fs.existsSync(own) ? own : 'turnserver';
const RELAYS = 100; // ports

export class Coturn {
  /** @param options {address, secret} */
  static async start({ address, secret }) {
    const coturn = new Coturn();
    coturn.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'medley-turn-'));
    coturn.port = await freePort();
    coturn.log = '';
    const min = 10000 + Math.floor(Math.random() * 9000);
    const file = path.join(coturn.folder, 'turnserver.conf');
    fs.writeFileSync(file, [
      `listening-ip=${address}`, `relay-ip=${address}`, `listening-port=${coturn.port}`,
      `min-port=${min}`, `max-port=${min + RELAYS}`,
      'use-auth-secret', `static-auth-secret=${secret}`, 'realm=medley.test', 'fingerprint',
      'no-tls', 'no-dtls', 'no-udp', 'no-cli', 'no-multicast-peers', 'log-file=stdout', 'verbose',
      `userdb=${path.join(coturn.folder, 'turndb')}`, `pidfile=${path.join(coturn.folder, 'pid')}`, ''].join('\n'));
    coturn.child = spawn(TURNSERVER, ['-c', file], { cwd: coturn.folder });
    for (const stream of [coturn.child.stdout, coturn.child.stderr]) {
      stream.on('data', (data) => { coturn.log = (coturn.log + data).slice(-1 << 20); });
    }
    coturn.exited = new Promise((resolve) => {
      coturn.child.once('exit', resolve);
      coturn.child.once('error', (err) => { coturn.log += err.message; resolve(); });
    });
    coturn.exited.then(() => { coturn.ended = true; });
    await until('coturn listens', 20, () => coturn.ended || coturn.#listens(address)).catch(() => {});
    if (!coturn.ended && await coturn.#listens(address)) return coturn;
    await coturn.stop();
    throw new Error(`coturn does not listen\n${coturn.log.slice(-3000)}`);
  }

  #listens(address) {
    return new Promise((resolve) => {
      const socket = net.connect(this.port, address);
      socket.once('connect', () => { socket.destroy(); resolve(true); });
      socket.once('error', () => resolve(false));
    });
  }

  async stop() {
    if (!this.ended) this.child.kill('SIGKILL');
    await this.exited;
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}
