// SPDX-License-Identifier: GPL-2.0-or-later
// The server itself: how it is, draining, log level, configuration.

import { bytes, duration, el, percent, question, say } from './admin_dom.js';
import { toggle } from './admin_look.js';
import { words } from './admin_words.js';

const text = words.node;

/** "file:12:3: words" in its two halves. */
export function splitError(line) {
  const match = String(line).match(/^(.*?:\d+(?::\d+)?):\s*(.*)$/s);
  return match ? [match[1], match[2]] : ['', String(line)];
}

function table(columns, rows) {
  return el('div', { class: 'scroll' }, el('table', { class: 'plain' },
    el('thead', {}, el('tr', {}, ...columns.map((name) => el('th', { scope: 'col' }, name)))),
    el('tbody', {}, ...rows.map((cells) => el('tr', {}, ...cells)))));
}

function errorTable(errors) {
  return table(words.config.errorColumns, errors.map((line) => {
    const [where, what] = splitError(line);
    return [el('td', {}, el('code', {}, where)), el('td', {}, what)];
  }));
}

function verdict(ok, said) {
  return el('p', { class: ok ? 'verdict good' : 'verdict bad' }, said);
}

/** What a check or a reload found. */
function outcome(result, okWords) {
  const { ok, errors = [], changed = [], layouts_changed: layouts } = result;
  const nodes = [verdict(ok, ok ? okWords : words.config.bad)];
  if (errors.length) nodes.push(errorTable(errors));
  if (layouts) nodes.push(el('p', {}, words.config.layouts));
  if (changed.length) {
    nodes.push(table(words.config.columns, changed.map(({ key, class: kind }) => [
      el('td', {}, el('code', {}, key)),
      el('td', {}, el('span', { class: kind === 'restart' ? 'chip warn' : 'chip' }, words.config.classes[kind] ?? kind))])));
  } else if (ok && !layouts) {
    nodes.push(el('p', { class: 'dim' }, words.config.same));
  }
  return nodes;
}

export class ServerView {
  constructor(app) {
    Object.assign(this, { app, every: 2000, title: words.server });
    this.node = el('div', { class: 'view server' }, el('h1', {}, words.server),
      el('div', { class: 'columns' }, el('div', { class: 'column' }, this.stateCard(), this.operateCard()),
        el('div', { class: 'column' }, this.configCard(), this.fileCard())));
    if (app.node) this.render();
  }

  stateCard() {
    this.figures = {};
    const list = el('dl', { class: 'facts' });
    for (const name of ['version', 'started', 'up', 'cpu', 'memory', 'people', 'rooms']) {
      this.figures[name] = el('dd');
      list.append(el('dt', {}, text[name]), this.figures[name]);
    }
    return el('section', { class: 'card', 'aria-label': text.title }, list);
  }

  operateCard() {
    this.drain = toggle(text.drain, text.drainHint, (on, box) => this.setDrain(on, box));
    this.level = el('select', { id: 'level', onchange: () => void this.setLevel() },
      ...text.logLevels.map((level) => el('option', { value: level }, level)));
    return el('section', { class: 'card' }, this.drain.node, el('div', { class: 'switch' },
      el('label', { class: 'grow', for: 'level' }, text.log, el('small', { class: 'dim' }, text.logHint)), this.level));
  }

  configCard() {
    this.loaded = el('p', { class: 'dim' });
    this.broken = el('div', { hidden: true });
    this.result = el('div', { class: 'result', role: 'status' });
    this.checkButton = el('button', { type: 'button', class: 'secondary', onclick: () => this.config('check') }, words.config.check);
    this.reloadButton = el('button', { type: 'button', class: 'primary', onclick: () => this.config('reload') }, words.config.reload);
    this.yaml = el('pre', { tabindex: 0, 'aria-label': words.config.show });
    const show = el('details', { ontoggle: () => show.open && void this.loadYaml() },
      el('summary', {}, words.config.show), this.yaml);
    return el('section', { class: 'card', 'aria-label': words.config.title },
      el('div', { class: 'row' }, el('div', { class: 'grow' }, el('h2', {}, words.config.title), this.loaded),
        this.checkButton, this.reloadButton),
      el('p', { class: 'hint' }, words.config.checkHint), this.broken, this.result, show);
  }

  fileCard() {
    const result = el('div', { class: 'result', role: 'status' });
    const input = el('input', { type: 'file', id: 'layout-file', accept: '.yaml,.yml', onchange: () => void this.checkFile(input, result) });
    return el('section', { class: 'card' }, el('h2', {}, el('label', { for: 'layout-file' }, words.config.file)),
      el('p', { class: 'hint' }, words.config.fileHint), el('div', { class: 'row' }, input), result);
  }

  async checkFile(input, result) {
    const [file] = input.files;
    result.replaceChildren();
    if (!file) return;
    await this.app.act(input, async () => {
      const query = new URLSearchParams({ name: file.name });
      const { ok, errors = [] } = await this.app.api.postText(`/layouts/check?${query}`, await file.text());
      const said = ok ? words.config.fileGood(file.name) : words.config.fileBad(file.name);
      result.replaceChildren(verdict(ok, said), ...(errors.length ? [errorTable(errors)] : []));
    });
    input.value = ''; // the same file again, mended, is a change
  }

  /** What /node says has just been fetched. */
  async refresh() { this.render(); }

  render() {
    const { node } = this.app;
    const { web = 0, sip = 0 } = node.participants ?? {};
    const { settings = {} } = node;
    const when = new Date(settings.loaded_at);
    say(this.figures.version, node.version);
    say(this.figures.started, new Date(node.started_at).toLocaleString());
    say(this.figures.up, duration(node.uptime_s));
    say(this.figures.cpu, percent(node.cpu));
    say(this.figures.memory, bytes(node.rss_bytes));
    say(this.figures.people, `${web + sip} (${web} ${words.stats.web}, ${sip} ${words.stats.sip})`);
    say(this.figures.rooms, node.rooms);
    this.drain.update(node.draining);
    if (document.activeElement !== this.level) this.level.value = node.log_level;
    say(this.loaded, Number.isNaN(when.getTime()) ? '' : words.config.loaded(when.toLocaleString()));
    this.renderBroken(settings);
  }

  renderBroken({ ok = true, errors = [] }) {
    const key = ok ? '' : errors.join('\n') || '-';
    this.broken.hidden = ok || this.result.hasChildNodes();
    if (this.brokenKey === key) return;
    this.brokenKey = key;
    this.broken.replaceChildren(...(ok ? [] : [verdict(false, words.config.broken), errorTable(errors)]));
  }

  async setDrain(on, box) {
    if (on && !(await question({ title: text.drain, text: text.drainAsk, yes: text.drainYes, danger: true }))) return false;
    return this.app.act(box, async () => this.app.takeNode(await this.app.api.post('/node/drain', { on })),
      on ? text.drained : text.undrained);
  }

  setLevel() {
    const level = this.level.value;
    return this.app.act(this.level, () => this.app.api.put('/node/log', { level }), text.logDone(level));
  }

  config(what) {
    const check = what === 'check';
    return this.app.act(check ? this.checkButton : this.reloadButton, async () => {
      const result = await this.app.api.post(`/config/${what}`);
      this.result.replaceChildren(...outcome(result, check ? words.config.checked : words.config.reloaded));
      if (!check) this.app.previews.forget();
    });
  }

  loadYaml() {
    return this.app.act(null, async () => say(this.yaml, (await this.app.api.get('/config')).yaml));
  }

  close() {}
}
