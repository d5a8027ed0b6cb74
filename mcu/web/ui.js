// SPDX-License-Identifier: GPL-2.0-or-later
// The page: join form, composite picture with a button on each tile, device buttons, people.

import { text } from './strings.js';
import { TileLayer } from './tiles.js';

const ROOM = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const NOTICE_MS = 12000;
const LIVE_MS = 1000;
const $ = (id) => document.getElementById(id);

function say(id, words) {
  const node = $(id);
  node.textContent = '';
  setTimeout(() => { node.textContent = words; }, 50); // the same words again are read again
}

function icon(name, off) {
  const ns = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(ns, 'svg');
  svg.setAttribute('aria-hidden', 'true');
  for (const ref of off ? [name, 'i-slash'] : [name]) {
    const use = document.createElementNS(ns, 'use');
    use.setAttribute('href', `#${ref}`);
    svg.append(use);
  }
  if (off) svg.classList.add('off');
  return svg;
}

export class Ui {
  constructor() {
    this.onJoin = () => {};
    this.onBack = () => {};
    this.room = null;
    this.news = { joined: [], left: [], raised: [] };
    for (const node of document.querySelectorAll('[data-text]')) {
      node.textContent = text[node.dataset.text];
    }
    $('tiles').setAttribute('aria-label', text.tiles(0));
    this.tiles = new TileLayer($('stage'), $('frame'), $('composite'), $('tiles'));
    this.listen();
  }

  listen() {
    $('join-form').addEventListener('submit', (e) => { e.preventDefault(); this.submit(); });
    for (const id of ['pre-mic', 'pre-cam']) {
      $(id).addEventListener('click', () => this.press($(id), !this.pressed($(id))));
    }
    $('mic').addEventListener('click', () => this.toggle('audio'));
    $('cam').addEventListener('click', () => this.toggle('video'));
    $('hand').addEventListener('click', () => this.raiseHand());
    $('people-button').addEventListener('click', () => this.showPeople($('people').hidden));
    for (const id of ['leave', 'lobby-leave']) $(id).addEventListener('click', () => this.room?.leave());
    $('rejoin').addEventListener('click', () => this.onJoin(this.choice));
    $('back').addEventListener('click', () => { this.onBack(); this.showJoin({ ...this.choice, room: '' }); });
    $('sound').addEventListener('click', () => this.play());
    document.addEventListener('keydown', (e) => this.onKey(e));
  }

  onKey(e) {
    const typing = e.target.closest?.('input, textarea, select, [contenteditable]');
    if (typing || e.ctrlKey || e.metaKey || e.altKey || e.repeat || $('meeting').hidden) return;
    const key = e.key.toLowerCase();
    if (key === 'm') this.toggle('audio');
    else if (key === 'v') this.toggle('video');
    else if (key === 'h') this.raiseHand();
    else if (key === 'p') this.showPeople($('people').hidden);
    else if (key === 'escape') this.tiles.zoom(null);
  }

  // ---- views ----

  view(name) {
    for (const id of ['join', 'lobby', 'meeting', 'ended']) $(id).hidden = id !== name;
    document.documentElement.dataset.state = name;
  }

  showJoin({ name, room, audio, video }) {
    this.view('join');
    $('name').value = name;
    $('room').value = room;
    this.showPin('');
    this.press($('pre-mic'), audio);
    this.press($('pre-cam'), video);
    this.busy(false);
    (name ? (room ? $('join-button') : $('room')) : $('name')).focus();
  }

  /** Ask for the PIN, for a reason in words; "" hides it. */
  showPin(words) {
    $('pin-row').hidden = !words;
    $('pin').value = '';
    this.fieldError('pin', words);
  }

