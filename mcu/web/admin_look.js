// SPDX-License-Identifier: GPL-2.0-or-later
// What is drawn into a room's picture besides people: banner, names, badges, marks.

import { el } from './admin_dom.js';
import { words } from './admin_words.js';

const text = words.look;

/** A switch with its label.  @param set  (on, control) => Promise of success */
export function toggle(label, hint, set) {
  const box = el('input', {
    type: 'checkbox', role: 'switch',
    onchange: async () => {
      const wanted = box.checked;
      if (!(await set(wanted, box))) box.checked = !wanted;
    },
  });
  const caption = el('span', { class: 'grow' }, label);
  if (hint) caption.append(el('small', { class: 'dim' }, hint));
  return {
    node: el('label', { class: 'switch' }, caption, box),
    update: (on) => { if (!box.dataset.busy) box.checked = Boolean(on); },
  };
}

/** Two parts of the page: node, and banner with its text. */
export class LookCard {
  /** @param base  path of the room */
  constructor(app, base) {
    Object.assign(this, { app, base, layout: {} });
    this.overlays = new Map(Object.keys(text.overlays).map((name) => [name,
      toggle(text.overlays[name], '', (on, box) => this.put(box, { overlays: { [name]: on } }))]));
    this.marks = new Map(Object.keys(text.marks).map((name) => [name,
      toggle(text.marks[name], '', (on, box) => this.put(box, { marks: this.marksWith(name, on) }))]));
    this.banner = this.bannerForm();
    this.node = el('section', { class: 'card look', 'aria-label': text.title }, el('h2', {}, text.title),
      ...[...this.overlays.values(), ...this.marks.values()].map((part) => part.node));
  }

  bannerForm() {
    this.line = el('input', { type: 'text', id: 'banner', maxlength: 200, placeholder: text.bannerHint });
    this.showButton = el('button', { type: 'submit', class: 'secondary' }, text.set);
    this.clearButton = el('button', { type: 'button', class: 'quiet', onclick: () => this.setBanner('') }, text.clear);
    return el('form', {
      class: 'card banner row', 'aria-label': text.banner,
      onsubmit: (event) => { event.preventDefault(); void this.setBanner(this.line.value.trim()); },
    }, el('label', { for: 'banner' }, text.banner), this.line, this.showButton, this.clearButton);
  }

  async setBanner(line) {
    const done = await this.put(this.showButton, { banner: line }, line ? text.bannerSet : text.bannerGone);
    if (done) this.line.value = this.shown = line;
  }

  put(control, change, done) {
    return this.app.act(control, () => this.app.api.put(`${this.base}/layout`, change), done);
  }

  marksWith(name, on) {
    const others = (this.layout.marks ?? []).filter((mark) => mark !== name);
    return on ? [...others, name] : others;
  }

  update(layout) {
    this.layout = layout;
    for (const [name, part] of this.overlays) part.update(layout.overlays?.[name]);
    for (const [name, part] of this.marks) part.update((layout.marks ?? []).includes(name));
    const banner = layout.banner ?? '';
    const typing = document.activeElement === this.line || this.line.value !== (this.shown ?? '');
    if (!typing && banner !== this.line.value) this.line.value = banner;
    if (!typing || banner === this.line.value) this.shown = banner;
    this.clearButton.hidden = !banner;
  }
}
