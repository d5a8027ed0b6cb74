// SPDX-License-Identifier: GPL-2.0-or-later
// The medley.v1 client: signalling and media of one person in one room, without a page.
//
//   const room = new MedleyRoom({ url: 'wss://conf.example.org/ws' });
//   room.on('state', (s) => ...);    // connecting signed_in waiting negotiating connected interrupted ended
//   room.on('stream', (stream) => { video.srcObject = stream; });
//   room.on('roster' | 'layout' | 'speakers' | 'muted' | 'notice' | 'room' | 'lobby', (d) => ...);
//   room.on('waiting' | 'chat' | 'reaction' | 'mute.request', (d) => ...);
//   await room.join({ room: 'demo', name: 'Ada', pin: '', audio: true, video: true });
//   await room.mic(false); await room.camera(true); await room.hand(true); await room.leave();
//
// With an account one may call people and be called; whoever answered is in the call's room by itself:
//
//   await room.signIn(token);
//   room.on('call', (d) => d.state === 'incoming' && room.answer(d.call)); // or decline(d.call, 'later')
//   const { call } = await room.call('us_bob', 'video');                     // within a call: adds him
//   await room.hangup(call);
//
// The server is ICE-lite and answers with its only candidate, so an offer goes out at once
// and nothing trickles.  Only the client offers.
//
// A WebSocket that breaks is replaced: the session goes on with its seat, and media never stopped.

const REQUEST_MS = 10000;
const MEDIA_MS = 20000;
const INTERRUPTED_MS = 2000; // without media; then another way to the server is looked for
const RESTART_MS = 8000; // for that to succeed; then again
const ANSWER_MS = 4000; // for the server to answer meanwhile; then its socket is as dead as media
const RETRY_MS = 500; // before the first try to come back; each later one twice as long, ...
const RETRY_MAX_MS = 5000; // ... up to this
const BROKEN = [1005, 1006, 1011, 1013, 4008]; // close codes after which a session goes on
const RIGHT = { audio: 'speak', video: 'show' };

/** An error with a stable code: one of the server, or timeout, unreachable, connection, media. */
export class MedleyError extends Error {
  constructor(code, detail) {
    super(detail || code);
    this.name = 'MedleyError';
    this.code = code;
  }
}

/** Default address of the WebSocket: the server that this page came from. */
export function defaultUrl(location = window.location) {
  return `${location.protocol === 'http:' ? 'ws' : 'wss'}://${location.host}/ws`;
}

/** Codecs of the browser with those of one name first; the server takes the first that it knows. */
function codecsFirst(name) {
  const caps = globalThis.RTCRtpReceiver?.getCapabilities?.('video');
  if (!caps) return null;
  const wanted = (c) => c.mimeType.toLowerCase() === `video/${name}`;
  return [...caps.codecs.filter(wanted), ...caps.codecs.filter((c) => !wanted(c))];
}

const constraints = {
  audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  video: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } },
};

export class MedleyRoom {
  constructor({ url = defaultUrl() } = {}) {
    this.url = url;
    this.state = 'new';
    this.you = null;
    this.roster = new Map();
    this.layout = null;
    this.speakers = { active: [], dominant: null };
    this.pc = null;
    this.stream = new MediaStream();
    this.muted = { audio: true, video: true };
    this.told = { audio: false, video: false }; // what the server was told of that
    this.lobby = [];
    this.tracks = { audio: null, video: null };
    this.listeners = new Map();
    this.pending = new Map();
    this.nextId = 1;
    this.negotiation = Promise.resolve();
    this.deviceQueue = Promise.resolve();
    this.onNetwork = () => this.hurry();
  }

  on(type, listener) {
    if (!this.listeners.has(type)) this.listeners.set(type, []);
    this.listeners.get(type).push(listener);
    return this;
  }

  emit(type, ...args) {
    for (const listener of this.listeners.get(type) || []) listener(...args);
  }

  /** Join a room; resolves when media is being set up, or one waits.  @throws MedleyError */
  async join({ room, name, pin, token, audio = true, video = true, codec = 'h264' }) {
    this.codec = codec;
    this.setState('connecting');
    try {
      await this.openMedia({ audio, video });
      await this.open();
      await this.greet(await this.request('hello', {
        room, name, pin: pin || undefined, token, client: 'medley-web', want: { video: true },
      }));
    } catch (err) {
      this.end(err instanceof MedleyError ? err.code : 'media', err);
      throw err;
    }
  }