  /** Check the form and join. */
  submit() {
    const choice = {
      name: $('name').value.trim(),
      room: $('room').value.trim().toLowerCase(),
      pin: $('pin').value.trim(),
      audio: this.pressed($('pre-mic')),
      video: this.pressed($('pre-cam')),
    };
    const roomOk = this.fieldError('room', ROOM.test(choice.room) ? '' : text.roomNeeded);
    const nameOk = this.fieldError('name', choice.name ? '' : text.nameNeeded);
    if (!nameOk || !roomOk) return;
    $('join-error').hidden = true;
    this.busy(true);
    this.onJoin(choice);
  }

  /** @returns true if there is no error */
  fieldError(id, words) {
    $(`${id}-error`).textContent = words;
    $(`${id}-error`).hidden = !words;
    $(id).setAttribute('aria-invalid', String(!!words));
    if (words) $(id).focus();
    return !words;
  }

  busy(on) {
    $('join-button').disabled = on;
    $('join-button').textContent = on ? text.joining : text.join;
  }

  showEnded(words) {
    this.view('ended');
    $('ended-text').textContent = words;
    $('rejoin').focus();
  }

  // ---- a room ----

  bind(room, choice) {
    this.room = room;
    this.choice = choice;
    this.hands = new Set();
    this.busy(true);
    this.news = { joined: [], left: [], raised: [] };
    $('notices').replaceChildren();
    const mine = (f) => (...args) => { if (this.room === room) f.apply(this, args); };
    room.on('state', mine(this.onState));
    room.on('stream', mine(this.onStream));
    room.on('roster', mine(this.onRoster));
    room.on('layout', mine((layout) => this.tiles.schedule(layout)));
    room.on('speakers', mine(this.onSpeakers));
    room.on('devices', mine(this.onDevices));
    room.on('notice', mine(this.onNotice));
    room.on('muted', mine(this.onMuted));
    room.on('waiting', mine(this.onWaiting));
    room.on('room', mine(this.onRoom));
    room.on('lobby', mine(this.onLobby));
    room.on('chat', mine(this.onChat));
    room.on('mute.request', mine(this.onAsked));
    this.renderLobby([]);
    this.tiles.bind(room);
  }

  onState(state) {
    $('state').textContent = text.state[state] || '';
    $('state').dataset.state = state;
    if (state === 'negotiating') this.enter();
    if (state === 'interrupted') say('live-assertive', text.state.interrupted);
    if (state === 'ended') this.onEnded();
  }

  onWaiting({ reason, room, title }) {
    this.view('lobby');
    $('lobby-title').textContent = text.lobby.title(title || room);
    $('lobby-text').textContent = text.lobby[reason] || text.lobby.lobby;
    $('lobby-title').focus();
  }

  onRoom({ name, title }) {
    document.title = text.title(title || name);
    $('room-title').textContent = title || name;
  }

  onChat({ from, name, text: words, private: alone }) {
    if (from !== this.room.you?.id) this.notice(text.said(name, words, alone));
  }

  onAsked({ audio, video }) {
    this.notice(text.askedTo[audio && video ? 'both' : audio ? 'audio' : 'video']);
  }

  enter() {
    this.view('meeting');
    $('waiting').textContent = text.waiting;
    $('waiting').hidden = false;
    $('sound').hidden = true;
    this.showPeople(matchMedia('(min-width: 900px)').matches);
    this.onDevices(this.room.muted);
    $('mic').focus();
  }

  onEnded() {
    const { reason, code, error } = this.room.reason;
    const words = this.endWords(reason, code, error);
    $('composite').srcObject = null;
    this.tiles.clear();
    const pin = reason === 'pin_required' || reason === 'pin_wrong';
    if ($('join').hidden && !pin) {
      this.showEnded(words);
      return;
    }
    this.view('join');
    this.busy(false);
    if (pin) {
      this.showPin(words);
      return;
    }
    $('join-error').textContent = words;
    $('join-error').hidden = false;
  }

  endWords(reason, code, error) {
    const known = (error && text.error[error.code]) || text.bye[reason] || text.close[code] || text.error[reason];
    return known || text.unknownError(error?.code || reason || code);
  }

