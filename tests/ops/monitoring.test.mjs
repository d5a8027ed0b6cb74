// SPDX-License-Identifier: GPL-2.0-or-later
// Alerts and dashboard: well formed, firing when they should, and about metrics that exist.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { Daemon } from '../e2e/lib/daemon.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const run = promisify(execFile);
// ./tests/run puts it there where the machine has none.
const own = path.join(root, '.build/promtool/usr/bin/promtool');
const promtool = fs.existsSync(own) ? own : 'promtool';

const alerts = path.join(root, 'configs/prometheus/alerts.yml');
const dashboard = JSON.parse(fs.readFileSync(path.join(root, 'configs/grafana/medley.json'), 'utf8'));
let text; // of /metrics

before(async () => {
  const daemon = await Daemon.start();
  try {
    text = await (await fetch(`http://127.0.0.1:${daemon.ports.admin}/metrics`)).text();
  } finally {
    await daemon.stop();
  }
});

/** Names as they are asked for, each with the names and values of its labels. */
function known() {
  const metrics = new Map();
  for (const line of text.split('\n')) {
    const found = line.match(/^([a-z_]+)(?:\{(.*)\})? /);
    if (!found) continue;
    const labels = metrics.get(found[1]) ?? new Map();
    for (const [, name, value] of (found[2] ?? '').matchAll(/(\w+)="([^"]*)"/g)) {
      labels.set(name, (labels.get(name) ?? new Set()).add(value));
    }
    metrics.set(found[1], labels);
  }
  return metrics;
}

/** Everything wrong with what an expression asks for. */
function complaints(expr, metrics) {
  const wrong = [];
  for (const [, name, selector] of expr.matchAll(/\b((?:medley|process)_\w+)(?:\{([^}]*)\})?/g)) {
    const labels = metrics.get(name);
    if (!labels) wrong.push(`${name} does not exist`);
    for (const [, label, how, value] of (selector ?? '').matchAll(/(\w+)(=~|!~|!=|=)"([^"]*)"/g)) {
      if (label === 'job' || label === 'instance' || !labels) continue; // Prometheus adds them
      const values = [...labels.get(label) ?? []];
      const matches = how.includes('~') ? (v) => new RegExp(`^(?:${value})$`).test(v) : (v) => v === value;
      if (!values.some(matches)) wrong.push(`${name} has no ${label}="${value}"`);
    }
  }
  return wrong;
}

function expressions(panels) {
  return panels.flatMap((panel) => [
    ...(panel.targets ?? []).map((target) => target.expr), ...expressions(panel.panels ?? [])]);
}

test('metrics are named as Prometheus wants it', async () => {
  const child = spawn(promtool, ['check', 'metrics'], { stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => { said += data; });
  child.stdin.end(text);
  const code = await new Promise((resolve, reject) => {
    child.once('close', resolve);
    child.once('error', reject);
  });
  assert.equal(code, 0, said);
  assert.equal(said, '');
});

test('the rules and the example of a configuration are well formed', async () => {
  await run(promtool, ['check', 'rules', alerts]);
  await run(promtool, ['check', 'config', path.join(root, 'configs/prometheus/prometheus.yml')]);
});

test('alerts fire when they should', async () => {
  await run(promtool, ['test', 'rules', path.join(root, 'tests/ops/alerts_test.yml')]);
});

test('alerts ask for metrics that exist', () => {
  const rules = fs.readFileSync(alerts, 'utf8').replace(/^\s*#.*$/gm, '');
  assert.ok(rules.includes('medley_'));
  assert.deepEqual(complaints(rules, known()), []);
});

test('the dashboard asks for metrics that exist', () => {
  const all = expressions(dashboard.panels);
  assert.ok(all.length > 40);
  const metrics = known();
  assert.deepEqual(all.flatMap((expr) => complaints(expr, metrics)), []);
});

test('the dashboard asks in words that Prometheus understands', async () => {
  const file = path.join(fs.mkdtempSync('/tmp/medley-dashboard-'), 'rules.yml');
  const rules = expressions(dashboard.panels).map((expr, i) => ({
    record: `panel:${i}`,
    expr: expr.replaceAll('$__rate_interval', '1m').replaceAll('$instance', '.*'),
  }));
  fs.writeFileSync(file, JSON.stringify({ groups: [{ name: 'dashboard', rules }] }));
  try {
    await run(promtool, ['check', 'rules', '--lint=none', file]);
  } finally {
    fs.rmSync(path.dirname(file), { recursive: true });
  }
});

test('panels of the dashboard have ids of their own and do not overlap', () => {
  const taken = new Set();
  for (const { id, title, gridPos: { x, y, w, h } } of dashboard.panels) {
    assert.ok(title && x + w <= 24, `${title} is inside of the page`);
    for (let row = y; row < y + h; ++row) {
      for (let column = x; column < x + w; ++column) {
        assert.ok(!taken.has(`${column},${row}`), `${title} has a place of its own`);
        taken.add(`${column},${row}`);
      }
    }
    assert.ok(!taken.has(id), `${title} has an id of its own`);
    taken.add(id);
  }
});

test('no metric has a label per room or person', () => {
  for (const [name, labels] of known()) {
    for (const label of labels.keys()) {
      assert.ok(!/room|part|name|id$|addr/.test(label), `${name} has the label ${label}`);
    }
  }
});