  /** A greeting: signed in, or the room as it is, for the first time or anew; or one has to wait. */
  async greet(d) {
    this.session = d.session ?? this.session;
    this.resumeMs = d.resume_ms ?? this.resumeMs;
    if (d.user) {
      this.user = d.user;
      this.setState('signed_in');
      return;
    }
    if (!d.you) {
      this.setState('waiting');
      this.emit('waiting', d);
      return;
    }
    this.setRoom(d);
    this.setRoster(d.roster);
    if (this.pc) {
      // Those of before may have expired.
      if (d.ice_servers) this.pc.setConfiguration({ ...this.pc.getConfiguration(), iceServers: d.ice_servers });
      await this.goOn();
      return;
    }
    this.setState('negotiating');
    this.createPeer(d.ice_servers);
    await this.negotiate();
    this.followMute(d.you.muted);
    this.announceMute();
  }

  /** Media are there already: the socket is back, or one was moved to another room. */
  async goOn() {
    this.followMute(this.you.muted);
    this.announceMute();
    if (this.pc.connectionState === 'connected') this.setState('connected');
    if (['disconnected', 'failed'].includes(this.pc.connectionState)) this.restart();
    else if (this.pc.signalingState !== 'stable') await this.negotiate();
  }

  // ---- calls ----

  /** Sign in with an account, into no room: one may call and be called.  @throws MedleyError */
  async signIn(token, { name, codec = 'h264' } = {}) {
    this.codec = codec;
    this.setState('connecting');
    try {
      await this.open();
      await this.greet(await this.request('hello', { token, name, client: 'medley-web' }));
    } catch (err) {
      this.end(err instanceof MedleyError ? err.code : 'media', err);
      throw err;
    }
  }

  /** Call users or SIP addresses; from within a call they are added to it.
   *  @returns {call, state, ...}; news come as 'call' events  @throws MedleyError */
  call(to, kind = 'video') {
    return this.request('call.start', { to: [to].flat(), kind, add: this.you ? true : undefined });
  }

  answer(call) {
    return this.request('call.answer', { call });
  }

  decline(call, reason) {
    return this.request('call.decline', { call, reason });
  }

  /** Leave a call, or give up one that nobody has answered. */
  async hangup(call) {
    await this.request('call.hangup', { call });
    if (this.inCall === call) this.leaveCall('hangup');
  }

  onCall(d) {
    this.emit('call', d);
    // It is told to the one who called more than once.
    if (d.state !== 'accepted' || this.inCall || this.you) return;
    this.inCall = d.call;
    this.enterCall(d).catch((err) => {
      this.emit('notice', { code: err.code || 'media', detail: err.message });
      this.request('call.hangup', { call: d.call }).catch(() => {});
      this.leaveCall('media');
    });
  }

  async enterCall({ room, kind }) {
    await this.openMedia({ audio: true, video: kind !== 'audio' });
    await this.greet(await this.request('join', { room }));
  }

  /** Out of the call's room, and signed in still. */
  leaveCall(reason) {
    if (this.state === 'ended') return;
    this.stopMedia();
    this.inCall = null;
    this.you = null;
    this.told = { audio: false, video: false };
    this.lobby = [];
    this.room = null;
    this.layout = null;
    this.roster = new Map();
    this.setState('signed_in');
    this.emit('left', { reason });
  }

  /** Turn the microphone on or off. */
  mic(on) {
    return this.setDevice('audio', on);
  }

  /** Turn the camera on or off; off switches the device off. */
  camera(on) {
    return this.setDevice('video', on);
  }

  /** Raise or lower one's hand; everybody's roster tells.  @throws MedleyError */
  async hand(up) {
    await this.request('hand', { up });
    if (this.you) this.changeRoster({ upd: [{ id: this.you.id, hand: up }] });
  }

  /** Leave in an orderly way. */
  async leave() {
    if (this.state === 'ended') return;
    await this.request('leave').catch(() => {});
    this.end('left');
  }

  // ---- signalling ----

