// SPDX-License-Identifier: GPL-2.0-or-later
// A network of the test's own: a namespace, joined to this machine by links that can be cut.
//
//   namespace                        machine
//     e0  10.N.0.2/24  -------------  10.N.0.1   links[0], the way to everywhere else
//     e1  10.N.1.2/24  -------------  10.N.1.1   links[1], that way when links[0] is cut
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

function run(command, ...args) {
  const { status, error, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr.trim()}`);
}

const ip = (...args) => run('ip', ...args);

export class Namespace {
  links = []; // {name, here, there}: the addresses of the machine and of the namespace
  #name = `medley-${process.pid}`;

  /** @returns why there can be none here, or null */
  static missing() {
    if (process.getuid() !== 0) return 'only root can make a network namespace';
    const probe = `medley-probe-${process.pid}`;
    try {
      ip('netns', 'add', probe);
      run('ip', 'netns', 'exec', probe, 'nft', 'add', 'table', 'inet', 'probe');
      return null;
    } catch (err) {
      return `no network namespace with nftables here: ${err.message}`;
    } finally {
      spawnSync('ip', ['netns', 'del', probe]);
    }
  }

  /** @param count  of links */
  constructor(count = 1) {
    const net = 64 + Math.floor(Math.random() * 128);
    this.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'medley-netns-'));
    this.remove = this.remove.bind(this);
    process.once('exit', this.remove);
    ip('netns', 'add', this.#name);
    this.ip('link', 'set', 'lo', 'up');
    for (let i = 0; i < count; i++) {
      const link = { name: `e${i}`, peer: `md${process.pid}n${i}`, here: `10.${net}.${i}.1`, there: `10.${net}.${i}.2` };
      ip('link', 'add', link.peer, 'type', 'veth', 'peer', 'name', link.name, 'netns', this.#name);
      ip('addr', 'add', `${link.here}/24`, 'dev', link.peer);
      ip('link', 'set', link.peer, 'up');
      this.ip('addr', 'add', `${link.there}/24`, 'dev', link.name);
      this.ip('link', 'set', link.name, 'up');
      this.links.push(link);
      this.#route(link);
    }
  }

  #route(link) { this.ip('route', 'add', 'default', 'via', link.here, 'metric', String(100 + this.links.indexOf(link))); }

  ip(...args) { ip('-n', this.#name, ...args); }

  /** No UDP goes out or comes in, as behind the firewall of an office.  @param link  by this one only */
  blockUdp(link) {
    this.nft('add table inet medley');
    for (const [hook, by] of [['input', 'iifname'], ['output', 'oifname']]) {
      this.nft(`add chain inet medley ${hook} { type filter hook ${hook} priority 0; }`);
      this.nft(`add rule inet medley ${hook} ${link ? `${by} ${link.name} ` : ''}meta l4proto udp counter drop`);
    }
  }

  nft(command) { run('ip', 'netns', 'exec', this.#name, 'nft', command); }

  /** Take the address of a link away; what was sent from it is lost. */
  cut(link) { this.ip('addr', 'del', `${link.there}/24`, 'dev', link.name); }

  /** Give a link that was cut another address. */
  readdress(link) {
    link.there = link.there.replace(/\d+$/, (last) => Number(last) + 1);
    this.ip('addr', 'add', `${link.there}/24`, 'dev', link.name);
    this.#route(link);
  }

  /** A program that runs @p program in here, with its arguments. */
  command(program) {
    const file = path.join(this.folder, path.basename(program));
    fs.writeFileSync(file, `#!/bin/sh\nexec nsenter --net=/run/netns/${this.#name} ${program} "$@"\n`, { mode: 0o755 });
    return file;
  }

  /** The links go with their namespace; whoever runs in it must have ended. */
  remove() {
    process.removeListener('exit', this.remove);
    spawnSync('ip', ['netns', 'del', this.#name]);
    for (const link of this.links) spawnSync('ip', ['link', 'del', link.peer]);
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}
