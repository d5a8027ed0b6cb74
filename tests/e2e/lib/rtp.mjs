// SPDX-License-Identifier: GPL-2.0-or-later
// Ports and RTP streams of a phone.
import { randomInt } from 'node:crypto';
import dgram from 'node:dgram';

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

  packet(pt, payload, marker, ts = this.ts) {
    const packet = Buffer.alloc(12 + payload.length);
    packet[0] = 0x80;
    packet[1] = pt | (marker ? 0x80 : 0);
    packet.writeUInt16BE(this.seq, 2);
    packet.writeUInt32BE(ts >>> 0, 4);
    packet.writeUInt32BE(this.ssrc, 8);
    payload.copy(packet, 12);
    this.seq = (this.seq + 1) & 0xffff;
    return packet;
  }
}

/** An m-line: its own ports once open, a stream out, a stream in. */
export class MediaLine {
  sender = new Sender();
  received = 0;
  lost = 0;
  stamps = []; // timestamps of the packets with a marker

  async open() { this.sockets ??= await bindPair(); }

  send(payload, marker, { pt = this.pt, ts } = {}) {
    if (this.port) this.sockets?.rtp.send(this.sender.packet(pt, payload, marker, ts), this.port, '127.0.0.1');
  }

  /** Hand over the payload of each packet that comes: each(payload, marker). */
  listen(each) {
    if (this.listening) return;
    this.listening = true;
    this.sockets.rtp.on('message', (packet) => {
      if (packet.length < 12 || packet[0] >> 6 !== 2 || (packet[1] >= 192 && packet[1] <= 223)) return;
      const seq = packet.readUInt16BE(2);
      const step = this.last === undefined ? 1 : ((seq - this.last + 0x18000) & 0xffff) - 0x8000;
      if (step > 0) {
        this.lost += step - 1;
        this.last = seq;
      }
      this.received++;
      this.remoteSsrc = packet.readUInt32BE(8);
      if (packet[1] >> 7) this.stamps.push(packet.readUInt32BE(4));
      let at = 12 + 4 * (packet[0] & 15);
      if (packet[0] & 0x10) at += 4 + 4 * packet.readUInt16BE(at + 2);
      each(packet.subarray(at), packet[1] >> 7);
    });
  }

  /** Ask for a key picture (PLI). */
  requestKey() {
    const pli = Buffer.from([0x81, 206, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0]);
    pli.writeUInt32BE(this.sender.ssrc, 4);
    pli.writeUInt32BE(this.remoteSsrc ?? 0, 8);
    this.sockets.rtcp.send(pli, this.port + 1, '127.0.0.1');
  }

  close() {
    this.sockets?.rtp.close();
    this.sockets?.rtcp.close();
    this.sockets = undefined;
  }
}