  onStream(stream) {
    const video = $('composite');
    if (video.srcObject !== stream) video.srcObject = stream;
    video.onresize = () => { $('waiting').hidden = video.videoWidth > 0; };
    this.play();
  }

  /** Start the picture; a browser that wants a click first gets a button for it. */
  async play() {
    try {
      await $('composite').play();
      $('sound').hidden = true;
    } catch (err) {
      if (err.name === 'NotAllowedError') $('sound').hidden = false;
    }
  }

  // ---- devices ----

  pressed(button) {
    return button.getAttribute('aria-pressed') === 'true';
  }

  press(button, on) {
    button.setAttribute('aria-pressed', String(on));
  }

  toggle(kind) {
    const on = this.room.muted[kind];
    (kind === 'audio' ? this.room.mic(on) : this.room.camera(on)).catch((err) =>
      this.notice(text.error[err.code] || text.unknownError(err.code || err.name)));
  }

  onDevices(muted) {
    const set = (id, on, words, label) => {
      this.press($(id), on);
      $(id).title = words;
      $(id).setAttribute('aria-label', label);
      $(id).querySelector('span').textContent = label;
    };
    set('mic', !muted.audio, muted.audio ? text.micOff : text.micOn, text.mic);
    set('cam', !muted.video, muted.video ? text.camOff : text.camOn, text.cam);
  }

  onMuted({ audio, video }) {
    if (audio || video) this.notice(text.mutedBy[audio && video ? 'both' : audio ? 'audio' : 'video']);
  }

  get handUp() {
    return Boolean(this.room?.roster.get(this.room.you?.id)?.hand);
  }

  raiseHand() {
    this.room.hand(!this.handUp).catch((err) =>
      this.notice(text.error[err.code] || text.unknownError(err.code || err.name)));
  }

  renderHand() {
    this.press($('hand'), this.handUp);
    $('hand').title = this.handUp ? text.handUp : text.handDown;
  }

  onNotice({ device, code, detail }) {
    if (device) {
      const words = text.device[code] || text.device.other;
      this.notice(typeof words === 'string' ? words : words(text.what[device]));
      this.onDevices(this.room.muted);
    } else {
      this.notice(text.error[code] || detail || text.unknownError(code));
    }
  }

  notice(words) {
    for (const node of $('notices').children) if (node.textContent === words) return;
    const node = document.createElement('p');
    node.className = 'notice';
    node.textContent = words;
    node.addEventListener('click', () => node.remove());
    $('notices').append(node);
    say('live-assertive', words);
    setTimeout(() => node.remove(), NOTICE_MS);
  }

  // ---- who waits outside, for hosts ----

  onLobby(people) {
    const known = new Set([...$('waiting-list').children].map((item) => item.dataset.id));
    for (const { id, name } of people) if (!known.has(id)) this.notice(text.lobby.waits(name));
    this.renderLobby(people);
  }

  renderLobby(people) {
    $('waiting-people').hidden = !people.length;
    $('waiting-list').replaceChildren(...people.map((p) => this.waiter(p)));
  }

  waiter({ id, name }) {
    const item = document.createElement('li');
    const words = document.createElement('span');
    item.dataset.id = id;
    words.className = 'name';
    words.textContent = name;
    item.append(words);
    for (const [what, label, who] of [['admit', text.admit, text.admitWho], ['deny', text.deny, text.denyWho]]) {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = label;
      button.setAttribute('aria-label', who(name));
      button.addEventListener('click', () => this.room.request(`lobby.${what}`, { ids: [id] }).catch((err) =>
        this.notice(text.error[err.code] || text.unknownError(err.code))));
      item.append(button);
    }
    return item;
  }

  // ---- people ----

  showPeople(on) {
    $('people').hidden = !on;
    $('people-button').setAttribute('aria-expanded', String(on));
  }

