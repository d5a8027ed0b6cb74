// SPDX-License-Identifier: GPL-2.0-or-later
// What nobody should send: to the media ports, to SIP, to HTTP and the WebSocket.  A call of two
// goes on meanwhile and notices nothing.  And what is wrong but honest gets its reason.
import assert from 'node:assert/strict';
import dgram from 'node:dgram';
import net from 'node:net';
import { after, afterEach, before, test } from 'node:test';
import { Daemon } from './lib/daemon.mjs';
import { SipCall, parseSip, token } from './lib/sip.mjs';
import { SipLeg } from './lib/sipleg.mjs';
import { random, randomBytes, pause, until } from './lib/util.mjs';
import { RawSocket } from './lib/ws.mjs';

const tones = [700, 1100];
let daemon, legs;

before(async () => {
  daemon = await Daemon.start({ sip: { max_invites_per_s: 1000 } });
  legs = [];
  for (const [i, tone] of tones.entries()) {
    legs.push(await new SipLeg({ port: daemon.ports.sip, room: 'calm', name: `Leg ${i}`, tone }).join());
  }
  await until('they hear each other', 10, () => legs.every((leg, i) => leg.level(tones[1 - i]) > -40));
});

after(async () => {
  for (const leg of legs ?? []) await leg.leave();
  await daemon?.stop();
});

/** The call was not disturbed: nothing lost, nobody sent away, the other's tone all the time. */
afterEach(async () => {
  assert.ok(daemon.alive, 'the daemon is alive');
  const before = legs.map((leg) => leg.audio.received);
  await until('packets still come', 5, () => legs.every((leg, i) => leg.audio.received > before[i] + 60));
  for (const [i, leg] of legs.entries()) {
    assert.equal(leg.call.ended, false, 'the call goes on');
    assert.equal(leg.audio.lost, 0, 'no packet is missing');
    assert.ok(leg.level(tones[1 - i]) > -40, 'the other is heard');
  }
});

/** Send datagrams, some at a time, so that they are not just lost in the socket's buffer. */
async function flood(port, packets, onpacket = () => {}) {
  const socket = dgram.createSocket('udp4');
  let answers = 0;
  socket.on('message', (data) => { answers++; onpacket(data); });
  for (const [i, packet] of packets.entries()) {
    await new Promise((done) => { socket.send(packet, port, '127.0.0.1', done); });
    if (i % 50 === 49) await pause(2);
  }
  await pause(100);
  socket.close();
  return answers;
}

/** 3000 packets that start like @p head, of all lengths. */
function garbage(seed, ...heads) {
  const next = random(seed), packets = [];
  for (let i = 0; i < 1000; i++) {
    for (const head of heads) {
      const size = i < 60 ? i : i % 100 === 0 ? 9000 + Math.floor(next() * 50000) : Math.floor(next() * 1500);
      const packet = Buffer.concat([head, randomBytes(next, Math.min(size, 2000)), Buffer.alloc(Math.max(0, size - 2000))]);
      packets.push(packet.subarray(0, i < 60 ? i : undefined));
    }
  }
  return packets;
}

const stun = Buffer.from('000100582112a442', 'hex');
const dtls = Buffer.from('16feff0000000000000000', 'hex');
const rtp = Buffer.from('8060', 'hex');
const rtcp = [Buffer.from('80c80006', 'hex'), Buffer.from('81ce0002', 'hex'), Buffer.from('8fcdffff', 'hex')];

test('garbage like STUN, DTLS, RTP and RTCP comes to the WebRTC port', async () => {
  const answers = await flood(daemon.ports.rtc, garbage(1, stun, dtls, rtp, ...rtcp, Buffer.alloc(0)));
  assert.equal(answers, 0, 'strangers get no answer');
});

test('garbage comes to the RTP and RTCP ports of a call', async () => {
  const { port } = legs[0].audio;
  await flood(port, garbage(2, rtp, Buffer.from('8000', 'hex'), Buffer.from('bf80', 'hex')));
  await flood(port + 1, garbage(3, ...rtcp));
});

test('broken RTP and RTCP come from the right address', async () => {
  const next = random(4), { sockets, port } = legs[0].audio;
  for (const head of [...rtcp, Buffer.from('bf6f', 'hex'), Buffer.from('9000', 'hex')]) {
    for (let i = 0; i < 100; i++) {
      sockets.rtcp.send(Buffer.concat([head, randomBytes(next, i)]), port + 1, '127.0.0.1');
    }
  }
  for (const hex of ['', '80', '8000', '80000001000000', '9000000100000001000000010000ffff', 'a0000001000000010000000100ff', 'bf000001']) {
    sockets.rtp.send(Buffer.from(hex, 'hex'), port, '127.0.0.1');
  }
  await pause(100);
});

