// SPDX-License-Identifier: GPL-2.0-or-later
// A medleyd of the test's own: free ports, a temporary folder, its log kept.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseMetrics } from './metrics.mjs';
import { freePort, until } from './util.mjs';

const RTP_PORTS = 2000;

function writeConfig(folder, ports, more) {
  // JSON is YAML.  The RTP ports are below those that freePort() gives.
  const config = {
    server: { data_dir: path.join(folder, 'data') },
    http: { port: ports.http, tls_port: ports.tls, ...more.http },
    admin: { port: ports.admin },
    rtc: { udp_port: ports.rtc, ...more.rtc },
    sip: {
      port: ports.sip, tls_port: ports.sipTls,
      rtp_port_min: ports.rtp, rtp_port_max: ports.rtp + RTP_PORTS - 1, ...more.sip,
    },
    rooms: { ...more.rooms },
    ...Object.fromEntries(Object.entries(more).filter(([name]) => !['http', 'rtc', 'sip', 'rooms', 'log'].includes(name))),
    log: { level: 'info', format: 'text' },
  };
  const file = path.join(folder, 'medley.yaml');
  fs.writeFileSync(file, JSON.stringify(config, null, 2));
  return file;
}

async function pickPorts() {
  const names = ['http', 'tls', 'admin', 'rtc', 'sip', 'sipTls'];
  const ports = { rtp: 20000 + 2 * Math.floor(Math.random() * 5000) };
  for (const name of names) {
    do ports[name] = await freePort();
    while (names.some((other) => other !== name && ports[other] === ports[name])
           || (ports[name] >= ports.rtp && ports[name] < ports.rtp + RTP_PORTS));
  }
  return ports;
}

export class Daemon {
  /** Start and wait until it answers.  @param more  sections of the configuration to add to */
  static async start(more = {}) {
    const binary = process.env.MEDLEYD;
    if (!binary) throw new Error('MEDLEYD must name the daemon to test');
    const daemon = new Daemon();
    daemon.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'medley-e2e-'));
    daemon.ports = await pickPorts();
    daemon.url = `http://localhost:${daemon.ports.http}`;
    daemon.config = writeConfig(daemon.folder, daemon.ports, more);
    await daemon.#run(binary);
    return daemon;
  }

  async #run(binary) {
    this.log = '';
    this.end = undefined;
    this.child = spawn(binary, ['--config', this.config], { cwd: this.folder });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream.on('data', (data) => { this.log = (this.log + data).slice(-1 << 20); });
    }
    this.exited = new Promise((resolve) => {
      this.child.once('exit', (code, signal) => { this.end = { code, signal }; resolve(); });
      this.child.once('error', (err) => { this.end = { err }; resolve(); });
    });
    await until('medleyd answers on /healthz', 20, async () => {
      if (this.end) return true;
      return (await fetch(`http://127.0.0.1:${this.ports.http}/healthz`)).ok;
    }).catch((err) => { this.child.kill('SIGKILL'); throw this.wrap(err); });
    if (this.end) throw this.wrap(new Error(`medleyd ended: ${JSON.stringify(this.end)}`));
  }

  /** SIGKILL: it gets no chance to put anything away. */
  async kill() {
    this.child.kill('SIGKILL');
    await this.exited;
  }

  /** Start again after kill(), with the same data. */
  async restart() { await this.#run(process.env.MEDLEYD); }

  /** An error with the end of the log. */
  wrap(err) {
    err.message += `\n--- medleyd log ---\n${this.log.slice(-4000)}`;
    return err;
  }

  get pid() { return this.child.pid; }
  get alive() { return !this.end; }

  async metrics() {
    const answer = await fetch(`http://127.0.0.1:${this.ports.admin}/metrics`);
    return parseMetrics(await answer.text());
  }

  /** Threads, open files and resident memory [KiB]. */
  process() {
    const status = fs.readFileSync(`/proc/${this.pid}/status`, 'utf8');
    const field = (name) => Number(status.match(new RegExp(`^${name}:\\s+(\\d+)`, 'm'))[1]);
    return {
      threads: field('Threads'), rss: field('VmRSS'),
      fds: fs.readdirSync(`/proc/${this.pid}/fd`).length,
    };
  }

  /** SIGTERM, then SIGKILL after ten seconds.  Fails if it did not end by itself with status 0. */
  async stop() {
    if (!this.end) this.child.kill('SIGTERM');
    const killer = setTimeout(() => this.child.kill('SIGKILL'), 10000);
    await this.exited;
    clearTimeout(killer);
    if (process.env.E2E_LOG) process.stderr.write(this.log);
    fs.rmSync(this.folder, { recursive: true, force: true });
    if (this.end.code !== 0) throw this.wrap(new Error(`medleyd ended with ${JSON.stringify(this.end)}`));
  }
}
