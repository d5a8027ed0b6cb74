// SPDX-License-Identifier: GPL-2.0-or-later
// A button on each tile of the composite: who is it, and zoom to this one.
//
// The layout says which overlays the server has drawn into the picture ("burned").  Names that are not among them
// are shown by the buttons; for screen readers a button always has its name.  A layout holds from the video frame
// with its RTP timestamp on, so buttons and picture change together.

import { text } from './strings.js';

const LATEST_MS = 1000; // a layout is not held back longer than this

/** True if RTP timestamp @p a is not before @p b (32 bits, wrapping). */
function notBefore(a, b) {
  return ((a - b) | 0) >= 0;
}

/** One person may have two tiles, camera and screen. */
function tileKey(tile) {
  return tile.media === 'content' ? `${tile.id}/screen` : tile.id;
}

export class TileLayer {
  constructor(stage, frame, video, layer) {
    Object.assign(this, { stage, frame, video, layer });
    this.canvas = [16, 9];
    this.clear();
    new ResizeObserver(() => this.fit()).observe(stage);
  }

  bind(room) {
    this.room = room;
    this.clear();
  }

  clear() {
    this.waiting = [];
    this.tiles = [];
    this.burned = new Set();
    this.zoomed = null;
    this.layer.replaceChildren();
    this.fit();
  }

  /** Show a layout from its frame on. */
  schedule(layout) {
    this.waiting.push({ layout, until: performance.now() + LATEST_MS });
    if (this.waiting.length === 1) this.watch();
  }

  watch() {
    if (!this.waiting.length) return;
    const { waiting } = this;
    let done = false;
    const step = (frame) => {
      if (done || waiting !== this.waiting) return; // cleared meanwhile
      done = true;
      clearTimeout(timer);
      this.activate(frame?.rtpTimestamp);
      this.watch();
    };
    const timer = setTimeout(step, this.video.requestVideoFrameCallback ? LATEST_MS : 200);
    this.video.requestVideoFrameCallback?.((now, frame) => step(frame));
  }

  activate(rtpTimestamp) {
    let layout = null;
    while (this.waiting.length) {
      const first = this.waiting[0];
      const due = rtpTimestamp !== undefined && notBefore(rtpTimestamp, first.layout.rtp.ts);
      if (!due && performance.now() < first.until && rtpTimestamp !== undefined) break;
      layout = this.waiting.shift().layout;
    }
    if (layout) this.show(layout);
  }

  show(layout) {
    const focused = document.activeElement?.dataset?.tile;
    this.canvas = layout.canvas;
    this.burned = new Set(layout.burned ?? []);
    // The "+N" tile stands for those who have none: it is nobody, and nothing to zoom to.
    this.tiles = layout.tiles.filter((t) => t.id && t.media !== 'more');
    this.layer.setAttribute('aria-label', text.tiles(layout.overflow ?? 0));
    this.layer.replaceChildren(...this.tiles.map((t) => this.button(t, layout.canvas)));
    if (!this.tiles.some((t) => tileKey(t) === this.zoomed)) this.zoomed = null;
    this.layer.querySelector(`[data-tile="${CSS.escape(focused ?? '')}"]`)?.focus();
    this.fit();
    this.label();
  }

  button(tile, [w, h]) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'tile';
    button.dataset.tile = tileKey(tile);
    button.dataset.id = tile.id;
    button.dataset.media = tile.media;
    button.style.left = `${(100 * tile.x) / w}%`;
    button.style.top = `${(100 * tile.y) / h}%`;
    button.style.width = `${(100 * tile.w) / w}%`;
    button.style.height = `${(100 * tile.h) / h}%`;
    button.addEventListener('click', () => this.zoom(this.zoomed === tileKey(tile) ? null : tileKey(tile)));
    return button;
  }

  /** Say who is where and in which state. */
  label() {
    if (!this.room) return;
    const active = new Set(this.room.speakers.active.map((s) => s.id));
    for (const button of this.layer.children) {
      const { id, media } = button.dataset;
      const p = this.room.roster.get(id);
      const name = p && media === 'content' ? text.screenOf(p.name) : p?.name ?? '';
      button.setAttribute('aria-label', text.tile(name, media === 'content' ? [] : this.states(p, active)));
      button.title = name;
      button.dataset.name = this.burned.has('name') ? '' : name;
      button.setAttribute('aria-pressed', String(this.zoomed === button.dataset.tile));
    }
  }

  /** What a tile's button says besides the name. */
  states(p, active) {
    if (!p) return [];
    const words = [active.has(p.id) && text.speaking, p.hand && text.handIsUp,
      !p.audio && text.micIsOff, !p.video && text.camIsOff];
    return words.filter(Boolean);
  }

  /** Fill the stage with one tile, or with all of them (null). */
  zoom(id) {
    this.zoomed = id;
    this.fit();
    this.label();
  }

  /** Place the frame: as large as the stage allows, in the canvas' shape. */
  fit() {
    const [w, h] = this.canvas;
    const { clientWidth: sw, clientHeight: sh } = this.stage;
    const scale = Math.min(sw / w, sh / h);
    const { style } = this.frame;
    const tile = this.tiles.find((t) => tileKey(t) === this.zoomed);
    style.width = `${w * scale}px`;
    style.height = `${h * scale}px`;
    style.left = `${(sw - w * scale) / 2}px`;
    style.top = `${(sh - h * scale) / 2}px`;
    if (tile) {
      const k = Math.min(sw / (tile.w * scale), sh / (tile.h * scale));
      const dx = (w / 2 - tile.x - tile.w / 2) * scale * k;
      const dy = (h / 2 - tile.y - tile.h / 2) * scale * k;
      const right = 100 - (100 * (tile.x + tile.w)) / w;
      const bottom = 100 - (100 * (tile.y + tile.h)) / h;
      style.transform = `translate(${dx}px, ${dy}px) scale(${k})`;
      style.clipPath = `inset(${(100 * tile.y) / h}% ${right}% ${bottom}% ${(100 * tile.x) / w}%)`;
    } else {
      style.transform = '';
      style.clipPath = '';
    }
  }
}
