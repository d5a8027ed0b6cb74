// SPDX-License-Identifier: GPL-2.0-or-later
// medleyctl against a server that the test plays: what each command asks for, what it makes of the answers, and
// that no answer does harm to a terminal.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { medleyctl } from './lib/ctl.mjs';

const people = [
  { id: 'p_1', name: 'Ada Lovelace', kind: 'web', audio: true, video: true, share: false, hand: true, seat: '',
    joined_at: new Date(Date.now() - 7380e3).toISOString(), muted: { audio: true, video: false },
    media: { audio_codec: 'opus', video_codec: 'h264', rx_bps: 1234567, tx_bps: 2e6, rx_lost: 1, rx_packets: 99,
      loss_ratio: 0.25, jitter_ms: 3.21, rtt_ms: 17 } },
  { id: 'p_2', name: '漢字', kind: 'sip', audio: true, video: false, seat: 'interpreter', muted: {}, media: {} },
  { id: 'p_3', name: 'Adam', kind: 'web', muted: {}, media: {} },
];
const layout = {
  layout: 'auto', chosen: false, showing: '2x2', spotlight: ['p_1'], seats: { interpreter: 'p_2' }, banner: 'Hello',
  marks: ['rec'], overlays: { names: true, badges: false }, canvas: [1280, 720], epoch: 1, overflow: 0,
  tiles: [{ id: 'p_1', x: 0, y: 0, w: 640, h: 360, role: 'speaker', media: 'video' }, { id: null, x: 640, y: 0, w: 640, h: 360, role: 'any', media: 'empty' }],
};
const room = { name: 'demo', participants: 3, created_at: people[0].joined_at, layout };
const node = {
  version: '1.2.3', started_at: people[0].joined_at, uptime_s: 7380, draining: false, rooms: 1, participants: { web: 2, sip: 1 },
  cpu_s: 12.5, log_level: 'info', rss_bytes: 120 << 20, settings: { version: 4, loaded_at: people[0].joined_at, ok: false, errors: ['a.yaml:1:2: bad'] },
};
const usual = {
  'GET /node': node, 'POST /node/drain': { ...node, draining: true }, 'PUT /node/log': { level: 'debug' },
  'GET /rooms': { rooms: [room] }, 'GET /rooms/demo': { ...room, participants_list: people },
  'GET /rooms/demo/participants': { participants: people }, 'GET /rooms/demo/layout': layout,
  'PUT /rooms/demo/layout': layout, 'POST /rooms/demo/mute': { muted: 2 },
  'GET /layouts': { layouts: [{ name: '2x2', kind: 'layout', tiles: 4, seats: ['interpreter', 'sign'] }, { name: '1+7', kind: 'alias', target: 'speaker-7' }] },
  'GET /config': { yaml: 'sip:\n  port: 5060\n' }, 'POST /config/check': { ok: true, errors: [], changed: [], layouts_changed: false },
  'GET /rooms/demo/snapshot.jpg': Buffer.from([0xff, 0xd8, 0, 0x0a]), 'GET /layouts/2x2/preview.png': Buffer.from('\x89PNG'),
};

let folder, socket, server, answers, asked;

before(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'medley-ctl-'));
  socket = path.join(folder, 's');
  server = http.createServer((request, response) => {
    let body = '';
    request.on('data', (data) => { body += data; });
    request.on('end', () => {
      const url = request.url.replace('/api/v1', ''), key = `${request.method} ${url.replace(/\?.*/, '')}`;
      asked.push({ what: `${request.method} ${url}`, body: body && JSON.parse(body), type: request.headers['content-type'] });
      let answer = answers[key];
      if (answer === undefined && /^(PATCH|DELETE) \/rooms\/demo/.test(key)) answer = 204;
      if (answer === undefined) answer = { status: 404, code: 'not_found', title: 'Not found', detail: `no ${url}` };
      response.statusCode = typeof answer === 'number' ? answer : answer.status ?? 200;
      response.end(Buffer.isBuffer(answer) || typeof answer === 'string' ? answer
        : typeof answer === 'number' ? '' : JSON.stringify(answer));
    });
  }).listen(socket);
});

beforeEach(() => { answers = { ...usual }; asked = []; });