const brokenSip = () => {
  const next = random(5), good = `INVITE sip:calm@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK1\r\n`
    + 'Max-Forwards: 70\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:calm@127.0.0.1>\r\nCall-ID: broken\r\nCSeq: 1 INVITE\r\n'
    + 'Contact: <sip:a@127.0.0.1:9>\r\nContent-Type: application/sdp\r\nContent-Length: 5\r\n\r\nv=0\r\n';
  const list = ['', '\r\n\r\n', '\0\0\0\0', 'INVITE', 'INVITE sip:a SIP/2.0\r\n\r\n', 'SIP/2.0 200 OK\r\n\r\n',
    good.replace('CSeq: 1', 'CSeq: 99999999999999999999'), good.replace('Content-Length: 5', 'Content-Length: -1'),
    good.replace('Content-Length: 5', 'Content-Length: 4294967295'), good.replace('branch=', `branch=${'x'.repeat(6000)}`),
    good.replace('<sip:a@b>', `"${'"'.repeat(500)}<sip:`), good.replace(/\r\n/g, '\n'), good.replace(/Call-ID.*\r\n/, '')];
  for (let i = 0; i < 1000; i++) {
    const bytes = Buffer.from(good.replaceAll('broken', token()));
    for (let n = 0; n < 1 + (i % 6); n++) bytes[Math.floor(next() * bytes.length)] = Math.floor(next() * 256);
    list.push(bytes.subarray(0, i % 3 ? undefined : Math.floor(next() * bytes.length)));
  }
  return list.map((one) => Buffer.from(one));
};

test('broken SIP comes over UDP', async () => {
  await flood(daemon.ports.sip, brokenSip());
});

/** One connection: send, let the server answer or close, close. */
function poke(port, data, ms = 30) {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(data));
    let got = '';
    socket.on('data', (more) => { got += more; });
    socket.on('error', () => {});
    socket.on('close', () => resolve(got));
    setTimeout(() => socket.destroy(), ms);
  });
}

test('broken SIP comes over TCP', async () => {
  const list = brokenSip();
  for (let i = 0; i < 200; i += 10) await Promise.all(list.slice(i, i + 10).map((one) => poke(daemon.ports.sip, one)));
  await poke(daemon.ports.sip, Buffer.alloc(1 << 20, 'A'), 200);
});

