// SPDX-License-Identifier: GPL-2.0-or-later
// The Prometheus text format, as far as we write it.

/** @returns Metrics: get('medley_participants', { kind: 'sip' }) adds up all that has these labels. */
export function parseMetrics(text) {
  const samples = [];
  for (const line of text.split('\n')) {
    const found = line.match(/^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)/);
    if (!found) continue;
    const labels = {};
    for (const [, name, value] of (found[2] ?? '').matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)) {
      labels[name] = value;
    }
    samples.push({ name: found[1], labels, value: Number(found[3]) });
  }
  return {
    samples,
    has: (name) => samples.some((sample) => sample.name === name),
    get: (name, labels = {}) => samples
      .filter((sample) => sample.name === name
        && Object.entries(labels).every(([key, value]) => sample.labels[key] === value))
      .reduce((sum, sample) => sum + sample.value, 0),
  };
}
