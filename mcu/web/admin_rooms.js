// SPDX-License-Identifier: GPL-2.0-or-later
// The first view: figures of the server, and all rooms with their pictures.

import { path } from './admin_api.js';
import { attr, bytes, closeKeyed, duration, el, keyed, percent, say, since } from './admin_dom.js';
import { LivePicture } from './admin_live.js';
import { words } from './admin_words.js';

const THUMB = 320;

/** Figures of the server in a row. */
export function nodeStats() {
  const figures = {};
  const node = el('dl', { class: 'stats' });
  for (const name of ['people', 'rooms', 'cpu', 'memory', 'up']) {
    const big = el('b'), small = el('small');
    figures[name] = (text, more = '') => { say(big, text); say(small, more); };
    node.append(el('div', {}, el('dt', {}, words.stats[name]), el('dd', {}, big, small)));
  }
  return {
    node,
    update(server) {
      const { web = 0, sip = 0 } = server.participants ?? {};
      figures.people(web + sip, `${web} ${words.stats.web}, ${sip} ${words.stats.sip}`);
      figures.rooms(server.rooms);
      figures.cpu(percent(server.cpu));
      figures.memory(bytes(server.rss_bytes));
      figures.up(duration(server.uptime_s), server.version);
    },
  };
}

/** Name of a layout, and whether somebody chose it. */
export function layoutWords(layout) {
  return [layout?.layout ?? '', layout?.chosen ? words.list.chosen : words.list.configured];
}

function roomRow(app, { name }) {
  const [, , peopleWord, layoutWord, ageWord] = words.list.columns;
  const cell = (label, ...children) => el('td', { role: 'cell', 'data-label': label }, ...children);
  const picture = new LivePicture(app.api, name, {
    width: THUMB, label: words.list.picture(name), empty: words.list.noPicture,
  });
  const people = el('b', { class: 'wide' }), peopleInWords = el('span', { class: 'narrow' }), layout = el('span'), how = el('small', { class: 'dim' }), age = el('span');
  const link = el('a', { href: `#${path`room/${name}`}`, class: 'room-link', 'aria-label': words.list.open(name) }, name);
  const row = el('tr', { role: 'row', 'data-room': name }, el('td', { role: 'cell', class: 'thumb' }, picture.node),
    el('th', { role: 'rowheader', scope: 'row' }, link),
    cell(peopleWord, people, peopleInWords), cell(layoutWord, layout, ' ', how), cell(ageWord, age));
  return {
    node: row,
    close: () => picture.close(),
    update(room) {
      const [layoutName, chosen] = layoutWords(room.layout);
      say(people, room.participants);
      say(peopleInWords, words.people(room.participants));
      say(layout, layoutName);
      say(how, chosen);
      say(age, duration(since(room.created_at)));
    },
  };
}

export class RoomsView {
  constructor(app) {
    this.app = app;
    this.every = 2000;
    this.title = words.rooms;
    this.stats = nodeStats();
    this.rows = el('tbody', { role: 'rowgroup' });
    this.filter = el('input', {
      type: 'search', placeholder: words.list.filter, 'aria-label': words.list.filter, maxlength: 64, oninput: () => this.render(),
    });
    this.table = el('table', { class: 'rooms', role: 'table', 'aria-label': words.rooms },
      el('thead', { role: 'rowgroup' }, el('tr', { role: 'row' },
        ...words.list.columns.map((name) => el('th', { role: 'columnheader', scope: 'col' }, name)))), this.rows);
    this.empty = el('div', { class: 'empty' }, el('h2'), el('p', { class: 'dim' }));
    this.node = el('div', { class: 'view' }, this.stats.node,
      el('div', { class: 'row head' }, el('h1', {}, words.rooms), this.filter), this.table, this.empty);
    this.table.hidden = this.empty.hidden = true;
    if (app.node) this.stats.update(app.node);
  }

  async refresh(current) {
    const { rooms } = await this.app.api.get('/rooms');
    if (!current()) return;
    this.rooms = [...rooms].sort((a, b) => a.name.localeCompare(b.name));
    this.render();
  }

  render() {
    if (this.app.node) this.stats.update(this.app.node);
    if (!this.rooms) return;
    const wanted = this.filter.value.trim().toLowerCase();
    const rooms = this.rooms.filter((room) => room.name.includes(wanted));
    keyed(this.rows, rooms, (room) => room.name, (room) => roomRow(this.app, room));
    this.table.hidden = !rooms.length;
    this.empty.hidden = rooms.length > 0;
    this.filter.hidden = !this.rooms.length;
    const [head, hint] = this.empty.children;
    say(head, this.rooms.length ? words.list.noMatch : words.list.none);
    say(hint, this.rooms.length ? '' : words.list.noneHint);
    attr(this.table, 'aria-rowcount', rooms.length + 1);
  }

  close() { closeKeyed(this.rows); }
}