test('broken HTTP comes', async () => {
  const next = random(6), { http } = daemon.ports;
  const list = ['GET', 'GET / HTTP/9.9\r\n\r\n', 'GET /../../../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n', '\0'.repeat(500),
    `GET /${'a'.repeat(20000)} HTTP/1.1\r\nHost: x\r\n\r\n`, `GET / HTTP/1.1\r\n${'X: y\r\n'.repeat(5000)}\r\n`,
    'POST /api HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\nx', 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n',
    'GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x\r\n\r\n'];
  for (let i = 0; i < 100; i++) list.push(randomBytes(next, 1 + Math.floor(next() * 600)));
  for (let i = 0; i < list.length; i += 10) await Promise.all(list.slice(i, i + 10).map((one) => poke(http, one)));
  const passwd = await poke(http, 'GET /..%2f..%2f..%2fetc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 500);
  assert.ok(!passwd.includes('root:'), 'no file of the machine is served');
  assert.equal((await fetch(`http://127.0.0.1:${http}/`)).status, 200);
});

test('metrics are not on the public port', async () => {
  const answer = await fetch(`${daemon.url}/metrics`);
  assert.ok(answer.status >= 400, `status ${answer.status}`);
});

test('WebSocket frames and JSON that are broken end that connection only', async () => {
  const { http } = daemon.ports;
  const deep = `${'['.repeat(3000)}${']'.repeat(3000)}`;
  const texts = ['', '{', 'null', '[]', '{}', '{"t":1}', '{"t":"hello"}', '{"t":"hello","id":1,"d":[]}', '{"t":"hello","t":"x"}',
    '{"t":"hello","id":1,"d":{"room":1,"name":{}}}', '{"t":"offer","id":1,"d":{"sdp":"v=0"}}', '{"t":"\\u0000"}', deep,
    `{"t":"hello","id":1e999,"d":{"room":"a","name":"${'x'.repeat(5000)}"}}`];
  for (const text of texts) {
    const ws = await RawSocket.connect(http);
    ws.text(text);
    await until(`an answer to ${text.slice(0, 40)}`, 5, () => ws.closed || ws.messages.length);
    ws.close();
  }
  const frames = [[1, Buffer.from([0xff, 0xfe]), {}], [2, Buffer.alloc(10), {}], [3, Buffer.alloc(10), {}], [9, Buffer.alloc(1000), {}],
    [0, Buffer.from('x'), {}], [1, Buffer.alloc(0), { length: 2 ** 48 }], [1, Buffer.alloc(100000, 'x'), {}]];
  for (const [opcode, payload, more] of frames) {
    const ws = await RawSocket.connect(http);
    ws.frame(opcode, payload, more);
    await until(`opcode ${opcode} with ${payload.length} bytes ends the connection`, 15, () => ws.closed);
    ws.close();
  }
});

test('a room name that is none gets a reason on the WebSocket', async () => {
  const ws = await RawSocket.connect(daemon.ports.http);
  ws.json({ t: 'hello', id: 7, d: { room: '../etc', name: 'X' } });
  const answer = await ws.message(({ t, re }) => t === 'error' && (re === 7 || re === undefined));
  assert.match(answer.d.code, /\w/);
  assert.match(answer.d.detail ?? '', /\w/);
  ws.close();
});

test('a name of 10,000 combining characters is refused or cut, a banner of them refused', async () => {
  const hello = (n) => ({ t: 'hello', id: 8, d: { room: 'marks', name: `e${'\u0301'.repeat(n)}` } });
  const long = await RawSocket.connect(daemon.ports.http);
  long.json(hello(10000)); // more than a stranger may send at all
  await until('the connection is closed', 10, () => long.closed);
  assert.equal(long.closed.code, 1009);
  const ws = await RawSocket.connect(daemon.ports.http);
  ws.json(hello(1000));
  assert.equal((await ws.message(({ re }) => re === 8)).d.you.name, `e${'\u0301'.repeat(3)}`);
  const banner = await fetch(`http://127.0.0.1:${daemon.ports.admin}/api/v1/rooms/marks/layout`,
    { method: 'PUT', body: JSON.stringify({ banner: `e${'\u0301'.repeat(10000)}` }) });
  const problem = await banner.json();
  assert.deepEqual([banner.status, problem.code, problem.detail], [400, 'bad_request', '/banner: too long']);
  ws.close();
});

test('an offer that is none gets a reason, and the session stays', async () => {
  const ws = await RawSocket.connect(daemon.ports.http);
  ws.json({ t: 'hello', id: 1, d: { room: 'broken', name: 'X' } });
  await ws.message(({ t }) => t === 'welcome');
  ws.json({ t: 'offer', id: 2, d: { sdp: 'v=0\r\nnonsense' } });
  const answer = await ws.message(({ t, re }) => t === 'error' && re === 2);
  assert.match(answer.d.code, /\w/);
  ws.json({ t: 'ping', id: 3 });
  await ws.message(({ t, re }) => (t === 'pong' || t === 'ok') && (re === 3 || re === undefined));
  ws.close();
});

const sdp = (lines) => `v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n${lines}`;

for (const [what, room, body, status] of [
  ['a room name that is none', '..%2fetc', sdp('m=audio 40000 RTP/AVP 0\r\n'), [400, 499]],
  ['codecs that we do not have', 'codecs', sdp('m=audio 40000 RTP/AVP 18\r\na=rtpmap:18 G729/8000\r\n'), [488, 488]],
  ['SDP that is none', 'nosdp', 'hello', [400, 488]],
]) {
  test(`${what} gets a status and a Reason by SIP`, async () => {
    const call = new SipCall(daemon.ports.sip, room, 'X');
    const answer = await call.invite(body);
    call.close();
    assert.ok(answer.status >= status[0] && answer.status <= status[1], `status ${answer.status}`);
    assert.match(answer.header('reason') ?? answer.header('warning') ?? '', /\w/);
  });
}

test('a method that we do not have is refused with the list of those that we have', async () => {
  const got = [];
  await flood(daemon.ports.sip, [Buffer.from('BREW sip:calm@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bKx1\r\n'
    + 'Max-Forwards: 70\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:calm@127.0.0.1>\r\nCall-ID: brew\r\nCSeq: 1 BREW\r\nContent-Length: 0\r\n\r\n')],
  (data) => got.push(parseSip(data.toString())));
  assert.equal(got[0]?.status, 405);
  assert.match(got[0].header('allow') ?? '', /INVITE/);
});

test('who sends broken H.264 keeps his voice', async () => {
  const leg = await new SipLeg({ port: daemon.ports.sip, room: 'calm', name: 'Broken', tone: 1900, video: 'sendrecv' }).join();
  const next = random(8);
  try {
    const sps = Buffer.from('6742c01fd9008011', 'hex'), pps = Buffer.from('68cb83cb20', 'hex');
    for (let i = 0; i < 150; i++) {
      const nal = (type) => Buffer.concat([Buffer.from([0x60 | type]), randomBytes(next, 1 + Math.floor(next() * 1100))]);
      leg.sendPicture([
        [sps, pps, nal(5)], [nal(7), nal(8), nal(5)], [nal(1)], [Buffer.from([0x7c, 0x85, 1, 2, 3])], [Buffer.from([0x7c, 0x05])],
        [Buffer.from([0x78, 0xff, 0xff, 0x67])], [nal(28)], [nal(24)], [Buffer.from([0])], [nal(31)],
      ][i % 10]);
      if (i % 5 === 0) await pause(20);
    }
    await until('he is still heard', 10, () => legs.every((other) => other.level(1900) > -40));
    await until('and hears', 10, () => tones.every((hz) => leg.level(hz) > -40));
    assert.equal(leg.call.ended, false);
  } finally {
    await leg.leave();
  }
});
