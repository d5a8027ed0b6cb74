// SPDX-License-Identifier: GPL-2.0-or-later
// medleyctl, run once for each command.
import { spawn } from 'node:child_process';

/** @return {code, out, err}; stdin is empty, or options.input.  @param socket  null: it has to find it */
export function medleyctl(socket, ...words) {
  const binary = process.env.MEDLEYCTL;
  if (!binary) throw new Error('MEDLEYCTL must name the program to test');
  const options = words.at(-1)?.constructor === Object ? words.pop() : {};
  return new Promise((resolve, reject) => {
    const env = { ...process.env, LC_ALL: 'C', ...options.env };
    delete env.MEDLEY_SOCKET;
    Object.assign(env, options.env);
    const child = spawn(binary, [...(socket ? ['-s', socket] : []), ...words],
      { cwd: options.cwd, env, stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] });
    child.stdin?.end(options.input);
    const out = [], err = [];
    child.stdout.on('data', (data) => out.push(data));
    child.stderr.on('data', (data) => err.push(data));
    child.once('error', reject);
    child.once('close', (code) => resolve({
      code, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString(), bytes: Buffer.concat(out),
    }));
  });
}
