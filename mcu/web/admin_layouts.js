// SPDX-License-Identifier: GPL-2.0-or-later
// Choosing a layout by its picture.

import { attr, el, icon, iconButton, say, toast } from './admin_dom.js';
import { errorWords, words } from './admin_words.js';

const text = words.layout;

/** Layouts with their other names; ladders first, then by size and name. */
function gather(layouts) {
  const also = new Map();
  for (const { name, kind, target } of layouts) {
    if (kind === 'alias') also.set(target, [...(also.get(target) ?? []), name]);
  }
  const rank = (one) => (one.kind === 'ladder' ? -1 : one.tiles ?? 0);
  return layouts.filter((one) => one.kind !== 'alias')
    .map((one) => ({ ...one, also: also.get(one.name) ?? [] }))
    .sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
}

export class LayoutPicker {
  /** @param options {current: what the room has, count, content, choose(control, name)} */
  constructor(app, options) {
    Object.assign(this, { app, ...options });
    this.count = Math.min(64, Math.max(1, this.count));
    this.cards = [];
    this.list = el('ul', { class: 'layouts' });
    this.none = el('p', { class: 'dim', hidden: true }, text.none);
    this.filter = el('input', {
      type: 'search', placeholder: text.find, 'aria-label': text.find, maxlength: 64, oninput: () => this.find(),
    });
    this.dialog = el('dialog', { class: 'picker', 'aria-label': text.pick, onclose: () => this.dialog.remove() },
      el('div', { class: 'row head' }, el('div', { class: 'grow' }, el('h2', {}, text.pick),
        el('p', { class: 'dim' }, text.forCount(this.count))), this.filter,
      iconButton('i-close', words.dialog.close, () => this.dialog.close())), this.none, this.list);
  }

  async open() {
    document.body.append(this.dialog);
    this.dialog.showModal();
    this.filter.focus();
    try {
      const { layouts } = await this.app.api.get('/layouts');
      this.cards = gather(layouts).map((layout) => this.card(layout));
      this.list.replaceChildren(...this.cards.map((card) => card.node));
      this.list.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' });
    } catch (err) {
      this.close();
      toast(errorWords(err), 'bad');
    }
  }

  close() {
    if (this.dialog.open) this.dialog.close();
  }

  find() {
    const wanted = this.filter.value.trim().toLowerCase();
    let n = 0;
    for (const card of this.cards) {
      card.node.hidden = !card.names.some((name) => name.toLowerCase().includes(wanted));
      n += !card.node.hidden;
    }
    this.none.hidden = n > 0 || !this.cards.length;
  }

  card(layout) {
    const { name, kind, also } = layout;
    const names = [name, ...also];
    const current = names.includes(this.current?.layout);
    const picture = this.app.previews.canvas(name, this.count, this.content, '', text.noPreview);
    const small = [kind === 'ladder' && text.ladder, also.length && text.also(also)].filter(Boolean).join(' · ');
    const button = el('button', { type: 'button', class: 'layout', onclick: () => void this.take(button, name) },
      picture, el('span', { class: 'cut' }, name), el('small', { class: 'dim' }, small));
    attr(button, 'aria-current', current && 'true');
    if (current) button.append(el('span', { class: 'chip good' }, icon('i-check'), text.current));
    return { node: el('li', {}, button), names };
  }

  async take(button, name) {
    if (await this.choose(button, name)) this.close();
    else say(this.none, ''); // the toast has told why
  }
}