  open() {
    return new Promise((resolve, reject) => {
      const ws = new WebSocket(this.url, 'medley.v1');
      const timer = setTimeout(() => ws.close(), REQUEST_MS);
      this.ws = ws;
      ws.onopen = () => {
        clearTimeout(timer);
        ws.onclose = (e) => this.onClosed(e);
        resolve();
      };
      ws.onclose = () => {
        clearTimeout(timer);
        reject(new MedleyError('unreachable'));
      };
      ws.onmessage = (e) => this.onMessage(e.data);
    });
  }

  send(t, d) {
    const id = this.nextId++;
    this.ws?.readyState === WebSocket.OPEN && this.ws.send(JSON.stringify({ t, id, d }));
    return id;
  }

  /** Send and wait for the answer. */
  request(t, d, ms = REQUEST_MS) {
    return new Promise((resolve, reject) => {
      if (this.ws?.readyState !== WebSocket.OPEN) {
        reject(new MedleyError('connection'));
        return;
      }
      const id = this.send(t, d);
      const timer = setTimeout(() => this.settle(id, new MedleyError('timeout')), ms);
      this.pending.set(id, { resolve, reject, timer });
    });
  }

  settle(id, result) {
    const waiting = this.pending.get(id);
    if (!waiting) return;
    this.pending.delete(id);
    clearTimeout(waiting.timer);
    if (result instanceof Error) waiting.reject(result);
    else waiting.resolve(result);
  }

  onMessage(data) {
    let msg;
    try {
      msg = JSON.parse(data);
    } catch {
      return;
    }
    const d = msg.d || {};
    if (msg.t === 'error') {
      if (msg.re === undefined) this.emit('notice', { code: d.code, detail: d.detail });
      else this.settle(msg.re, new MedleyError(d.code, d.detail));
    } else if (msg.re !== undefined) {
      this.settle(msg.re, d);
    } else {
      this.onEvent(msg.t, d);
    }
  }

  onEvent(t, d) {
    if (t === 'roster') {
      this.changeRoster(d);
    } else if (t === 'layout') {
      this.layout = d;
      this.emit('layout', d);
    } else if (t === 'speakers') {
      this.speakers = d;
      this.emit('speakers', d);
    } else if (t === 'muted') {
      // It says what is muted now; what was off before is no news.
      const news = { by: d.by, audio: Boolean(d.audio) && !this.muted.audio, video: Boolean(d.video) && !this.muted.video };
      if (news.audio) this.mic(false);
      if (news.video) this.camera(false);
      this.emit('muted', news);
    } else if (t === 'call') {
      this.onCall(d);
    } else if (t === 'welcome') {
      this.greet(d).catch(() => this.reconnecting || this.end('media'));
    } else if (t === 'room') {
      this.setRoom(d);
    } else if (t === 'lobby') {
      this.lobby = [...this.lobby.filter(({ id }) => !d.del.includes(id)), ...d.add];
      this.emit('lobby', this.lobby);
    } else if (t === 'chat' || t === 'reaction' || t === 'mute.request') {
      this.emit(t, d);
    } else if (t === 'left') {
      if (this.user) this.leaveCall(d.reason);
      else this.end(d.reason);
    } else if (t === 'bye') {
      this.bye = d;
    }
  }

  /** Rules, title and what one may do. */
  setRoom({ you, room, lobby = [] }) {
    this.you = you;
    this.room = room;
    this.lobby = lobby;
    this.emit('room', room);
    this.emit('lobby', lobby);
  }

  /** What the server muted, without us having said so. */
  followMute(muted) {
    const news = {};
    for (const kind of ['audio', 'video']) {
      news[kind] = muted[kind] && !this.told[kind] && !this.muted[kind];
      if (news[kind]) this.setDevice(kind, false);
    }
    if (news.audio || news.video) this.emit('muted', news);
  }

  setRoster(list) {
    this.roster = new Map(list.map((p) => [p.id, p]));
    this.emit('roster', { add: list, upd: [], del: [], first: true });
  }

  changeRoster({ add = [], upd = [], del = [] }) {
    const gone = del.map((p) => ({ ...this.roster.get(p.id), ...p }));
    for (const p of add) this.roster.set(p.id, p);
    for (const p of upd) this.roster.set(p.id, { ...this.roster.get(p.id), ...p });
    for (const p of del) this.roster.delete(p.id);
    this.emit('roster', { add, upd, del: gone });
  }

  onClosed(e) {
    for (const id of [...this.pending.keys()]) this.settle(id, new MedleyError('connection'));
    if (this.reconnecting) return;
    if (this.bye || !this.session || !BROKEN.includes(e.code)) this.end(this.bye?.reason || 'connection', null, e.code);
    else this.reconnect(e.code);
  }

