// SPDX-License-Identifier: GPL-2.0-or-later
// Pictures that need the token: fetched with the header and painted on a canvas.

import { attr, el, say } from './admin_dom.js';
import { path } from './admin_api.js';

const LIVE_MS = 1000;
const BUSY_MS = 700;
const AT_ONCE = 2;
const PREVIEWS_MAX = 96;

function paint(canvas, picture) {
  if (canvas.width !== picture.width || canvas.height !== picture.height) {
    canvas.width = picture.width;
    canvas.height = picture.height;
  }
  canvas.getContext('2d').drawImage(picture, 0, 0);
}

/** Tells when a node comes into sight and goes. */
function watchSight(node, tell) {
  const observer = new IntersectionObserver(([entry]) => tell(entry.isIntersecting), { rootMargin: '80px' });
  observer.observe(node);
  return observer;
}

/** The composite of a room, once a second while it can be seen. */
export class LivePicture {
  constructor(api, room, { width, label, empty }) {
    Object.assign(this, { api, room, width });
    this.canvas = el('canvas', { width: 320, height: 180, role: 'img', 'aria-label': label });
    this.note = el('span', { class: 'note' }, empty);
    this.node = el('div', { class: 'live' }, this.canvas, this.note);
    this.observer = watchSight(this.node, (seen) => { this.seen = seen; this.wake(); });
    this.onShown = () => this.wake();
    document.addEventListener('visibilitychange', this.onShown);
  }

  wake() {
    if (this.seen && !document.hidden && !this.running && !this.closed) void this.run();
  }

  async run() {
    this.running = true;
    while (this.seen && !document.hidden && !this.closed) {
      const start = performance.now();
      await this.fetch();
      await new Promise((done) => setTimeout(done, Math.max(50, LIVE_MS - (performance.now() - start))));
    }
    this.running = false;
    this.wake(); // it may have come back while this was ending
  }

  async fetch() {
    try {
      const picture = await this.api.picture(`${path`/rooms/${this.room}`}/snapshot.jpg?w=${this.width}`);
      paint(this.canvas, picture);
      picture.close();
      attr(this.node, 'data-shown', true);
    } catch {
      // The last picture stays; the page tells by itself if the server is lost.
    }
  }

  close() {
    this.closed = true;
    this.observer.disconnect();
    document.removeEventListener('visibilitychange', this.onShown);
  }
}

/** Previews of layouts: a few at once, each kept. */
export class Previews {
  constructor(api) {
    this.api = api;
    this.known = new Map();
    this.queue = [];
    this.busy = 0;
  }

  /** @returns a picture.  @throws ApiError */
  get(name, count, content) {
    const query = new URLSearchParams({ count, content: content ? 1 : 0, size: '320x180' });
    const address = `${path`/layouts/${name}`}/preview.png?${query}`;
    let picture = this.known.get(address);
    if (!picture) {
      picture = new Promise((resolve, reject) => { this.queue.push({ address, resolve, reject, tries: 0 }); });
      this.known.set(address, picture);
      picture.catch(() => this.known.delete(address));
      if (this.known.size > PREVIEWS_MAX) this.known.delete(this.known.keys().next().value);
      this.next();
    }
    return picture;
  }

  /** What was drawn before the layouts changed is of no use. */
  forget() { this.known.clear(); }

  next() {
    while (this.busy < AT_ONCE && this.queue.length) void this.load(this.queue.shift());
  }

  async load(job) {
    this.busy++;
    try {
      job.resolve(await this.api.picture(job.address));
    } catch (err) {
      if (err.status === 503 && job.tries++ < 8) setTimeout(() => { this.queue.unshift(job); this.next(); }, BUSY_MS);
      else job.reject(err);
    }
    this.busy--;
    this.next();
  }

  /** A canvas that loads its preview when it is seen. */
  canvas(name, count, content, label, failed) {
    const canvas = el('canvas', { width: 320, height: 180, role: 'img', 'aria-label': label });
    const note = el('span', { class: 'note' });
    const node = el('span', { class: 'live' }, canvas, note);
    const observer = watchSight(node, async (seen) => {
      if (!seen) return;
      observer.disconnect();
      try {
        paint(canvas, await this.get(name, count, content));
        attr(node, 'data-shown', true);
      } catch {
        say(note, failed);
      }
    });
    return node;
  }
}
