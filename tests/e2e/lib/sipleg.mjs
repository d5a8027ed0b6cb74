// SPDX-License-Identifier: GPL-2.0-or-later
// A small SIP phone: PCMU out and in, H.264 in if wanted.
//
//   tone ---> RTP ---> server          server ---> RTP ---> samples (level of a tone)
//                                                     `---> Recorder (pictures)
import { randomInt } from 'node:crypto';
import dgram from 'node:dgram';
import { Recorder } from './h264.mjs';
import { SipCall } from './sip.mjs';
import { fromUlaw, level, ulaw } from './sound.mjs';

const PACKET = 160; // samples: 20 ms
const KEEP = 8 * 8000; // samples of what was heard

function bindUdp(port) {
  return new Promise((resolve, reject) => {
    const socket = dgram.createSocket('udp4');
    socket.once('error', reject);
    socket.bind(port, '127.0.0.1', () => { socket.removeListener('error', reject); socket.on('error', () => {}); resolve(socket); });
  });
}

/** An even port and the next one. */
async function bindPair() {
  for (;;) {
    const rtp = await bindUdp(0);
    const { port } = rtp.address();
    const rtcp = port % 2 ? null : await bindUdp(port + 1).catch(() => null);
    if (rtcp) return { rtp, rtcp, port };
    rtp.close();
  }
}

/** One RTP stream out. */
class Sender {
  ssrc = randomInt(1, 2 ** 31);
  seq = randomInt(0, 65536);
  ts = randomInt(0, 2 ** 31);

  packet(pt, payload, marker) {
    const packet = Buffer.alloc(12 + payload.length);
    packet[0] = 0x80;
    packet[1] = pt | (marker ? 0x80 : 0);
    packet.writeUInt16BE(this.seq, 2);
    packet.writeUInt32BE(this.ts >>> 0, 4);
    packet.writeUInt32BE(this.ssrc, 8);
    payload.copy(packet, 12);
    this.seq = (this.seq + 1) & 0xffff;
    return packet;
  }
}

export class SipLeg {
  /**
   * @param options {port, room, name, tone [Hz, 0 = silence], amplitude, video: 'none'|'recvonly'|'sendrecv'}
   */
  constructor(options) {
    this.options = { tone: 0, amplitude: 3200, video: 'none', ...options };
    this.call = new SipCall(options.port, options.room, options.name);
    this.audio = { sender: new Sender(), received: 0, lost: 0 };
    this.video = { sender: new Sender(), received: 0, lost: 0, stamps: [] };
    this.samples = [];
    this.recorder = new Recorder();
  }

  async #sdp() {
    this.audio.sockets = await bindPair();
    let sdp = 'v=0\r\no=e2e 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n'
      + `m=audio ${this.audio.sockets.port} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=ptime:20\r\n`;
    if (this.options.video !== 'none') {
      this.video.sockets = await bindPair();
      sdp += `m=video ${this.video.sockets.port} RTP/AVPF 97\r\na=rtpmap:97 H264/90000\r\n`
        + 'a=fmtp:97 profile-level-id=42e01f;packetization-mode=1\r\n'
        + `a=rtcp-fb:97 nack pli\r\na=rtcp-fb:97 ccm fir\r\na=${this.options.video}\r\n`;
    }
    return sdp;
  }

  /** Call; @returns the leg once it is answered, else throws with the status. */
  async join() {
    const answer = await this.call.invite(this.options.sdp ?? await this.#sdp());
    if (answer.status !== 200) {
      await this.leave();
      const err = new Error(`SIP ${answer.status} ${answer.reason}`);
      err.answer = answer;
      throw err;
    }
    this.#read(answer.body);
    this.#listen(this.audio, (p, marker) => this.#hear(p, marker));
    if (this.video.port) this.#listen(this.video, (p, marker) => this.recorder.payload(p, marker));
    this.#talk();
    return this;
  }

  #read(sdp) {
    for (const [, kind, port, pt] of sdp.matchAll(/^m=(\w+) (\d+) \S+ (\d+)/gm)) {
      const media = kind === 'audio' ? this.audio : this.video;
      media.port = Number(port);
      media.pt = Number(pt);
    }
  }

  #listen(media, each) {
    media.sockets.rtp.on('message', (packet) => {
      if (packet.length < 12 || packet[0] >> 6 !== 2 || (packet[1] >= 192 && packet[1] <= 223)) return;
      const seq = packet.readUInt16BE(2);
      const step = media.last === undefined ? 1 : ((seq - media.last + 0x18000) & 0xffff) - 0x8000;
      if (step > 0) {
        media.lost += step - 1;
        media.last = seq;
      }
      media.received++;
      media.remoteSsrc = packet.readUInt32BE(8);
      if (media.stamps && packet[1] >> 7) media.stamps.push(packet.readUInt32BE(4));
      let at = 12 + 4 * (packet[0] & 15);
      if (packet[0] & 0x10) at += 4 + 4 * packet.readUInt16BE(at + 2);
      each(packet.subarray(at), packet[1] >> 7);
    });
  }

  #hear(payload) {
    for (const byte of payload) this.samples.push(fromUlaw(byte));
    if (this.samples.length > 2 * KEEP) this.samples.splice(0, this.samples.length - KEEP);
  }

  #talk() {
    const start = performance.now();
    let sent = 0, at = 0;
    this.timer = setInterval(() => {
      while (sent * 20 <= performance.now() - start) {
        const payload = Buffer.alloc(PACKET);
        for (let i = 0; i < PACKET; i++, at++) {
          payload[i] = ulaw(this.options.amplitude * Math.sin((2 * Math.PI * this.options.tone * at) / 8000));
        }
        const packet = this.audio.sender.packet(this.audio.pt, payload, sent === 0);
        this.audio.sender.ts += PACKET;
        this.audio.sockets.rtp.send(packet, this.audio.port, '127.0.0.1');
        sent++;
      }
    }, 5);
  }

  /** Send a picture as it is: RTP payloads, the last with the marker. */
  sendPicture(payloads) {
    payloads.forEach((payload, i) => {
      const packet = this.video.sender.packet(this.video.pt, payload, i === payloads.length - 1);
      this.video.sockets.rtp.send(packet, this.video.port, '127.0.0.1');
    });
    this.video.sender.ts += 3000;
  }

  /** Ask for a key picture (PLI). */
  requestKey() {
    const pli = Buffer.from([0x81, 206, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0]);
    pli.writeUInt32BE(this.video.sender.ssrc, 4);
    pli.writeUInt32BE(this.video.remoteSsrc ?? 0, 8);
    this.video.sockets.rtcp.send(pli, this.video.port + 1, '127.0.0.1');
  }

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
    await this.call.bye();
    for (const media of [this.audio, this.video]) {
      media.sockets?.rtp.close();
      media.sockets?.rtcp.close();
      media.sockets = undefined;
    }
  }
}
