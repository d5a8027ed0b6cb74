// SPDX-License-Identifier: GPL-2.0-or-later
// The admin page: signing in, which view, asking the server again and again.
//
//   #rooms  #room/NAME  #server      the views; #token=T signs in and is removed from the address
//
// A view is {node, every [ms], refresh(), failed(err), close()}.  One loop calls refresh() of the view that is shown; a
// server that does not answer is told on top and asked again.

import { Api } from './admin_api.js';
import { attr, question, say, toast } from './admin_dom.js';
import { Previews } from './admin_live.js';
import { RoomView } from './admin_room.js';
import { RoomsView } from './admin_rooms.js';
import { ServerView } from './admin_server.js';
import { errorWords, words } from './admin_words.js';

const NODE_MS = 1900; // asked with each round of the slow views
const LOST_MS = [1000, 2000, 4000];
const $ = (id) => document.getElementById(id);

class App {
  constructor() {
    this.api = new Api();
    this.previews = new Previews(this.api);
    this.node = null;
    this.view = null;
    this.losses = 0;
    this.generation = 0;
    this.words();
    $('signin-form').addEventListener('submit', (e) => { e.preventDefault(); void this.signIn($('token').value.trim()); });
    $('sign-out').addEventListener('click', () => { this.api.keep(''); this.askToken(''); });
    window.addEventListener('hashchange', () => this.navigate());
    document.addEventListener('visibilitychange', () => this.wake());
  }

  words() {
    document.title = `Medley ${words.server.toLowerCase()}`;
    say($('tab-rooms'), words.rooms);
    say($('tab-server'), words.server);
    say($('sign-out'), words.signOut);
    say($('draining'), words.draining);
    say($('signin-lead'), words.signin.lead);
    say($('token-label'), words.signin.token);
    say($('token-hint'), words.signin.hint);
    say($('signin-button'), words.signin.button);
  }

  show(state) {
    document.documentElement.dataset.state = state;
    $('signin').hidden = state !== 'signin';
    $('top').hidden = $('page').hidden = state !== 'page';
  }

  // ---- the token ----

  /** Go in with the token that there is; the admin listener needs none. */
  start() {
    this.api.takeFromAddress();
    void this.enter();
  }

  async enter() {
    try {
      await this.fetchNode();
      this.found();
    } catch (err) {
      if (err.code === 'unauthorized') { this.askToken(this.api.token ? words.signin.wrong : ''); return; }
      this.lose();
      setTimeout(() => void this.enter(), LOST_MS.at(-1));
      return;
    }
    $('sign-out').hidden = !this.api.token;
    this.show('page');
    this.navigate();
  }

  askToken(error) {
    this.stop();
    this.api.keep('');
    this.show('signin');
    say($('token-error'), error);
    $('token-error').hidden = !error;
    attr($('token'), 'aria-invalid', Boolean(error));
    $('token').value = '';
    $('token').focus();
  }

  async signIn(token) {
    if (!token) { this.askToken(words.signin.needed); return; }
    this.api.keep(token);
    await this.enter();
  }

  // ---- views ----

  navigate() {
    if (this.api.takeFromAddress()) { this.stop(); void this.enter(); return; }
    if (document.documentElement.dataset.state !== 'page') return;
    const [name, rest] = location.hash.slice(1).split('/');
    let view;
    try {
      if (name === 'room' && rest) view = new RoomView(this, decodeURIComponent(rest));
      else if (name === 'server') view = new ServerView(this);
    } catch {
      // A broken address: the list of rooms.
    }
    attr($('tab-rooms'), 'aria-current', view ? name === 'room' && 'true' : 'page');
    attr($('tab-server'), 'aria-current', name === 'server' && 'page');
    this.stop();
    this.view = view ?? new RoomsView(this);
    document.title = `${this.view.title} – Medley admin`;
    $('page').replaceChildren(this.view.node);
    $('page').focus({ preventScroll: true });
    scrollTo(0, 0);
    void this.run(this.generation);
  }

  stop() {
    this.generation++;
    this.view?.close();
    this.view = null;
    this.wake();
  }

  async run(generation) {
    const current = () => generation === this.generation;
    while (current()) {
      const { view } = this;
      if (!document.hidden) await this.round(view, current);
      if (!current()) return;
      const wait = this.losses ? LOST_MS[Math.min(this.losses, LOST_MS.length) - 1] : view.every;
      await new Promise((done) => { this.wakeUp = done; setTimeout(done, wait); });
    }
  }

  async round(view, current) {
    try {
      if (this.nodeOld || performance.now() - this.nodeAt > NODE_MS) await this.fetchNode();
      if (current()) await view.refresh(current);
      if (current()) this.found();
    } catch (err) {
      if (!current()) return;
      if (err.code === 'unauthorized') { this.askToken(words.signin.wrong); return; }
      if (err.code === 'lost') { this.lose(); return; }
      this.found();
      if (!err.status) console.error(err); // our own mistake, not an answer
      view.failed?.(err);
    }
  }

  /** Ask now, not at the next round. */
  wake() { this.wakeUp?.(); }

  lose() {
    this.losses++;
    say($('lost'), words.lost);
    $('lost').hidden = false;
  }

  found() {
    this.losses = 0;
    $('lost').hidden = true;
    say($('lost'), '');
  }

  // ---- the server itself ----

  async fetchNode() {
    this.takeNode(await this.api.get('/node'));
  }

  /** Keep what /node said, with the share of processor time since it was asked last. */
  takeNode(node) {
    const at = performance.now();
    const same = this.node && this.node.started_at === node.started_at;
    const seconds = (at - this.nodeAt) / 1000;
    node.cpu = same && seconds < 0.5 ? this.node.cpu : same ? (node.cpu_s - this.node.cpu_s) / seconds : NaN;
    if (!same || seconds >= 0.5) this.nodeAt = at;
    else node.cpu_s = this.node.cpu_s;
    this.node = node;
    this.nodeOld = false;
    $('draining').hidden = !node.draining;
  }

  // ---- doing something ----

  /**
   * Do something that the server may refuse, and say how it went.
   *
   * @param control  button or field that is busy meanwhile, or null
   * @param work     does it
   * @param done     words for success, or a function of what @p work gave
   * @returns true if it went well
   */
  async act(control, work, done) {
    if (control?.dataset.busy) return false;
    if (control) control.dataset.busy = 'true';
    try {
      const result = await work();
      const said = typeof done === 'function' ? done(result) : done;
      if (said) toast(said);
      return true;
    } catch (err) {
      if (err.code === 'unauthorized') this.askToken(words.signin.wrong);
      else toast(errorWords(err), 'bad');
      return false;
    } finally {
      if (control) delete control.dataset.busy;
      this.nodeOld = true;
      this.wake();
    }
  }

  /** As act(), but asks first. */
  async actIf(asked, control, work, done) {
    if (control?.dataset.busy || !(await question(asked))) return false;
    return this.act(control, work, done);
  }
}

new App().start();
