// SPDX-License-Identifier: GPL-2.0-or-later
// H.264 out of RTP, decoded by ffmpeg into grey pictures; clips with marks.
import { spawn, spawnSync } from 'node:child_process';
import { drawMark } from './mark.mjs';

const START = Buffer.from([0, 0, 0, 1]);

/** Collects RTP payloads (RFC 6184: single, STAP-A, FU-A) into pictures, from the last SPS on. */
export class Recorder {
  pictures = [];
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
    if ((picture[4] & 31) === 7) this.pictures = []; // starts anew at a key picture
    this.pictures.push(picture);
  }

  /** Can it be decoded? */
  get ready() { return this.pictures.length > 0 && (this.pictures[0][4] & 31) === 7; }

  /** The last pictures, decoded.  @returns [{width, height, luma(x, y)}] */
  async frames(last = 10) {
    if (!this.ready) throw new Error('no key picture yet');
    const pictures = this.pictures.slice();
    const { data, width, height } = await decode(Buffer.concat(pictures));
    const size = width * height, count = Math.floor(data.length / size), frames = [];
    for (let i = Math.max(0, count - last); i < count; i++) {
      const at = i * size;
      frames.push({ width, height, luma: (x, y) => data[at + y * width + x] });
    }
    return frames;
  }
}

function decode(bytes) {
  return new Promise((resolve, reject) => {
    const child = spawn('ffmpeg', ['-nostdin', '-hide_banner', '-loglevel', 'error', '-f', 'h264', '-i', 'pipe:0',
      '-vsync', 'passthrough', '-pix_fmt', 'gray', '-f', 'yuv4mpegpipe', '-strict', '-1', 'pipe:1']
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
      const width = Number(head[1]), height = Number(head[2]), size = width * height, frames = [];
      for (let pos = line + 1; pos + 6 + size <= data.length; pos += 6 + size) {
        frames.push(data.subarray(pos + 6, pos + 6 + size)); // "FRAME\n"
      }
      return resolve({ data: Buffer.concat(frames), width, height });
    });
    child.stdin.end(bytes);
  });
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
