// SPDX-License-Identifier: GPL-2.0-or-later
// A row for each person in a room: devices, codecs, how the packets fare, and what one can do.

import { path } from './admin_api.js';
import { attr, bitrate, duration, el, hue, icon, iconButton, millis, percent, question, say, since, turn } from './admin_dom.js';
import { words } from './admin_words.js';

const text = words.person;
const NO_SEAT = '', OTHER = '\n'; // no name of a seat has a line break
const USUAL_SEATS = ['interpreter'];
// From when on a figure worries, and is bad.
const LOSS = [0.01, 0.05], JITTER = [30, 80], RTT = [250, 500];

function grade(node, value, [worry, bad]) {
  attr(node, 'data-grade', value >= bad ? 'bad' : value >= worry ? 'warn' : null);
}

/** Picture of a device that is on or off, in words for those who do not see it. */
function deviceMark(name, on, onWords, offWords) {
  const hidden = el('span', { class: 'hidden' });
  const mark = el('span', { class: 'mark' }, hidden);
  let was;
  return {
    node: mark,
    update(p) {
      const is = on(p);
      if (is === was) return;
      was = is;
      mark.querySelector('svg')?.remove();
      mark.prepend(icon(name, !is));
      mark.classList.toggle('off', !is);
      mark.title = is ? onWords : offWords;
      say(hidden, mark.title);
    },
  };
}

function nameCell(view) {
  const face = el('span', { class: 'face', 'aria-hidden': 'true' });
  const name = el('span', { class: 'cut' });
  const more = el('small', { class: 'dim cut' });
  return {
    node: el('th', { role: 'rowheader', scope: 'row' }, el('div', { class: 'who' }, face, el('div', { class: 'grow' }, name, more))),
    update(p) {
      say(face, [...p.name][0]?.toUpperCase() ?? '?');
      face.style.setProperty('--hue', hue(p.id));
      say(name, p.name || text.nameless);
      attr(name, 'title', p.name);
      say(more, `${text.kind[p.kind] ?? p.kind}, ${text.joined(duration(since(p.joined_at)))}`);
    },
  };
}

function devicesCell(view, first) {
  const marks = [deviceMark('i-mic', micOn, text.micOn, text.micOff), deviceMark('i-cam', camOn, text.camOn, text.camOff)];
  const screen = el('span', { class: 'mark', title: text.sharing }, icon('i-screen'), el('span', { class: 'hidden' }, text.sharing));
  const hand = iconButton('i-hand', text.lowerHand(first.name), () => view.app.act(hand, () =>
    view.api.patch(`${view.base}${path`/participants/${first.id}`}`, { hand: false })), { class: 'icon hand' });
  return {
    node: el('td', { role: 'cell', 'data-label': text.columns[1] },
      el('div', { class: 'marks' }, ...marks.map((mark) => mark.node), screen, hand)),
    update(p) {
      for (const mark of marks) mark.update(p);
      screen.hidden = !p.share;
      hand.hidden = !p.hand;
    },
  };
}

/** A cell with one figure. @param show  (media) => [text, value to grade, limits] */
function figureCell(label, show) {
  const node = el('td', { role: 'cell', 'data-label': label });
  return {
    node,
    update({ media = {} }) {
      const [figure, value, limits] = show(media);
      say(node, figure);
      if (limits) grade(node, value, limits);
    },
  };
}

function lossIn({ rx_lost: lost = 0, rx_packets: packets = 0 }) {
  return lost + packets > 0 ? Math.max(0, lost) / (Math.max(0, lost) + packets) : NaN;
}

const figures = [
  [2, (m) => [[m.audio_codec, m.video_codec].filter(Boolean).join(' · ') || '–']],
  [3, (m) => [bitrate(m.rx_bps)]],
  [4, (m) => [bitrate(m.tx_bps)]],
  [5, (m) => [percent(lossIn(m)), lossIn(m), LOSS]],
  [6, (m) => [percent(m.loss_ratio), m.loss_ratio, LOSS]],
  [7, (m) => [millis(m.jitter_ms), m.jitter_ms, JITTER]],
  [8, (m) => [millis(m.rtt_ms), m.rtt_ms, RTT]],
];

