// SPDX-License-Identifier: GPL-2.0-or-later
// Boot and routing: which room, which name, when to join.
//
//   /r/ROOM or ?room=R   the room            ?name=N        the name
//   ?autojoin=1          join at once        ?codec=h264    first codec to offer (h264, vp8)
//   ?audio=0 ?video=0    without microphone, without camera

import { MedleyRoom } from './medley.js';
import { text } from './strings.js';
import { Ui } from './ui.js';

const NAME_KEY = 'medley.name';
const query = new URLSearchParams(location.search);
const ui = new Ui();
let room = null;

// For tests and for pages that embed this one.
window.medley = {
  get room() { return room; },
  get pc() { return room?.pc ?? null; },
};

function remembered() {
  try {
    return localStorage.getItem(NAME_KEY) || '';
  } catch {
    return ''; // storage is switched off
  }
}

function remember(name) {
  try {
    localStorage.setItem(NAME_KEY, name);
  } catch {
    // Then it is typed again next time.
  }
}

function roomOfAddress() {
  const match = location.pathname.match(/^\/r\/([^/]+)$/);
  try {
    return match ? decodeURIComponent(match[1]) : query.get('room') || '';
  } catch {
    return '';
  }
}

function showAddress(name) {
  const path = `/r/${encodeURIComponent(name)}`;
  if (location.pathname !== path) history.replaceState(null, '', path + location.search);
}

async function join(choice) {
  if (room && room.state !== 'ended') return;
  room = new MedleyRoom();
  remember(choice.name);
  showAddress(choice.room);
  ui.bind(room, choice);
  try {
    await room.join({ ...choice, codec: (query.get('codec') || 'h264').toLowerCase() });
  } catch (err) {
    console.warn('join:', err.code || err.name, err.message); // the page has told it in words
  }
}

ui.onJoin = join;
ui.onBack = () => {
  history.replaceState(null, '', '/');
  document.title = text.app;
};
ui.showJoin({
  name: query.get('name') ?? remembered(),
  room: roomOfAddress(),
  audio: query.get('audio') !== '0',
  video: query.get('video') !== '0',
});
if (query.get('autojoin') === '1') ui.submit();
window.addEventListener('pagehide', () => room?.end('left'));