  onRoster({ add, upd, del, first }) {
    const up = this.hands;
    this.hands = new Set([...this.room.roster.values()].filter((p) => p.hand).map((p) => p.id));
    this.renderPeople();
    this.renderHand();
    this.tiles.label();
    if (first) return;
    const raised = upd.filter((p) => p.hand && !up.has(p.id) && p.id !== this.room.you?.id);
    this.news.raised.push(...raised.map((p) => this.room.roster.get(p.id)?.name ?? ''));
    this.news.joined.push(...add.map((p) => p.name));
    this.news.left.push(...del.map((p) => p.name || '?'));
    this.newsTimer ??= setTimeout(() => this.tellNews(), LIVE_MS);
  }

  /** Who came and went, batched for the screen reader. */
  tellNews() {
    const { joined, left, raised } = this.news;
    this.newsTimer = undefined;
    this.news = { joined: [], left: [], raised: [] };
    const words = [joined.length && text.joined(joined), left.length && text.left(left),
      raised.length && text.raised(raised)];
    say('live-polite', words.filter(Boolean).join('. '));
  }

  onSpeakers() {
    const active = new Set(this.room.speakers.active.map((s) => s.id));
    for (const item of $('people-list').children) {
      const speaks = active.has(item.dataset.id);
      item.classList.toggle('speaking', speaks);
      item.querySelector('.says').textContent = speaks ? text.speaking : '';
    }
    this.labelVideo();
    this.tiles.label();
  }

  labelVideo() {
    const speaker = this.room.roster.get(this.room.speakers.dominant)?.name;
    $('composite').setAttribute('aria-label', text.videoLabel(this.room.roster.size, speaker));
  }

  renderPeople() {
    const people = [...this.room.roster.values()];
    const me = this.room.you?.id;
    people.sort((a, b) => (b.id === me) - (a.id === me) || a.name.localeCompare(b.name));
    $('people-title').textContent = text.peopleCount(people.length);
    $('people-count').textContent = people.length;
    $('people-button').setAttribute('aria-label', `${text.people}, ${people.length}`);
    $('people-list').replaceChildren(...people.map((p) => this.person(p, p.id === me)));
    this.onSpeakers();
  }

  person(p, isMe) {
    const item = document.createElement('li');
    const face = document.createElement('span');
    const name = document.createElement('span');
    const says = document.createElement('span');
    item.dataset.id = p.id;
    face.className = 'face';
    face.setAttribute('aria-hidden', 'true');
    face.textContent = [...p.name][0]?.toUpperCase() ?? '?';
    face.style.setProperty('--hue', [...p.id].reduce((h, c) => (h * 31 + c.codePointAt(0)) % 360, 7));
    name.className = 'name';
    name.textContent = p.name;
    const small = [isMe && text.you, p.kind === 'sip' && text.phone].filter(Boolean).join(' ');
    if (small) {
      const extra = document.createElement('small');
      extra.textContent = ` ${small}`;
      name.append(extra);
    }
    says.className = 'says';
    item.append(face, name, says);
    if (p.hand) item.append(this.handMark());
    item.append(this.deviceMark('i-mic', p.audio, text.micIsOff),
      this.deviceMark('i-cam', p.video, text.camIsOff));
    return item;
  }

  handMark() {
    const mark = this.mark('i-hand', false, text.handIsUp);
    mark.className = 'mark hand';
    return mark;
  }

  deviceMark(name, on, offWords) {
    const mark = this.mark(name, !on, on ? '' : offWords);
    mark.className = on ? 'mark' : 'mark off';
    return mark;
  }

  /** An icon with words for those who do not see it. */
  mark(name, off, says) {
    const mark = document.createElement('span');
    mark.append(icon(name, off));
    if (says) {
      const words = document.createElement('span');
      words.className = 'hidden';
      words.textContent = says;
      mark.append(words);
      mark.title = says;
    }
    return mark;
  }
}
