// SPDX-License-Identifier: GPL-2.0-or-later
// baresip without a screen: Opus with a tone, H.264 with a marked clip; what it hears goes to a file.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { makeClip } from './h264.mjs';
import { level } from './sound.mjs';
import { freePort, until } from './util.mjs';

const modulePath = ['/usr/lib/baresip/modules', '/usr/lib/x86_64-linux-gnu/baresip/modules']
  .find((folder) => fs.existsSync(folder));

const config = (folder, clip, tone, ctrl) => `
sip_listen 127.0.0.1:0
call_local_timeout 60
call_max_calls 4
audio_source ausine,${tone}
audio_channels 2
ausrc_srate 48000
auplay_srate 48000
ausrc_channels 2
auplay_channels 2
video_source avformat,${clip}
video_display fakevideo,nil
video_size 640x360
video_bitrate 500000
video_fps 15
opus_samplerate 48000
opus_stereo no
opus_bitrate 48000
snd_path ${folder}
avcodec_h264enc libx264
avcodec_h264dec h264
ctrl_tcp_listen 127.0.0.1:${ctrl}
module_path ${modulePath}
module opus.so
module ausine.so
module sndfile.so
module avcodec.so
module avformat.so
module fakevideo.so
module swscale.so
module_tmp uuid.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
`;

export class Baresip {
  /** Call a room.  @param options {port, room, name, tone [Hz], mark [id of the clip]} */
  static async call(options) {
    const phone = await Baresip.#start(options, `sip:${options.name}@127.0.0.1`, ';regint=0',
      ['-e', `/dial sip:${options.room}@127.0.0.1:${options.port}`]);
    await phone.logs('is in the call', 'Call established');
    return phone;
  }

  /** A phone of a user, registered; it answers by itself.  @param options {port, name: login, password, tone, mark} */
  static async register(options) {
    const phone = await Baresip.#start(options, `sip:${options.name}@127.0.0.1:${options.port}`,
      `;auth_pass=${options.password};regint=300;answermode=auto`, []);
    await phone.logs('is registered', '200 OK');
    return phone;
  }

  static async #start(options, address, params, args) {
    if (!modulePath) throw new Error('baresip is not installed (baresip-core, baresip-ffmpeg)');
    const phone = new Baresip();
    phone.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'medley-baresip-'));
    phone.control = await freePort();
    const clip = path.join(phone.folder, 'clip.mp4');
    makeClip(clip, options.mark);
    const write = (name, text) => fs.writeFileSync(path.join(phone.folder, name), text);
    write('config', config(phone.folder, clip, options.tone, phone.control));
    write('accounts', `"${options.name}" <${address}>${params};audio_codecs=opus;video_codecs=h264\n`);
    write('contacts', '');
    phone.log = '';
    phone.child = spawn('baresip', ['-4', '-v', '-f', phone.folder, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [phone.child.stdout, phone.child.stderr]) {
      stream.on('data', (data) => { phone.log = (phone.log + data).slice(-1 << 18); });
    }
    phone.exited = new Promise((resolve) => { phone.child.once('close', resolve); phone.child.once('error', resolve); });
    return phone;
  }

  /** Wait until it writes a text; if it does not, it is stopped. */
  logs(what, text, seconds = 15) {
    return until(`baresip ${what}`, seconds, () => this.log.includes(text))
      .catch(async (err) => { await this.stop(); err.message += `\n${this.log.slice(-3000)}`; throw err; });
  }

  /** Tell it to do something, as "dial" with a URI, "hangup". */
  async command(command, params = '') {
    const text = JSON.stringify({ command, params, token: 'e2e' }), socket = net.connect(this.control, '127.0.0.1');
    let answer = '';
    socket.on('data', (data) => { answer += data; });
    socket.on('error', () => {});
    try {
      socket.write(`${Buffer.byteLength(text)}:${text},`);
      await until(`baresip does "${command}"`, 5, () => answer.includes('"response":true'));
    } finally {
      socket.destroy();
    }
  }

  /** How loud a tone was in the last second that it has written [dB of full scale]. */
  level(hz) {
    const name = fs.readdirSync(this.folder).filter((file) => file.endsWith('-dec.wav')).sort().at(-1); // of the last call
    const file = name && path.join(this.folder, name);
    if (!file || fs.statSync(file).size < 44 + 2 * 48000) throw new Error('nothing heard yet');
    const data = fs.readFileSync(file), end = data.length - (data.length % 2);
    const samples = [];
    for (let at = end - 2 * 48000; at < end; at += 2) samples.push(data.readInt16LE(at));
    return level(samples, 48000, hz);
  }

  /** Did it decode a picture? */
  get sees() { return this.log.includes('receiving with resolution'); }

  async stop() {
    this.child.kill('SIGTERM');
    const killer = setTimeout(() => this.child.kill('SIGKILL'), 5000);
    await this.exited;
    clearTimeout(killer);
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}