after(() => {
  server.closeAllConnections();
  server.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

const ctl = (...words) => medleyctl(socket, ...words);

/** Run a command that must succeed.  @return what it printed */
async function good(...words) {
  const { code, out, err } = await ctl(...words);
  assert.equal(code, 0, `${words.join(' ')}: ${err}`);
  assert.equal(err, '');
  return out;
}

test('each command asks for what it says', async () => {
  const layoutPut = (body) => ({ what: 'PUT /rooms/demo/layout', body });
  const patch = (body) => ({ what: 'PATCH /rooms/demo/participants/p_2', body });
  const cases = [
    ['status', { what: 'GET /node' }],
    ['drain', { what: 'POST /node/drain', body: { on: true } }],
    ['drain off', { what: 'POST /node/drain', body: { on: false } }],
    ['log debug', { what: 'PUT /node/log', body: { level: 'debug' } }],
    ['mute demo p_2', patch({ muted: { audio: true } })],
    ['mute demo p_2 --video', patch({ muted: { video: true } })],
    ['unmute demo 漢', patch({ muted: { audio: false } })],
    ['mute demo --all', { what: 'POST /rooms/demo/mute', body: { audio: true, except: [] } }],
    ['mute demo -a -x p_2 --except adam', { what: 'POST /rooms/demo/mute', body: { audio: true, except: ['p_2', 'p_3'] } }],
    ['kick demo 漢字', { what: 'DELETE /rooms/demo/participants/p_2' }],
    ['kick demo --all', { what: 'DELETE /rooms/demo' }],
    ['hand demo p_2 down', patch({ hand: false })],
    ['seat demo p_2 interpreter', patch({ seat: 'interpreter' })],
    ['seat demo p_2 none', patch({ seat: '' })],
    ['spotlight demo adam p_2', layoutPut({ spotlight: ['p_3', 'p_2'] })],
    ['spotlight demo', layoutPut({ spotlight: [] })],
    ['layout set demo 1+7', layoutPut({ layout: '1+7' })],
    ['layout set demo', layoutPut({ layout: null })],
    ['banner demo Hello', layoutPut({ banner: 'Hello' })],
    ['banner demo', layoutPut({ banner: '' })],
    ['marks demo rec live', layoutPut({ marks: ['rec', 'live'] })],
    ['marks demo', layoutPut({ marks: [] })],
    ['overlays demo names=on logo=off', layoutPut({ overlays: { names: true, logo: false } })],
  ];
  for (const [words, want] of cases) {
    asked = [];
    await good(...words.split(' '));
    // A look at the seats comes after one is given.
    const { what, body, type } = asked.filter((one) => one.what !== 'GET /layouts').at(-1);
    assert.equal(what, want.what, words);
    assert.deepEqual(body || undefined, want.body, words);
    if (want.body) assert.equal(type, 'application/json');
  }
});

test('room names are encoded', async () => {
  const { code } = await ctl('room', 'show', '../node?x#y');
  assert.equal(code, 1);
  assert.equal(asked[0].what, 'GET /rooms/..%2Fnode%3Fx%23y');
});

test('tables have aligned columns', async () => {
  assert.equal(await good('rooms'), 'ROOM  PEOPLE  LAYOUT  SHOWING     FOR\ndemo       3  auto    2x2      2h 03m\n');
  const lines = (await good('participants', 'demo')).split('\n');
  assert.match(lines[0], /^ID   NAME          KIND  AUDIO  VIDEO  STATE +FOR  SENDS   LOSS  GETS    LOSS    RTT$/);
  assert.match(lines[1], /^p_1  Ada Lovelace  web   muted  h264   hand +2h 03m   1\.2M  1\.0 %  2\.0M  25\.0 %  17 ms$/);
  assert.match(lines[2], /^p_2  漢字          sip   on     -      interpreter /);
  const id = 'pt_0123456789abcdefghij', name = 'Grace M. Hopper';
  answers['GET /rooms/demo/participants'] = { participants: [{ ...people[0], id, name }] };
  for (const line of (await good('participants', 'demo')).split('\n')) assert.ok(line.length <= 110, line);
  assert.equal(await good('layout', 'list'), 'NAME  KIND    TILES  MEANS\n2x2   layout      4\n1+7   alias       -  speaker-7\n');
});

test('lists of figures say it in words', async () => {
  const status = await good('status');
  assert.match(status, /^version    1\.2\.3$/m);
  assert.match(status, /^up         2h 03m$/m);
  assert.match(status, /^people     2 in browsers, 1 on phones$/m);
  assert.match(status, /^memory     120 MiB$/m);
  assert.match(status, /^log        info$/m);
  assert.match(status, /^settings   version 4, 2h 03m old, the last reload failed\n {11}a\.yaml:1:2: bad$/m);
  const show = await good('layout', 'show', 'demo');
  assert.match(show, /^layout     auto, showing 2x2$/m);
  assert.match(show, /^spotlight  Ada Lovelace$/m);
  assert.match(show, /^seats      interpreter = 漢字$/m);
  assert.match(show, /^banner     Hello$/m);
  assert.match(show, /^marks      rec$/m);
  assert.match(show, /^overlays   names$/m);
  assert.match(show, /^ {2}0 {2}0 {2}640 {2}360 {2}speaker {2}video {2}Ada Lovelace$/m);
  assert.match(await good('room', 'show', 'demo'), /^room       demo\nsince      2h 03m [\s\S]*\n\nID /);
  assert.equal(await good('config'), usual['GET /config'].yaml);
  assert.equal(await good('mute', 'demo', '--all'), 'muted 2\n');
  assert.match(await good('drain'), /^draining.*; 3 in 1 rooms\n$/);
});

test('-o json gives the answer as it is', async () => {
  answers['GET /rooms'] = '{"rooms": [ ],  "more":1}';
  assert.equal(await good('-o', 'json', 'rooms'), '{"rooms": [ ],  "more":1}\n');
  assert.equal(await good('rooms', '--output=json'), '{"rooms": [ ],  "more":1}\n');
  assert.deepEqual(JSON.parse(await good('-ojson', 'room', 'show', 'demo')).name, 'demo');
});

test('pictures are written as they are', async () => {
  const file = path.join(folder, 'picture');
  await good('snapshot', 'demo', '-o', file);
  assert.deepEqual(fs.readFileSync(file), usual['GET /rooms/demo/snapshot.jpg']);
  await good('snapshot', 'demo', '-o', file, '--width', '320');
  assert.equal(asked.at(-1).what, 'GET /rooms/demo/snapshot.jpg?w=320');
  assert.deepEqual((await ctl('snapshot', 'demo', '-o', '-')).bytes, usual['GET /rooms/demo/snapshot.jpg']);
  await good('layout', 'preview', '2x2', '-o', file);
  assert.equal(asked.at(-1).what, 'GET /layouts/2x2/preview.png?count=5&content=0&size=1280x720');
  assert.deepEqual(fs.readFileSync(file), usual['GET /layouts/2x2/preview.png']);
  await good('layout', 'preview', '2x2', '--count', '9', '--content', '--size', '640x360', '-o', file);
  assert.equal(asked.at(-1).what, 'GET /layouts/2x2/preview.png?count=9&content=1&size=640x360');
  assert.equal((await ctl('snapshot', 'demo')).code, 2);
  const { code, err } = await ctl('snapshot', 'demo', '-o', path.join(folder, 'no', 'where'));
  assert.equal(code, 1);
  assert.match(err, /No such file/);
});

test('a reload shows what has changed, and its errors are no success', async () => {
  answers['POST /config/reload'] = {
    ok: true, errors: [], layouts_changed: true,
    changed: [{ key: 'log.level', class: 'live' }, { key: 'sip.port', class: 'restart' }, { key: 'rooms.fps', class: 'new rooms' }],
  };
  assert.equal(await good('reload'), 'CHANGED    TAKES EFFECT\nlog.level  at once\nsip.port   after a restart\n'
    + 'rooms.fps  in new rooms\nLayouts have changed.\nReloaded.\n');
  answers['POST /config/reload'] = { ok: false, errors: ['medley.yaml:3:5: sip.prot: no such key', 'b'], changed: [], layouts_changed: false };
  let { code, out, err } = await ctl('reload');
  assert.equal(code, 1);
  assert.equal(out, '');
  assert.match(err, /medley\.yaml:3:5: sip\.prot: no such key\n.*b\n.*nothing was changed/);
  ({ code, out } = await ctl('-o', 'json', 'reload'));
  assert.equal(code, 1);
  assert.equal(JSON.parse(out).errors.length, 2);
  assert.equal(await good('check'), 'Nothing has changed.\nok\n');
  answers['POST /config/reload'] = usual['POST /config/check'];
  assert.equal(await good('reload'), 'Nothing has changed.\n');
});

test('files are judged and drawn without a server', async () => {
  const file = path.join(folder, 'mine.yaml'), png = path.join(folder, 'mine.png');
  fs.writeFileSync(file, 'layouts: {mine: {grid: [2, 2]}}\n');
  const alone = (...words) => medleyctl('/nowhere', ...words);
  assert.deepEqual([(await alone('layout', 'check', file)).out, (await alone('check', '/dev/null')).out], ['ok\n', 'ok\n']);
  assert.equal((await alone('layout', 'preview', 'mine', '--file', file, '--size', '320x180', '-o', png)).code, 0);
  assert.equal(fs.readFileSync(png).readUInt32BE(16), 320);
  fs.writeFileSync(file, 'layouts: {mine: {grid: [2, 0]}}\n');
  const { code, err } = await alone('layout', 'check', file);
  assert.equal(code, 1);
  assert.match(err, /mine\.yaml:1:\d+: layouts\.mine\.grid/);
  assert.equal(JSON.parse((await alone('-o', 'json', 'layout', 'check', file)).out).ok, false);
  fs.writeFileSync(file, '<configuration><layout-settings><layouts><layout name="a"><image x="0" y="0" scale="360"/></layout></layouts></layout-settings></configuration>');
  assert.match((await alone('layout', 'import', 'freeswitch', file)).out, /^layouts:\n {2}"?a"?:/m);
  assert.equal((await alone('layout', 'import', 'other', file)).code, 2);
  assert.deepEqual(asked, []);
});

test('people are named by id, name or the start of a name', async () => {
  for (const who of ['p_3', 'Adam', 'ADAM']) {
    await good('kick', 'demo', who);
    assert.equal(asked.at(-1).what, 'DELETE /rooms/demo/participants/p_3');
  }
  for (const [who, words] of [['Ad', /2 in demo/], ['Bob', /nobody/], ['', /nobody/], ['\x1b[2J', /nobody/]]) {
    asked = [];
    const { code, err } = await ctl('kick', 'demo', who);
    assert.equal(code, 1);
    assert.match(err, words);
    assert.deepEqual(asked.map(({ what }) => what), ['GET /rooms/demo/participants']);
  }
});

test('a seat that no layout has is given, with a warning', async () => {
  const { code, err } = await ctl('seat', 'demo', 'p_2', 'throne');
  assert.equal(code, 0);
  assert.match(err, /no layout has a seat of that name: throne/);
  assert.ok(asked.some(({ what, body }) => what.startsWith('PATCH') && body.seat === 'throne'));
  for (const name of ['sign', 'none']) assert.equal((await ctl('seat', 'demo', 'p_2', name)).err, '');
});

test('what cannot be drawn is a wrong usage, and says what is wrong', async () => {
  const file = path.join(folder, 'none.yaml');
  fs.writeFileSync(file, '');
  for (const more of [[], ['--file', file]]) {
    for (const [words, said] of [
      [['-n', 'abc'], '--count: abc is not a number from 0 to 64'], [['-n', '65'], '--count: 65 is not a number from 0 to 64'],
      [['--size', '641x360'], '--size: 641x360: both must be even and from 64 to 1920'], [['--size', '640'], '--size: 640 is not as 1280x720'],
    ]) {
      const { code, err } = await ctl('layout', 'preview', '2x2', '-o', '-', ...more, ...words);
      assert.deepEqual([code, err], [2, `medleyctl: ${said}\n`]);
    }
  }
  assert.deepEqual(asked, []);
});

test('exit codes tell what became of it', async () => {
  const cases = [
    [1, 'room', 'show', 'other'], [1, 'layout', 'preview', 'nowhere', '-o', '-'],
    [2], [2, 'nothing'], [2, 'layout'], [2, 'mute'], [2, 'mute', 'demo'], [2, 'mute', 'demo', 'p_2', '--all'],
    [2, 'rooms', 'many', 'words'], [2, '--nothing'], [2, 'rooms', '-o', 'xml'], [2, 'drain', 'maybe'], [2, 'hand', 'demo', 'p_2', 'left'],
    [2, 'overlays', 'demo', 'names=maybe'], [2, 'overlays', 'demo', 'names'], [2, 'completion', 'fish'], [2, 'help', 'nothing'],
    [0, '--help'], [0, 'help', 'mute'], [0, 'layout', 'set', '--help'], [0, '--version'],
  ];
  for (const [want, ...words] of cases) {
    const { code, out, err } = await ctl(...words);
    assert.equal(code, want, words.join(' '));
    assert.ok(want === 0 ? out && !err : err && !out, words.join(' '));
  }
  const { code, err } = await ctl('room', 'show', 'other');
  assert.equal(code, 1);
  assert.equal(err, 'medleyctl: the server refuses: not_found: no /rooms/other (404)\n');
  for (const [where, env] of [[path.join(folder, 'nobody'), {}], [null, {}], [null, { MEDLEY_SOCKET: '/nowhere' }]]) {
    const none = await medleyctl(where, 'status', { cwd: folder, env });
    assert.equal(none.code, 3);
    assert.match(none.err, /no answer|no running server/);
  }
  assert.equal((await medleyctl(null, 'status', { env: { MEDLEY_SOCKET: socket } })).code, 0);
  fs.mkdirSync(path.join(folder, 'data'));
  fs.symlinkSync(socket, path.join(folder, 'data', 'medleyd.sock'));
  assert.equal((await medleyctl(null, 'status', { cwd: folder })).code, 0);
});

test('nothing in an answer harms a terminal', async () => {
  const evil = `\x1b]0;gone\x07\x9b2J\u202eevil\u2066\r\nroot\t${'e\u0301\u0301\u0301\u0301\u0301\u0301'.repeat(50)}${'x'.repeat(5000)}`;
  const guest = { ...people[0], id: evil, name: evil, kind: evil, seat: evil, media: { audio_codec: evil } };
  answers['GET /rooms'] = { rooms: [{ ...room, name: evil, layout: { ...layout, layout: evil } }] };
  answers['GET /rooms/demo/participants'] = { participants: [guest, guest] };
  answers['GET /rooms/demo/layout'] = { ...layout, banner: evil, showing: evil, seats: { [evil]: evil }, spotlight: [evil], marks: [evil] };
  answers['GET /rooms/demo'] = { ...room, name: evil, participants_list: [guest] };
  answers['GET /layouts'] = { layouts: [{ name: evil, kind: evil, target: evil }] };
  answers['GET /node'] = { ...node, version: evil, settings: { errors: [evil] } };
  answers['POST /config/reload'] = { ok: false, errors: [evil], changed: [{ key: evil, class: evil }] };
  answers['PUT /node/log'] = { status: 400, code: evil, detail: evil };
  for (const words of ['rooms', 'participants demo', 'layout show demo', 'room show demo', 'layout list', 'status', 'reload', 'log x',
    'kick demo x', 'complete -- room show ', 'complete -- kick demo ', 'complete -- layout set demo ']) {
    const { out, err } = await ctl(...words.split(' '));
    // eslint-disable-next-line no-control-regex
    assert.doesNotMatch(out + err, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/, words);
    assert.doesNotMatch(out, /\u0301{4}/, words);
  }
  assert.equal((await good('participants', 'demo')).trimEnd().split('\n').length, 3);
  assert.equal((await ctl('complete', '--', 'room', 'show', '')).out, '');
});

test('answers that are no answers are errors', async () => {
  for (const answer of ['', 'not JSON', '[1,2', '[]', '"x"', '{"rooms":7}', '{"rooms":[7,null,{}]}', '{"rooms":[{"layout":[]}]}',
    `{"rooms":${'['.repeat(5000)}`]) {
    answers['GET /rooms'] = answer;
    const { code } = await ctl('rooms');
    assert.ok(code === 0 || code === 1, `${code} for ${answer.slice(0, 40)}`);
    if (answer === 'not JSON') assert.equal(code, 1);
  }
});

test('shells complete commands, options, rooms, people and layouts', async () => {
  const cases = [
    [['sta'], 'status'], [['lay'], 'layout'], [['layout', 's'], 'show set'], [['mute', '--e'], '--except'], [['room', 'show', ''], 'demo'],
    [['kick', 'demo', 'Ada'], 'Ada Lovelace|Adam'], [['layout', 'set', 'demo', ''], '2x2 1+7'], [['seat', 'demo', 'p_1', ''], 'interpreter sign none'], [['marks', 'demo', 'rec', 'l'], 'live'],
    [['overlays', 'demo', 'names='], 'names=on names=off'], [['completion', ''], 'bash zsh'], [['snapshot', 'demo', '-o', ''], ''],
    [['status', ''], ''], [['layout', 'check', ''], ''], [['nothing', ''], ''], [['drain', 'o'], 'on off'],
  ];
  for (const [words, want] of cases) {
    const out = await good('complete', '--', ...words);
    assert.deepEqual(out.trimEnd().split('\n'), want.split(want.includes('|') ? '|' : ' '), words.join(' '));
  }
  for (const words of [['-s', socket, 'room', 'show'], ['room', '--socket', socket, 'show'], ['room', 'show', '-s', socket]]) {
    const { out } = await medleyctl('/nowhere', 'complete', '--', ...words, '');
    assert.equal(out, words[1] === '--socket' ? '' : 'demo\n', words.join(' '));
  }
  assert.equal((await medleyctl('/nowhere', 'complete', '--', 'room', 'show', '')).code, 0);
  assert.match(await good('completion', 'bash'), /complete -o default -F _medleyctl medleyctl\n$/);
});

test('output that does not get out is an error', async () => {
  for (const words of ['--help', 'completion bash']) {
    const { status, stderr } = spawnSync('sh', ['-c', `"$MEDLEYCTL" ${words} >/dev/full`], { encoding: 'utf8', timeout: 10000, env: process.env });
    assert.equal(status, 1, words);
    assert.match(stderr, /standard output: No space left on device/);
  }
});