  /** Try to go on for as long as the server keeps the seat. */
  async reconnect(code) {
    const giveUp = Date.now() + (this.resumeMs ?? 30000);
    let delay = RETRY_MS;
    this.reconnecting = true;
    this.setState('interrupted');
    for (;;) {
      await new Promise((resolve) => { setTimeout(resolve, delay); });
      if (this.state === 'ended') return;
      delay = Math.min(2 * delay, RETRY_MAX_MS);
      try {
        await this.open();
        const welcome = await this.request('hello', { resume: this.session });
        this.reconnecting = false;
        await this.greet(welcome);
        return;
      } catch (err) {
        if (!this.reconnecting) {
          if (err.code !== 'connection') this.end('media', err);
          return; // broken again: that has its own round
        }
        this.ws.onclose = null;
        this.ws.close();
        if (err.code === 'resume_failed' || Date.now() > giveUp) {
          this.end('connection', err, code);
          return;
        }
      }
    }
  }

  // ---- media ----

  /** @param iceServers  TURN for a network that lets no UDP out; candidates of it need no trickling either */
  createPeer(iceServers = []) {
    const pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle', iceServers });
    this.pc = pc;
    for (const kind of ['audio', 'video']) {
      const track = this.tracks[kind];
      const transceiver = pc.addTransceiver(track || kind, {
        direction: track ? 'sendrecv' : 'recvonly',
      });
      if (kind === 'video') this.preferCodec(transceiver);
    }
    pc.ontrack = ({ track }) => {
      this.stream.addTrack(track);
      this.emit('stream', this.stream);
    };
    pc.onconnectionstatechange = () => this.onPeerState(pc.connectionState);
    globalThis.addEventListener?.('online', this.onNetwork);
    navigator.connection?.addEventListener?.('change', this.onNetwork);
    this.mediaTimer = setTimeout(() => {
      if (this.pc === pc && pc.connectionState !== 'connected') this.end('media');
    }, MEDIA_MS);
  }

  preferCodec(transceiver) {
    const codecs = this.codec && codecsFirst(this.codec);
    try {
      if (codecs) transceiver.setCodecPreferences?.(codecs);
    } catch {
      // An old browser: its own order will do.
    }
  }

  onPeerState(state) {
    if (this.state === 'ended') return;
    if (state === 'connected') {
      clearTimeout(this.restartTimer);
      if (!this.reconnecting) this.setState('connected');
    } else if (state === 'disconnected') {
      this.setState('interrupted');
      this.restartLater(INTERRUPTED_MS);
    } else if (state === 'failed') {
      this.restart();
    }
  }

  restartLater(ms) {
    clearTimeout(this.restartTimer);
    this.restartTimer = setTimeout(() => this.restart(), ms);
  }

  /** Restart ICE: the addresses of now are tried, everything else stays; again until it succeeds. */
  restart() {
    const { pc } = this;
    if (this.state === 'ended' || !pc || pc.connectionState === 'connected') return;
    this.restartedAt = performance.now();
    this.restartLater(RESTART_MS);
    this.negotiate(true).catch((err) => {
      if (this.pc !== pc) return;
      if (err.code === 'timeout') this.dropSocket();
      else if (err.code !== 'connection') this.end('media', err);
    });
  }

  /** Nobody answers any more: its address is gone, of which a socket is not told. */
  dropSocket() {
    const { ws } = this;
    if (ws.readyState !== WebSocket.OPEN) return;
    ws.onclose = null;
    ws.onmessage = null;
    ws.close();
    this.onClosed({ code: 1006 });
  }

  /** The network has changed: no need to wait. */
  hurry() {
    const since = performance.now() - (this.restartedAt ?? -Infinity);
    if (this.state === 'interrupted' && since > INTERRUPTED_MS) this.restart();
  }

  /** Offer what we have; one at a time. */
  negotiate(restart = false) {
    const run = async () => {
      const pc = this.pc;
      await pc.setLocalDescription(await pc.createOffer({ iceRestart: restart }));
      const answer = await this.request('offer', { sdp: pc.localDescription.sdp, restart }, restart ? ANSWER_MS : REQUEST_MS);
      await pc.setRemoteDescription({ type: 'answer', sdp: answer.sdp });
    };
    this.negotiation = this.negotiation.catch(() => {}).then(run);
    return this.negotiation;
  }

