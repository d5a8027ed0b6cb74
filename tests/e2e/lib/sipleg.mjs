// SPDX-License-Identifier: GPL-2.0-or-later
// A small SIP phone: PCMU out and in; H.264 in if wanted, out what it is told to; keys; a screen.
//
//   tone, voice, keys --> RTP --> server          server --> RTP --> samples (level of a tone)
//   clips (camera, screen) --'                                 `---> Recorder (pictures)
import { Recorder } from './h264.mjs';
import { MediaLine } from './rtp.mjs';
import { SipCall } from './sip.mjs';
import { fromUlaw, level, ulaw } from './sound.mjs';
import { pause } from './util.mjs';

const PACKET = 160; // samples: 20 ms
const KEEP = 8 * 8000; // samples of what was heard
const EVENT_PT = 101;

export class SipLeg {
  /**
   * @param options {port, room, name, tone [Hz, 0 = silence], amplitude, video: 'none'|'recvonly'|'sendrecv',
   *                 content: 'sendonly' for a second video line with a screen, keys: telephone-event}
   */
  constructor(options) {
    this.options = { tone: 0, amplitude: 3200, video: 'none', content: 'none', ...options };
    this.call = new SipCall(options.port, options.room, options.name);
    this.audio = new MediaLine();
    this.video = new MediaLine();
    this.screen = new MediaLine();
    this.samples = [];
    this.recorder = new Recorder();
    this.version = 0; // of the SDP
    this.clips = new Set();
  }

