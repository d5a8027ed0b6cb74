// SPDX-License-Identifier: GPL-2.0-or-later
// Waiting, seeded random numbers, free ports.
import dgram from 'node:dgram';
import net from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * Ask again and again until the answer is truthy; returns it.
 * @param what     for the error: "the tile of A shows its mark"
 * @param seconds  to wait at most
 * @param ask      may throw; the last error is told
 */
export async function until(what, seconds, ask) {
  const end = Date.now() + seconds * 1000;
  let last;
  do {
    try {
      last = undefined;
      const answer = await ask();
      if (answer) return answer;
    } catch (err) {
      last = err;
    }
    await pause(50);
  } while (Date.now() < end);
  throw new Error(`not within ${seconds} s: ${what}${last ? ` (${last.message})` : ''}`);
}

export { pause };

/** mulberry32: the same numbers for the same seed, 0 <= x < 1. */
export function random(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export function randomBytes(next, length) {
  return Buffer.from(Array.from({ length }, () => Math.floor(next() * 256)));
}

function bindUdp(port) {
  return new Promise((resolve, reject) => {
    const socket = dgram.createSocket('udp4');
    socket.once('error', reject);
    socket.bind(port, () => resolve(socket));
  });
}

function bindTcp(port) {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(port, () => resolve(server));
  });
}

/** A port number that is free for UDP and TCP now. */
export async function freePort() {
  for (;;) {
    const udp = await bindUdp(0);
    const { port } = udp.address();
    const tcp = await bindTcp(port).catch(() => null);
    await new Promise((done) => udp.close(done));
    if (tcp) {
      await new Promise((done) => tcp.close(done));
      return port;
    }
  }
}