  /** Open what is wanted; whatever refuses is told as a notice and left out. */
  async openMedia(want) {
    const both = want.audio && want.video && (await this.capture({ audio: true, video: true }));
    for (const kind of ['audio', 'video']) {
      if (!want[kind]) continue;
      const stream = both || (await this.capture({ [kind]: true }, kind));
      if (stream) this.useTrack(kind, stream.getTracks().find((t) => t.kind === kind));
    }
  }

  /** @returns a stream, or null; told as a notice if @p kind is given */
  async capture(want, kind) {
    try {
      if (!navigator.mediaDevices) throw new MedleyError('insecure');
      return await navigator.mediaDevices.getUserMedia({
        audio: want.audio && constraints.audio,
        video: want.video && constraints.video,
      });
    } catch (err) {
      if (kind) this.emit('notice', { device: kind, code: err.code === 'insecure' ? 'insecure' : err.name });
      return null;
    }
  }

  useTrack(kind, track) {
    if (!track) return;
    this.tracks[kind] = track;
    this.muted[kind] = false;
    if (kind === 'video') track.contentHint = 'motion';
    track.onended = () => {
      if (this.tracks[kind] !== track) return;
      this.emit('notice', { device: kind, code: 'lost' });
      this.setDevice(kind, false);
    };
  }

  setDevice(kind, on) {
    if (on && this.you && !this.you.rights.includes(RIGHT[kind])) return Promise.reject(new MedleyError('forbidden'));
    this.deviceQueue = this.deviceQueue.catch(() => {}).then(() => this.changeDevice(kind, on));
    return this.deviceQueue;
  }

  async changeDevice(kind, on) {
    const transceiver = this.pc?.getTransceivers().find((t) => t.receiver.track.kind === kind);
    const live = this.tracks[kind]?.readyState === 'live';

    if (this.state === 'ended') return;
    if (on && !live) {
      const stream = await this.capture({ [kind]: true }, kind);
      if (!stream) return;
      this.useTrack(kind, stream.getTracks()[0]);
      await transceiver?.sender.replaceTrack(this.tracks[kind]);
    } else if (!on && this.tracks[kind] && (kind === 'video' || !live)) {
      this.tracks[kind].stop();
      this.tracks[kind] = null;
      await transceiver?.sender.replaceTrack(null);
    }
    if (this.tracks[kind]) this.tracks[kind].enabled = on;
    this.muted[kind] = !on;
    if (on && transceiver && transceiver.direction !== 'sendrecv') {
      transceiver.direction = 'sendrecv';
      await this.negotiate();
    }
    this.announceMute();
  }

  announceMute() {
    const me = this.roster.get(this.you?.id);
    if (me && this.ws?.readyState === WebSocket.OPEN && !this.reconnecting) {
      this.send('mute', { ...this.muted });
      this.told = { ...this.muted };
      this.changeRoster({ upd: [{ id: me.id, audio: !this.muted.audio, video: !this.muted.video }] });
    }
    this.emit('devices', { ...this.muted });
  }

  // ---- state ----

  setState(state) {
    if (this.state === state) return;
    this.state = state;
    this.emit('state', state);
  }

  stopMedia() {
    clearTimeout(this.mediaTimer);
    clearTimeout(this.restartTimer);
    for (const kind of ['audio', 'video']) {
      this.tracks[kind]?.stop();
      this.tracks[kind] = null;
      this.muted[kind] = true;
    }
    this.pc?.close();
    this.pc = null;
    this.stream = new MediaStream();
  }

  /** The end, once: releases devices and connections. */
  end(reason, error = null, closeCode = 0) {
    if (this.state === 'ended') return;
    clearTimeout(this.mediaTimer);
    clearTimeout(this.restartTimer);
    globalThis.removeEventListener?.('online', this.onNetwork);
    navigator.connection?.removeEventListener?.('change', this.onNetwork);
    for (const id of [...this.pending.keys()]) this.settle(id, new MedleyError('connection'));
    for (const kind of ['audio', 'video']) this.tracks[kind]?.stop();
    this.pc?.close();
    if (this.ws) this.ws.onclose = null;
    this.ws?.close(1000);
    this.reason = { reason, code: closeCode, error };
    this.setState('ended');
  }
}
