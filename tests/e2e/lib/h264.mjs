// SPDX-License-Identifier: GPL-2.0-or-later
// H.264 out of RTP, decoded by ffmpeg into pictures; clips with marks, to send.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { drawMark } from './mark.mjs';

const START = Buffer.from([0, 0, 0, 1]);

/** Collects RTP payloads (RFC 6184: single, STAP-A, FU-A) into pictures, from the last SPS on. */
export class Recorder {
  pictures = [];
  times = []; // when each was there whole [ms, performance.now()]
  keeping = false; // beyond the next key picture
  #parts = [];

  payload(p, marker) {
    const type = p.length ? p[0] & 31 : 0;
    if (type === 24) {
      for (let pos = 1; pos + 2 <= p.length;) {
        const size = p.readUInt16BE(pos);
        this.#nal(p.subarray(pos + 2, pos + 2 + size));
        pos += 2 + size;
      }
    } else if (type === 28 && p.length > 2) {
      if (p[1] & 0x80) this.#parts.push(START, Buffer.from([(p[0] & 0xe0) | (p[1] & 0x1f)]));
      this.#parts.push(p.subarray(2));
    } else if (type) {
      this.#nal(p);
    }
    if (marker) this.#end();
  }

  #nal(nal) { this.#parts.push(START, nal); }

  #end() {
    const picture = Buffer.concat(this.#parts);
    this.#parts = [];
    if ((picture[4] & 31) === 7 && !this.keeping) { // starts anew at a key picture
      this.pictures = [];
      this.times = [];
    }
    this.pictures.push(picture);
    this.times.push(performance.now());
  }

  /** Can it be decoded? */
  get ready() { return this.pictures.length > 0 && (this.pictures[0][4] & 31) === 7; }

  /** The last pictures, decoded.  @returns [{width, height, luma(x, y), yuv(x, y), time}] */
  async frames(last = 10) {
    if (!this.ready) throw new Error('no key picture yet');
    const times = this.times.slice(), { frames, width, height } = await decode(Buffer.concat(this.pictures));
    const size = width * height;
    return frames.map((data, i) => ({
      width, height, time: times[i], luma: (x, y) => data[y * width + x],
      yuv: (x, y) => {
        const at = size + (y >> 1) * (width >> 1) + (x >> 1);
        return [data[y * width + x], data[at], data[at + size / 4]];
      },
    })).slice(-last);
  }
}

function decode(bytes) {
  return new Promise((resolve, reject) => {
    const child = spawn('ffmpeg', ['-nostdin', '-hide_banner', '-loglevel', 'error', '-f', 'h264', '-i', 'pipe:0',
      '-vsync', 'passthrough', '-pix_fmt', 'yuv420p', '-f', 'yuv4mpegpipe', '-strict', '-1', 'pipe:1']
      .filter((word) => word !== '-nostdin'));
    const out = [], err = [];
    child.stdout.on('data', (data) => out.push(data));
    child.stderr.on('data', (data) => err.push(data));
    child.stdin.on('error', () => {});
    child.on('error', reject);
    child.on('close', () => {
      const data = Buffer.concat(out), line = data.indexOf('\n');
      const head = data.subarray(0, line).toString().match(/^YUV4MPEG2 W(\d+) H(\d+)/);
      if (!head) return reject(new Error(`ffmpeg: ${Buffer.concat(err)}`));
      const width = Number(head[1]), height = Number(head[2]), size = (width * height * 3) / 2, frames = [];
      for (let pos = line + 1; pos + 6 + size <= data.length; pos += 6 + size) {
        frames.push(data.subarray(pos + 6, pos + 6 + size)); // "FRAME\n"
      }
      return resolve({ frames, width, height });
    });
    child.stdin.end(bytes);
  });
}

/** NAL units of an Annex B stream. */
function* nals(bytes) {
  let from = bytes.indexOf('\0\0\x01', 0, 'latin1') + 3;
  while (from >= 3 && from < bytes.length) {
    const next = bytes.indexOf('\0\0\x01', from, 'latin1'), end = next < 0 ? bytes.length : next;
    yield bytes.subarray(from, bytes[end - 1] === 0 ? end - 1 : end);
    from = end + 3;
  }
}

/** RTP payloads of a NAL unit: itself, or fragments (FU-A). */
function payloadsOf(nal, max = 1100) {
  const parts = [];
  if (nal.length <= max) return [nal];
  for (let at = 1; at < nal.length; at += max) {
    const flags = (at === 1 ? 0x80 : 0) | (at + max >= nal.length ? 0x40 : 0);
    parts.push(Buffer.concat([Buffer.from([(nal[0] & 0xe0) | 28, flags | (nal[0] & 31)]), nal.subarray(at, at + max)]));
  }
  return parts;
}

/** A clip of makeClip() (a file *.264) as pictures, each a list of RTP payloads. */
export function readClip(file) {
  const pictures = [];
  let parts = [], slices = 0;
  for (const nal of nals(fs.readFileSync(file))) {
    const type = nal[0] & 31, slice = type === 1 || type === 5;
    if (slices && (!slice || nal[1] & 0x80)) { // the first slice of a picture begins at macroblock 0
      pictures.push(parts);
      parts = [];
      slices = 0;
    }
    slices += slice;
    parts.push(...payloadsOf(nal));
  }
  return [...pictures, parts];
}

/** Make a file of 4 s with the mark of @p id, 640x360, 15 fps; its values count pictures. */
export function makeClip(file, id, codec = 'libx264') {
  const width = 640, height = 360, fps = 15, pictures = [];
  for (let n = 0; n < 4 * fps; n++) {
    const gray = Buffer.alloc(width * height);
    const fill = (colour, x, y, w, h) => {
      const value = colour === '#fff' ? 235 : colour === '#000' ? 16 : 90 + 5 * id;
      for (let row = Math.round(y); row < Math.round(y + h); row++) {
        gray.fill(value, row * width + Math.round(x), row * width + Math.round(x + w));
      }
    };
    drawMark(fill, width, height, n, id);
    pictures.push(gray);
  }
  const result = spawnSync('ffmpeg', ['-hide_banner', '-loglevel', 'error', '-y', '-f', 'rawvideo', '-pix_fmt', 'gray',
    '-s', `${width}x${height}`, '-r', String(fps), '-i', 'pipe:0', '-c:v', codec, '-profile:v', 'baseline',
    '-pix_fmt', 'yuv420p', '-g', '15', file], { input: Buffer.concat(pictures) });
  if (result.status !== 0) throw new Error(`ffmpeg: ${result.stderr}`);
}
