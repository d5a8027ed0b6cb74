// SPDX-License-Identifier: GPL-2.0-or-later
// What runs in the page, before its own scripts: a marked camera, a microphone with a tone,
// and ears and eyes for the tests.  The client under test is not changed.

/**
 * Text for addInitScript.
 * @param options {id [mark], tone [Hz], amplitude, width, height, fps, want: added to hello}
 */
export function pageScript(options, drawMark, readMark) {
  return `(${install})(${JSON.stringify(options)}, ${drawMark}, ${readMark});`;
}

/* The rest runs in the page. */
function install(options, drawMark, readMark) {
  const e2e = { sockets: [], messages: [], last: {}, peers: [], tracks: {} };
  window.e2e = e2e;

  const Socket = window.WebSocket;
  window.WebSocket = class extends Socket {
    constructor(...args) {
      super(...args);
      e2e.sockets.push(this);
      this.addEventListener('message', (event) => {
        const message = JSON.parse(event.data);
        e2e.messages.push(message);
        if (e2e.messages.length > 2000) e2e.messages.shift();
        e2e.last[message.t] = message.d ?? {};
      });
      if (options.want) {
        this.send = (text) => {
          const message = JSON.parse(text);
          if (message.t === 'hello') message.d.want = options.want;
          super.send(JSON.stringify(message));
        };
      }
      this.addEventListener('close', (event) => { e2e.closed = { code: event.code, reason: event.reason }; });
    }
  };

  const Peer = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Peer {
    constructor(...args) {
      super(...args);
      e2e.peers.push(this);
    }
  };
  e2e.peer = () => e2e.peers.at(-1);

  // The camera: a canvas that is drawn from the start, because a still one sends nothing.
  function camera(id = options.id, { width = options.width, height = options.height, text = false } = {}) {
    const canvas = document.createElement('canvas');
    canvas.width = width;
    canvas.height = height;
    const context = canvas.getContext('2d');
    const fill = (colour, x, y, w, h) => { context.fillStyle = colour; context.fillRect(x, y, w, h); };
    let value = 0;
    const draw = () => {
      drawMark(fill, canvas.width, canvas.height, value++ & 8191, id);
      if (text) writeText(context, canvas);
    };
    draw();
    const timer = setInterval(draw, 1000 / options.fps);
    const [track] = canvas.captureStream(options.fps).getVideoTracks();
    const stop = track.stop.bind(track);
    track.stop = () => { clearInterval(timer); stop(); };
    return track;
  }

  // What a document looks like, in the lower half.
  function writeText(context, { width, height }) {
    context.fillStyle = '#fff';
    context.fillRect(0, height / 2, width, height);
    context.fillStyle = '#000';
    context.font = `${height / 45}px sans-serif`;
    for (let line = 0; line < 16; line++) {
      const words = Array.from({ length: 24 }, (_, i) => ['Medley', 'mixes', 'voices', '1,284.50', 'and', 'pictures'][(line * 7 + i * 5) % 6]);
      context.fillText(words.join(' '), width / 40, height / 2 + ((line + 1.5) * height) / 36);
    }
  }

  /** Luma of that in another size, row by row, as base64. */
  e2e.textLuma = (width, height, w, h) => {
    const full = document.createElement('canvas'), small = document.createElement('canvas');
    Object.assign(full, { width, height });
    Object.assign(small, { width: w, height: h });
    writeText(full.getContext('2d'), full);
    const context = small.getContext('2d');
    context.imageSmoothingQuality = 'high';
    context.drawImage(full, 0, 0, w, h);
    const { data } = context.getImageData(0, 0, w, h);
    let out = '';
    for (let at = 0; at < data.length; at += 4) out += String.fromCharCode(Math.round(16 + 0.859 * data[at]));
    return btoa(out);
  };

  function microphone(hz = options.tone) {
    const context = new AudioContext();
    const tone = new OscillatorNode(context, { frequency: hz });
    const gain = new GainNode(context, { gain: options.amplitude });
    const out = new MediaStreamAudioDestinationNode(context);
    tone.connect(gain).connect(out);
    tone.start();
    void context.resume();
    return out.stream.getAudioTracks()[0];
  }

  if (options.id !== undefined && navigator.mediaDevices) {
    navigator.mediaDevices.getUserMedia = async (constraints) => {
      const stream = new MediaStream();
      if (constraints?.audio) stream.addTrack(e2e.tracks.audio = microphone());
      if (constraints?.video) stream.addTrack(e2e.tracks.video = camera());
      return stream;
    };
  }

  /** Offer what the peer connection has now, past the client. */
  e2e.offer = async () => {
    const peer = e2e.peer();
    await peer.setLocalDescription(await peer.createOffer());
    const { sdp } = await e2e.ask('offer', { sdp: peer.localDescription.sdp });
    await peer.setRemoteDescription({ type: 'answer', sdp });
  };

  async function replace(name, kind, track) {
    e2e.tracks[name]?.stop();
    e2e.tracks[name] = track;
    const line = (e2e.lines ??= {})[name] ??= e2e.peer().addTransceiver(kind, { direction: 'sendonly' });
    line.direction = track ? 'sendonly' : 'inactive';
    await line.sender.replaceTrack(track);
  }

  /**
   * A screen with a mark, shared as the second video line; null ends it.
   * @param how {width, height, text: a document below the mark, tone [Hz]: its sound, as the second audio line}
   */
  e2e.share = async (id, how = {}) => {
    const track = id === null ? null : camera(id, how);
    if (track && how.text) track.contentHint = 'text';
    await replace('screen', 'video', track);
    if (how.tone || e2e.lines.sound) await replace('sound', 'audio', how.tone ? microphone(how.tone) : null);
    await e2e.offer();
  };

  /** Say something over the WebSocket and wait for its answer. */
  e2e.ask = async (t, d) => {
    const socket = e2e.sockets.at(-1), id = (e2e.offers = (e2e.offers ?? 1000000) + 1);
    const answered = new Promise((resolve) => {
      const listen = (event) => {
        const message = JSON.parse(event.data);
        if (message.re !== id) return;
        socket.removeEventListener('message', listen);
        resolve(message);
      };
      socket.addEventListener('message', listen);
    });
    socket.send(JSON.stringify({ t, id, d }));
    const answer = await answered;
    if (answer.t === 'error') throw new Error(JSON.stringify(answer.d));
    return answer.d;
  };

  // The composite: the playing <video> that shows a received track.
  e2e.composite = () => {
    const received = new Set(e2e.peers.flatMap((peer) => peer.getReceivers()).map((receiver) => receiver.track));
    return [...document.querySelectorAll('video')].find((video) => video.videoWidth > 0
      && video.srcObject?.getVideoTracks().some((track) => received.has(track)));
  };

  const canvas = document.createElement('canvas');
  /** The composite now: marks in rectangles of the canvas [w, h]. @returns [{value, id} or null] */
  e2e.marks = (rectangles, [width, height]) => {
    const video = e2e.composite();
    if (!video) return null;
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    const context = canvas.getContext('2d', { willReadFrequently: true });
    context.drawImage(video, 0, 0);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    const luma = (x, y) => {
      const at = 4 * (y * canvas.width + x);
      return 0.3 * data[at] + 0.59 * data[at + 1] + 0.11 * data[at + 2];
    };
    const sx = canvas.width / width, sy = canvas.height / height;
    return rectangles.map(({ x, y, w, h }) => readMark(luma, x * sx, y * sy, w * sx, h * sy));
  };

  /**
   * Look at every frame that is shown: RTP timestamp and the ids of the marks in each set of
   * rectangles (null: none).  @returns the list that grows
   */
  e2e.watch = (sets, size) => {
    const seen = e2e.seen = [], video = e2e.composite();
    const look = (now, { rtpTimestamp: ts }) => {
      seen.push({ ts, ids: sets.map((set) => e2e.marks(set, size).map((mark) => mark?.id ?? null)) });
      if (seen.length > 3000) seen.shift();
      video.requestVideoFrameCallback(look);
    };
    video.requestVideoFrameCallback(look);
  };

  /** How loud tones are in what is received [dB of full scale]. */
  e2e.levels = async (tones) => {
    if (!e2e.analyser) {
      const receiver = e2e.peer()?.getReceivers().find((one) => one.track?.kind === 'audio');
      if (!receiver) throw new Error('no audio is received');
      const context = new AudioContext({ sampleRate: 48000 });
      await context.resume();
      e2e.analyser = new AnalyserNode(context, { fftSize: 32768, smoothingTimeConstant: 0 });
      // A remote stream flows into an AudioContext only while an element plays it.
      const player = new Audio();
      player.muted = true;
      player.srcObject = new MediaStream([receiver.track]);
      await player.play();
      e2e.player = player;
      new MediaStreamAudioSourceNode(context, { mediaStream: player.srcObject }).connect(e2e.analyser);
    }
    const samples = new Float32Array(e2e.analyser.fftSize);
    e2e.analyser.getFloatTimeDomainData(samples);
    return tones.map((hz) => { // as level() of sound.mjs
      const n = samples.length, c = 2 * Math.cos((2 * Math.PI * hz) / 48000);
      let s1 = 0, s2 = 0;
      for (let i = 0; i < n; i++) {
        const s0 = samples[i] * (0.5 - 0.5 * Math.cos((2 * Math.PI * i) / n)) + c * s1 - s2;
        s2 = s1;
        s1 = s0;
      }
      const amplitude = (4 * Math.sqrt(Math.max(0, s1 * s1 + s2 * s2 - c * s1 * s2))) / n;
      return 20 * Math.log10(Math.max(amplitude, 1e-8));
    });
  };

  /** Numbers of the received and the sent video. */
  e2e.stats = async () => {
    const found = {};
    for (const report of (await e2e.peer().getStats()).values()) {
      if (report.type === 'inbound-rtp' && report.kind === 'video') {
        Object.assign(found, { framesDecoded: report.framesDecoded, width: report.frameWidth, height: report.frameHeight });
      }
      if (report.type === 'outbound-rtp' && report.kind === 'video') {
        found.framesSent = report.framesSent;
        found.codecId = report.codecId;
      }
      if (report.type === 'codec') (found.codecs ??= {})[report.id] = report.mimeType;
    }
    found.codec = found.codecs?.[found.codecId];
    return found;
  };
}
