// SPDX-License-Identifier: GPL-2.0-or-later
// All words of the admin page.  Another language is another object of this shape.

const people = (n) => (n === 1 ? '1 person' : `${n} people`);

export const words = {
  rooms: 'Rooms',
  server: 'Server',
  signOut: 'Sign out',
  draining: 'Draining',
  lost: 'The server does not answer. What you see is what it said last. Trying again…',
  people,

  signin: {
    lead: 'This page shows and steers all rooms of this server.',
    token: 'Admin token',
    hint: 'It is admin.token of the configuration, or in the file admin.token of the data folder.',
    button: 'Sign in',
    needed: 'Please enter the token.',
    wrong: 'The server does not know this token.',
  },

  dialog: { cancel: 'Cancel', close: 'Close' },

  list: {
    filter: 'Find a room',
    none: 'Nobody is meeting',
    noneHint: 'A room opens when the first person joins.',
    noMatch: 'No room has this in its name.',
    columns: ['Picture', 'Room', 'People', 'Layout', 'Open for'],
    open: (name) => `Open room ${name}`,
    picture: (name) => `Picture of room ${name}`,
    noPicture: 'No picture yet',
    configured: 'as configured',
    chosen: 'chosen here',
  },

  stats: { people: 'People', web: 'web', sip: 'phone', rooms: 'Rooms', cpu: 'Processor', memory: 'Memory', up: 'Running for' },

  room: {
    back: 'All rooms',
    openFor: (time) => `open for ${time}`,
    muteAll: 'Mute everybody',
    muteAllAsk: (n) => `The microphones of ${people(n)} are turned off. Each can turn it on again.`,
    mutedAll: (n) => `Muted ${people(n)}.`,
    end: 'End room',
    endAsk: (n) => `${people(n)} ${n === 1 ? 'is' : 'are'} sent away and the room is closed.`,
    ended: 'The room has ended.',
    gone: 'This room is closed',
    goneHint: 'Everybody has left. It opens again when somebody joins.',
  },

  layout: {
    title: 'Layout',
    change: 'Change layout',
    back: 'As configured',
    backDone: 'The layout is the configured one again.',
    done: (name) => `Layout ${name} is in force.`,
    pick: 'Choose a layout',
    find: 'Find a layout',
    forCount: (n) => `The pictures show it with ${people(n)}.`,
    current: 'current',
    ladder: 'by number of people',
    also: (names) => `also called ${names.join(', ')}`,
    noPreview: 'No preview',
    none: 'No layout has this in its name.',
    showing: 'Showing',
    overflow: (n) => `${n} more without a picture`,
    spotlight: 'Spotlight',
    noSpotlight: 'Nobody',
    clear: 'Clear',
  },

  look: {
    title: 'In the picture',
    banner: 'Banner',
    bannerHint: 'A line of text over the picture',
    set: 'Show',
    clear: 'Remove',
    bannerSet: 'The banner is shown.',
    bannerGone: 'The banner is removed.',
    overlays: { names: 'Names', badges: 'Microphone and hand badges', border: 'Border of the speaker', logo: 'Logo' },
    marks: { rec: 'REC mark', live: 'LIVE mark' },
  },

  person: {
    title: 'People',
    columns: ['Person', 'Devices', 'Codecs', 'In', 'Out', 'Lost in', 'Lost out', 'Jitter', 'Round trip', 'Seat', 'Actions'],
    kind: { web: 'browser', sip: 'phone' },
    joined: (time) => `here for ${time}`,
    micOn: 'microphone on', micOff: 'microphone off',
    camOn: 'camera on', camOff: 'camera off',
    sharing: 'shares a screen',
    lowerHand: (name) => `Lower the hand of ${name}`,
    spotlight: (name) => `Spotlight on ${name}`,
    mute: (name) => `Mute ${name}`,
    muteAsk: {
      web: (name) => `The microphone of ${name} is turned off. ${name} can turn it on again.`,
      sip: (name) => `${name} is not heard any more. Not every phone can change that, but this page can.`,
    },
    unmute: (name) => `Let ${name} be heard again`,
    unmuted: (name) => `${name} can be heard again.`,
    muteYes: 'Mute',
    muted: (name) => `${name} is muted.`,
    camera: (name) => `Turn off the camera of ${name}`,
    cameraAsk: (name) => `The camera of ${name} is turned off. ${name} can turn it on again.`,
    cameraYes: 'Turn off',
    cameraDone: (name) => `The camera of ${name} is off.`,
    remove: (name) => `Remove ${name}`,
    removeAsk: (name) => `${name} is sent out of the room. ${name} can join again.`,
    removeYes: 'Remove',
    removed: (name) => `${name} is removed.`,
    seat: (name) => `Seat of ${name}`,
    noSeat: 'none',
    otherSeat: 'another…',
    seatName: 'Name of the seat',
    seatSet: 'Give seat',
    nameless: 'Without a name',
  },

  node: {
    title: 'Server',
    version: 'Version', started: 'Started', up: 'Running for', cpu: 'Processor', memory: 'Memory', people: 'People', rooms: 'Rooms',
    drain: 'Let nobody new in',
    drainHint: 'Who is in stays. For taking the server out of service.',
    drainAsk: 'Nobody can join any more, on the web or by phone, until this is switched off. Who is in stays.',
    drainYes: 'Let nobody in',
    drained: 'Nobody new is let in.',
    undrained: 'The server lets people in again.',
    log: 'Log level',
    logHint: 'Until log.level changes in a reload or the server restarts.',
    logLevels: ['error', 'warning', 'info', 'debug'],
    logDone: (level) => `The log level is ${level}.`,
  },

  config: {
    title: 'Configuration',
    loaded: (when) => `In force since ${when}.`,
    broken: 'The last reload failed; what was loaded before it is in force.',
    check: 'Check',
    reload: 'Reload',
    checkHint: 'Check reads the files and changes nothing. Reload puts them into force if they are right.',
    checked: 'The files are right.',
    reloaded: 'The files are in force.',
    bad: 'The files are not right; nothing has changed.',
    same: 'No key has changed.',
    layouts: 'Layout files have changed.',
    columns: ['Key', 'In force'],
    errorColumns: ['Where', 'What is wrong'],
    classes: {
      live: 'at once', 'new rooms': 'in new rooms', 'new sessions': 'for who joins next', restart: 'after a restart',
    },
    show: 'Show what is in force',
    file: 'Check a layout file',
    fileHint: 'A file of this computer, against the layouts in force. The server does not keep it.',
    fileGood: (name) => `${name} is right.`,
    fileBad: (name) => `${name} is not right.`,
  },

  error: {
    unauthorized: 'The server does not know this token.',
    not_found: 'The server does not have this.',
    room_not_found: 'The room is closed.',
    participant_not_found: 'This person has left.',
    layout_not_found: 'There is no such layout.',
    forbidden: 'The server does not take orders from a page at this address.',
    too_large: 'That is more than the server takes.',
    internal_error: 'The server could not do it.',
    no_memory: 'The server is busy. Please try again in a moment.',
    method_not_allowed: 'The server does not do this.',
    bad_request: 'The server did not understand this.',
    busy: 'The server is busy. Please try again in a moment.',
    not_implemented: 'This server cannot do this.',
    lost: 'The server does not answer.',
  },
  unknownError: (code) => `Something went wrong (${code}).`,
};

/** An error of the API in words; with the server's own if those here do not say what is wrong. */
export function errorWords(err) {
  const known = words.error[err.code];
  if (err.code === 'bad_request' && err.detail) return `${known} ${err.detail}`;
  return known || err.detail || words.unknownError(err.code || err.message);
}