  static #videoLine(media, direction, more = '') {
    return `m=video ${media.sockets.port} RTP/AVPF 97\r\na=rtpmap:97 H264/90000\r\n`
      + 'a=fmtp:97 profile-level-id=42e01f;packetization-mode=1\r\n'
      + `a=rtcp-fb:97 nack pli\r\na=rtcp-fb:97 ccm fir\r\na=${direction}\r\n${more}`;
  }

  async #sdp() {
    const { video, content, keys } = this.options;
    await this.audio.open();
    let sdp = `v=0\r\no=e2e 1 ${++this.version} IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n`
      + `m=audio ${this.audio.sockets.port} RTP/AVP 0${keys ? ` ${EVENT_PT}` : ''}\r\na=rtpmap:0 PCMU/8000\r\na=ptime:20\r\n`;
    if (keys) sdp += `a=rtpmap:${EVENT_PT} telephone-event/8000\r\na=fmtp:${EVENT_PT} 0-15\r\n`;
    if (video !== 'none') {
      await this.video.open();
      sdp += SipLeg.#videoLine(this.video, video);
    }
    if (content === 'off') {
      sdp += 'm=video 0 RTP/AVPF 97\r\na=rtpmap:97 H264/90000\r\n';
    } else if (content !== 'none') {
      await this.screen.open();
      sdp += SipLeg.#videoLine(this.screen, content, 'a=content:slides\r\n');
    }
    return sdp;
  }

  async #offer() {
    const answer = await this.call.invite(this.options.sdp ?? await this.#sdp());
    if (answer.status !== 200) {
      await this.leave();
      const err = new Error(`SIP ${answer.status} ${answer.reason}`);
      err.answer = answer;
      throw err;
    }
    this.answer = answer.body;
    const lines = [this.audio, this.video, this.screen];
    for (const [, port, pt] of answer.body.matchAll(/^m=\w+ (\d+) \S+ (\d+)/gm)) {
      Object.assign(lines.shift() ?? {}, { port: Number(port), pt: Number(pt) });
    }
  }

  /** Call; @returns the leg once it is answered, else throws with the status. */
  async join() {
    await this.#offer();
    this.audio.listen((p) => this.#hear(p));
    if (this.video.port) this.video.listen((p, marker) => this.recorder.payload(p, marker));
    this.#talk();
    return this;
  }

  /** Offer anew.  @param content  'sendonly', 'inactive', ... or 'off' for port 0 */
  async share(content) {
    this.options.content = content;
    await this.#offer();
  }

  #hear(payload) {
    for (const byte of payload) this.samples.push(fromUlaw(byte));
    if (this.samples.length > 2 * KEEP) this.samples.splice(0, this.samples.length - KEEP);
  }

  /** Say something instead of the tone, once.  @returns {sentAt: when the first packet left [ms]} */
  say(voice) {
    this.voice = { bytes: voice, at: 0, sentAt: undefined };
    return this.voice;
  }

  #tone(at) {
    const { tone, amplitude } = this.options, payload = Buffer.alloc(PACKET);
    for (let i = 0; i < PACKET; i++) payload[i] = ulaw(amplitude * Math.sin((2 * Math.PI * tone * (at + i)) / 8000));
    return payload;
  }

  #sound(at) {
    const { voice } = this;
    if (!voice) return this.#tone(at);
    voice.sentAt ??= performance.now();
    const payload = voice.bytes.subarray(voice.at, voice.at += PACKET);
    if (voice.at + PACKET > voice.bytes.length) this.voice = null;
    return payload;
  }

  #talk() {
    const start = performance.now();
    let sent = 0;
    this.timer = setInterval(() => {
      while (sent * 20 <= performance.now() - start) {
        this.audio.send(this.#sound(sent * PACKET), sent === 0);
        this.audio.sender.ts += PACKET;
        sent++;
      }
    }, 5);
  }

  /** Type on the keys: telephone events (RFC 4733), the end of each told three times. */
  async press(digits) {
    for (const digit of digits) {
      const { ts } = this.audio.sender, event = '0123456789*#ABCD'.indexOf(digit);
      for (let i = 1; i <= 6; i++) {
        const payload = Buffer.from([event, (i > 3 ? 0x80 : 0) | 10, 0, 0]);
        payload.writeUInt16BE(Math.min(i, 4) * PACKET, 2);
        this.audio.send(payload, i === 1, { pt: EVENT_PT, ts });
        await pause(20);
      }
      await pause(40);
    }
  }

  /** The same by SIP INFO. */
  async pressInfo(digits) {
    for (const digit of digits) {
      const { status } = await this.call.request('INFO', `Signal=${digit}\r\nDuration=160\r\n`, 'application/dtmf-relay');
      if (status !== 200) throw new Error(`INFO: ${status}`);
    }
  }

  /** Send a picture as it is: RTP payloads, the last with the marker. */
  sendPicture(payloads, media = this.video) {
    payloads.forEach((payload, i) => media.send(payload, i === payloads.length - 1));
    media.sender.ts += 3000;
  }

  /** Send a clip (readClip() of h264.mjs) again and again.  @returns a function that ends it */
  play(clip, media = this.video, fps = 15) {
    const start = performance.now();
    let sent = 0;
    const timer = setInterval(() => {
      while ((sent * 1000) / fps <= performance.now() - start) {
        clip[sent % clip.length].forEach((payload, i, all) => media.send(payload, i === all.length - 1));
        media.sender.ts += 90000 / fps;
        sent++;
      }
    }, 5);
    this.clips.add(timer);
    return () => clearInterval(timer);
  }

  /** Ask for a key picture (PLI). */
  requestKey() { this.video.requestKey(); }

  /** How loud a tone was in the last second [dB of full scale]. */
  level(hz, seconds = 1) { return this.levelAt(hz, seconds, 0); }

  /** The same, of a stretch that ended so many seconds ago. */
  levelAt(hz, seconds, ago) {
    const n = Math.round(8000 * seconds), end = this.samples.length - Math.round(8000 * ago);
    if (end < n) throw new Error('nothing heard yet');
    return level(this.samples.slice(end - n, end), 8000, hz);
  }

  /** The last composite pictures. */
  async frames(last) {
    if (!this.recorder.ready) {
      this.requestKey();
      throw new Error('no key picture yet');
    }
    return this.recorder.frames(last);
  }

  async leave() {
    clearInterval(this.timer);
    for (const timer of this.clips) clearInterval(timer);
    await this.call.bye();
    for (const media of [this.audio, this.video, this.screen]) media.close();
  }
}
