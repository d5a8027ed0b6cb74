// SPDX-License-Identifier: GPL-2.0-or-later
// Small tools for the page.  Names come from strangers: everything goes in as text, nothing as HTML.
//
// A part is {node, update(data)}: made once and then told what is new, so that focus, selection and what somebody is
// typing survive each poll.

import { words } from './admin_words.js';

const TOAST_MS = 6000;
const SVG = 'http://www.w3.org/2000/svg';
const kept = new WeakMap();

/** An element.  @param props  attributes; onclick etc. are listeners, null and false leave one out */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

export function icon(name, off = false) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('aria-hidden', 'true');
  for (const ref of off ? [name, 'i-slash'] : [name]) {
    const use = document.createElementNS(SVG, 'use');
    use.setAttribute('href', `#${ref}`);
    svg.append(use);
  }
  return svg;
}

/** A button with a picture only; @p label is for tooltips and screen readers. */
export function iconButton(name, label, onclick, { off = false, ...props } = {}) {
  return el('button', { type: 'button', class: 'icon', 'aria-label': label, title: label, onclick, ...props }, icon(name, off));
}

/** Give an iconButton() another meaning. */
export function turn(button, name, label, off) {
  if (button.title === label) return;
  button.title = label;
  button.setAttribute('aria-label', label);
  button.replaceChildren(icon(name, off));
}

/** Change text only if it differs: a selection and a screen reader stay undisturbed. */
export function say(node, text) {
  if (node.textContent !== String(text)) node.textContent = text;
}

export function attr(node, name, value) {
  if (value === null || value === false) node.removeAttribute(name);
  else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
}

/** One part for each item, in order; those that stay are not touched but by update(). */
export function keyed(parent, items, keyOf, make) {
  const old = kept.get(parent) ?? new Map();
  const now = new Map();
  const keys = new Set(items.map(keyOf));
  for (const [key, part] of old) {
    if (keys.has(key)) continue;
    part.close?.();
    part.node.remove();
  }
  let at = parent.firstElementChild;
  for (const item of items) {
    const part = old.get(keyOf(item)) ?? make(item);
    now.set(keyOf(item), part);
    if (part.node === at) at = at.nextElementSibling;
    else parent.insertBefore(part.node, at);
    part.update(item);
  }
  kept.set(parent, now);
}

/** Close the parts that keyed() made. */
export function closeKeyed(parent) {
  for (const part of kept.get(parent)?.values() ?? []) part.close?.();
}

export function toast(text, kind = 'good') {
  const toasts = document.getElementById('toasts');
  for (const old of toasts.children) if (old.textContent === text) old.remove();
  const node = el('p', { class: `toast ${kind}`, onclick: () => node.remove() }, text);
  toasts.append(node);
  while (toasts.children.length > 4) toasts.firstElementChild.remove();
  setTimeout(() => node.remove(), TOAST_MS);
}

/**
 * A question over the page.
 *
 * @param ask  {title, text, yes, danger, input: label of a text to give}
 * @returns true or the text; false if it was cancelled
 */
export function question({ title, text = '', yes, danger = false, input = '' }) {
  return new Promise((resolve) => {
    const field = input ? el('input', { type: 'text', maxlength: 64, 'aria-label': input, placeholder: input, required: true }) : null;
    const go = el('button', { type: 'submit', class: danger ? 'danger' : 'primary' }, yes);
    const no = el('button', { type: 'button', class: 'secondary', onclick: () => dialog.close() }, words.dialog.cancel);
    let answer = false;
    const form = el('form', {
      method: 'dialog',
      onsubmit: (event) => {
        event.preventDefault();
        answer = field ? field.value.trim() || false : true;
        dialog.close();
      },
    }, el('h2', {}, title), el('p', { class: 'dim' }, text), field, el('div', { class: 'row end' }, no, go));
    const dialog = el('dialog', { class: 'question', 'aria-label': title, onclose: () => { dialog.remove(); resolve(answer); } }, form);
    document.body.append(dialog);
    dialog.showModal();
    (field ?? no).focus();
  });
}

// ---- figures ----

export function duration(seconds) {
  const s = Math.max(0, Math.floor(seconds));
  const [d, h, m] = [Math.floor(s / 86400), Math.floor(s / 3600) % 24, Math.floor(s / 60) % 60];
  if (d) return `${d} d ${h} h`;
  if (h) return `${h} h ${m} min`;
  return m ? `${m} min` : `${s} s`;
}

/** Seconds since a time of the API; 0 for one that is not understood. */
export function since(time) {
  const then = Date.parse(time);
  return Number.isNaN(then) ? 0 : (Date.now() - then) / 1000;
}

export function bitrate(bps) {
  if (!Number.isFinite(bps) || bps <= 0) return '–';
  return bps < 999500 ? `${Math.round(bps / 1000)} kbit/s` : `${(bps / 1e6).toFixed(1)} Mbit/s`;
}

export function bytes(n) {
  if (!Number.isFinite(n)) return '–';
  return n < 1 << 30 ? `${Math.round(n / (1 << 20))} MB` : `${(n / (1 << 30)).toFixed(1)} GB`;
}

export function percent(ratio) {
  if (!Number.isFinite(ratio)) return '–';
  return `${(100 * ratio).toFixed(ratio > 0 && ratio < 0.1 ? 1 : 0)} %`;
}

export function millis(ms) {
  return Number.isFinite(ms) && ms > 0 ? `${Math.round(ms)} ms` : '–';
}

/** A colour of a person's own, always the same. */
export function hue(text) {
  return [...text].reduce((h, c) => (h * 31 + c.codePointAt(0)) % 360, 7);
}
