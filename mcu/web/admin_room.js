// SPDX-License-Identifier: GPL-2.0-or-later
// One room: its picture, how it looks, who is in it.

import { path } from './admin_api.js';
import { closeKeyed, duration, el, icon, keyed, say, since } from './admin_dom.js';
import { LayoutPicker } from './admin_layouts.js';
import { LivePicture } from './admin_live.js';
import { LookCard } from './admin_look.js';
import { personRow } from './admin_people.js';
import { layoutWords } from './admin_rooms.js';
import { words } from './admin_words.js';

const WIDTH = 960; // of the picture; the server does not make it larger than it is

export class RoomView {
  constructor(app, name) {
    Object.assign(this, { app, name, title: name, every: 1000 });
    this.base = path`/rooms/${name}`;
    this.picture = new LivePicture(app.api, name, {
      width: WIDTH, label: words.list.picture(name), empty: words.list.noPicture,
    });
    this.look = new LookCard(app, this.base);
    this.node = el('div', { class: 'view' }, this.head(), this.body(), this.goneNote());
  }

  head() {
    this.count = el('span', { class: 'dim' });
    this.muteButton = el('button', { type: 'button', class: 'secondary', onclick: () => this.muteAll() }, words.room.muteAll);
    this.endButton = el('button', { type: 'button', class: 'secondary danger-text', onclick: () => this.end() }, words.room.end);
    return el('div', { class: 'row head' },
      el('a', { href: '#rooms', class: 'icon', 'aria-label': words.room.back, title: words.room.back }, icon('i-back')),
      el('div', { class: 'grow' }, el('h1', { class: 'cut' }, this.name), this.count), this.muteButton, this.endButton);
  }

  body() {
    this.people = el('tbody', { role: 'rowgroup' });
    const table = el('table', { class: 'people', role: 'table', 'aria-label': words.person.title },
      el('thead', { role: 'rowgroup' }, el('tr', { role: 'row' },
        ...words.person.columns.map((name) => el('th', { role: 'columnheader', scope: 'col' }, name)))), this.people);
    this.content = el('div', { class: 'room' },
      el('div', { class: 'column' }, this.picture.node, this.look.banner),
      el('div', { class: 'column' }, this.layoutCard(), this.look.node),
      el('section', { class: 'card wide' }, el('h2', {}, words.person.title), el('div', { class: 'scroll' }, table)));
    return this.content;
  }

  layoutCard() {
    this.layoutName = el('b');
    this.layoutHow = el('span', { class: 'dim' });
    this.spots = el('ul', { class: 'chips', 'aria-label': words.layout.spotlight });
    this.clearSpots = el('button', { type: 'button', class: 'quiet', onclick: () => this.spotlight([]) }, words.layout.clear);
    this.spotRow = el('div', { class: 'row' }, el('span', { class: 'dim' }, words.layout.spotlight), this.spots, this.clearSpots);
    this.backButton = el('button', {
      type: 'button', class: 'secondary', onclick: () => this.setLayout(this.backButton, null, words.layout.backDone),
    }, words.layout.back);
    const change = el('button', { type: 'button', class: 'primary', onclick: () => this.pick() }, words.layout.change);
    return el('section', { class: 'card', 'aria-label': words.layout.title }, el('h2', {}, words.layout.title),
      el('p', {}, this.layoutName, ' ', this.layoutHow), el('div', { class: 'row' }, change, this.backButton), this.spotRow);
  }

  goneNote() {
    this.gone = el('div', { class: 'empty', hidden: true }, el('h2', {}, words.room.gone),
      el('p', { class: 'dim' }, words.room.goneHint), el('a', { class: 'primary', href: '#rooms' }, words.room.back));
    return this.gone;
  }

  async refresh(current) {
    const room = await this.app.api.get(this.base);
    if (!current()) return;
    this.showGone(false);
    this.room = room;
    this.render();
  }

  render() {
    const list = this.room.participants_list ?? [];
    const layout = this.room.layout ?? {};
    const [name, how] = layoutWords(layout);
    const more = [how, layout.showing && layout.showing !== name && `${words.layout.showing.toLowerCase()} ${layout.showing}`,
      layout.overflow && words.layout.overflow(layout.overflow)];
    say(this.count, `${words.people(list.length)}, ${words.room.openFor(duration(since(this.room.created_at)))}`);
    say(this.layoutName, name);
    say(this.layoutHow, more.filter(Boolean).join(' · '));
    this.backButton.hidden = !layout.chosen;
    this.renderSpotlight(layout.spotlight ?? [], list);
    this.look.update(layout);
    keyed(this.people, list, (p) => p.id, (p) => personRow(this, p));
  }

  renderSpotlight(ids, list) {
    const names = new Map(list.map((p) => [p.id, p.name]));
    this.spotRow.hidden = !ids.length;
    keyed(this.spots, ids, (id) => id, () => {
      const node = el('li', { class: 'chip' });
      return { node, update: (id) => say(node, names.get(id) || words.person.nameless) };
    });
  }

  failed(err) {
    if (err.status === 404) this.showGone(true);
  }

  showGone(on) {
    this.gone.hidden = !on;
    this.content.hidden = this.muteButton.hidden = this.endButton.hidden = on;
    if (on) say(this.count, '');
  }

  close() {
    this.picture.close();
    this.picker?.close();
    closeKeyed(this.people);
  }

  // ---- what one can do ----

  get api() { return this.app.api; }
  get seats() { return Object.keys(this.room?.layout?.seats ?? {}); }

  setLayout(control, name, done) {
    return this.app.act(control, () => this.api.put(`${this.base}/layout`, { layout: name }), done);
  }

  spotlight(ids, control = this.clearSpots) {
    return this.app.act(control, () => this.api.put(`${this.base}/layout`, { spotlight: ids }));
  }

  pick() {
    const list = this.room?.participants_list ?? [];
    this.picker = new LayoutPicker(this.app, {
      current: this.room?.layout, count: list.length, content: list.some((p) => p.share),
      choose: (control, name) => this.setLayout(control, name, words.layout.done(name)),
    });
    void this.picker.open();
  }

  muteAll() {
    const n = this.room?.participants ?? 0;
    return this.app.actIf({ title: words.room.muteAll, text: words.room.muteAllAsk(n), yes: words.room.muteAll },
      this.muteButton, () => this.api.post(`${this.base}/mute`, { audio: true }), (done) => words.room.mutedAll(done?.muted ?? n));
  }

  async end() {
    const n = this.room?.participants ?? 0;
    const done = await this.app.actIf({ title: words.room.end, text: words.room.endAsk(n), yes: words.room.end, danger: true },
      this.endButton, () => this.api.delete(this.base), words.room.ended);
    if (done) location.hash = '#rooms';
  }
}