function seatCell(view, first) {
  const select = el('select', { 'aria-label': text.seat(first.name), onchange: () => void choose() });
  let seat = '', listed = '';
  const set = (name) => view.app.act(select, () =>
    view.api.patch(`${view.base}${path`/participants/${first.id}`}`, { seat: name }));
  const choose = async () => {
    if (select.value !== OTHER) { await set(select.value); return; }
    const name = await question({ title: text.seat(first.name), input: text.seatName, yes: text.seatSet });
    select.value = seat;
    if (name) await set(name);
  };
  return {
    node: el('td', { role: 'cell', 'data-label': text.columns[9] }, select),
    update(p) {
      const names = [...new Set([...USUAL_SEATS, ...view.seats, ...(p.seat ? [p.seat] : [])])];
      seat = p.seat ?? '';
      if (select.dataset.busy || document.activeElement === select) return; // it may be open
      if (names.join('\n') !== listed) {
        listed = names.join('\n');
        select.replaceChildren(el('option', { value: NO_SEAT }, text.noSeat),
          ...names.map((name) => el('option', { value: name }, name)), el('option', { value: OTHER }, text.otherSeat));
      }
      select.value = seat;
    },
  };
}

function actionsCell(view, first) {
  const at = `${view.base}${path`/participants/${first.id}`}`;
  const { name } = first;
  let now = first;
  const star = iconButton('i-star', text.spotlight(name), () => {
    const ids = view.room.layout?.spotlight ?? [];
    return view.spotlight(ids.includes(first.id) ? ids.filter((id) => id !== first.id) : [...ids, first.id], star);
  });
  const mute = iconButton('i-mic', text.mute(name), () => {
    const set = (audio) => () => view.api.patch(at, { muted: { audio } });
    if (canUnmute(now)) return view.app.act(mute, set(false), text.unmuted(name));
    const ask = { title: text.mute(name), text: (text.muteAsk[first.kind] ?? text.muteAsk.web)(name), yes: text.muteYes };
    return micOn(now) && view.app.actIf(ask, mute, set(true), text.muted(name));
  }, { off: true });
  const camera = iconButton('i-cam', text.camera(name), () => camOn(now) && view.app.actIf(
    { title: text.camera(name), text: text.cameraAsk(name), yes: text.cameraYes }, camera,
    () => view.api.patch(at, { muted: { video: true } }), text.cameraDone(name)), { off: true });
  const remove = iconButton('i-remove', text.remove(name), () => view.app.actIf(
    { title: text.remove(name), text: text.removeAsk(name), yes: text.removeYes, danger: true }, remove,
    () => view.api.delete(at), text.removed(name)), { class: 'icon danger-text' });
  return {
    node: el('td', { role: 'cell', class: 'actions' }, el('div', { class: 'row tight end' }, star, mute, camera, remove)),
    update(p) {
      now = p;
      attr(star, 'aria-pressed', (view.room.layout?.spotlight ?? []).includes(p.id));
      turn(mute, 'i-mic', canUnmute(p) ? text.unmute(name) : text.mute(name), !canUnmute(p));
      attr(mute, 'aria-disabled', micOn(p) || canUnmute(p) ? null : 'true');
      attr(camera, 'aria-disabled', camOn(p) ? null : 'true');
    },
  };
}

function micOn(p) { return Boolean(p.audio) && !p.muted?.audio; }
/** A phone may have no way to unmute itself; in a browser, only the person's own click opens a microphone. */
function canUnmute(p) { return p.kind === 'sip' && Boolean(p.muted?.audio); }
function camOn(p) { return Boolean(p.video) && !p.muted?.video; }

/** @param view  the RoomView: what one can do goes to its room */
export function personRow(view, first) {
  const cells = [nameCell(view, first), devicesCell(view, first),
    ...figures.map(([column, show]) => figureCell(text.columns[column], show)),
    seatCell(view, first), actionsCell(view, first)];
  return {
    node: el('tr', { role: 'row', 'data-id': first.id }, ...cells.map((cell) => cell.node)),
    update: (p) => { for (const cell of cells) cell.update(p); },
  };
}
