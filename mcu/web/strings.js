// SPDX-License-Identifier: GPL-2.0-or-later
// All words that the client shows.  Another language is another object of this shape.

export const text = {
  app: 'Medley',
  lead: 'Join a room to talk and see each other.',
  yourName: 'Your name',
  roomName: 'Room',
  roomHint: 'Letters, digits, dot, dash and underscore.',
  joinWith: 'Join with',
  join: 'Join',
  joining: 'Joining…',
  leave: 'Leave',
  rejoin: 'Join again',
  back: 'Choose another room',
  mic: 'Microphone',
  cam: 'Camera',
  people: 'People',
  startSound: 'Play picture and sound',
  nameNeeded: 'Please enter your name.',
  roomNeeded: 'Please enter a room: a-z, 0-9, dot, dash and underscore, first a letter or digit.',

  micOn: 'Microphone is on (M)',
  micOff: 'Microphone is off (M)',
  camOn: 'Camera is on (V)',
  camOff: 'Camera is off (V)',

  title: (room) => `${room} – Medley`,
  peopleCount: (n) => (n === 1 ? '1 person' : `${n} people`),
  videoLabel: (n, speaker) =>
    `Meeting picture, ${text.peopleCount(n)}${speaker ? `, ${speaker} is speaking` : ''}`,
  you: '(you)',
  phone: 'on the phone',
  speaking: 'speaking',
  micIsOff: 'microphone off',
  camIsOff: 'camera off',
  tile: (name, more) => `${name}${more.length ? `, ${more.join(', ')}` : ''}. Zoom`,
  tiles: 'Pictures of the participants',
  joined: (names) => `${names.join(', ')} joined`,
  left: (names) => `${names.join(', ')} left`,
  mutedBy: 'You have been muted.',

  state: {
    connecting: 'Connecting…',
    negotiating: 'Setting up picture and sound…',
    connected: 'Connected',
    interrupted: 'Connection interrupted…',
  },
  waiting: 'The picture will appear here.',

  // What a device has refused, by DOMException name.
  device: {
    NotAllowedError: (what) => `Your browser does not allow the ${what}. You can still watch and listen.`,
    NotFoundError: (what) => `No ${what} was found. You can still watch and listen.`,
    NotReadableError: (what) => `The ${what} is in use by another program or does not work.`,
    insecure: 'Browsers allow microphone and camera only on https:// or localhost. You can still watch and listen.',
    other: (what) => `The ${what} could not be started.`,
    lost: (what) => `The ${what} was disconnected.`,
  },
  what: { audio: 'microphone', video: 'camera' },

  // Error codes and reasons of the server.
  error: {
    room_full: 'This room is full.',
    rooms_full: 'The server has no room for another meeting.',
    overload: 'The server is too busy. Please try again in a moment.',
    out_of_resources: 'The server is too busy. Please try again in a moment.',
    bad_message: 'The server did not understand this client.',
    bad_sdp: 'The server did not understand what this browser offers.',
    bad_transport: 'The server cannot make a connection from what this browser offers.',
    unsupported_media: 'This browser and the server have no common audio or video format.',
    already_joined: 'You are already in this room.',
    not_joined: 'You are not in this room any more.',
    timeout: 'The server did not answer in time.',
    unreachable: 'The server could not be reached.',
    connection: 'The connection to the server was lost.',
    media: 'Picture and sound cannot reach the server. A firewall may block UDP.',
  },
  unknownError: (code) => `Something went wrong (${code}).`,

  // Why the meeting ended for us, by close code, after the reason of "bye".
  bye: {
    left: 'You left the meeting.',
    removed: 'You were removed from the meeting.',
    ended: 'The meeting has ended.',
    server_stops: 'The server is being restarted.',
    media_lost: 'Picture and sound did not reach the server any more.',
  },
  close: {
    1000: 'You left the meeting.',
    1001: 'The server is being restarted.',
    1006: 'The connection to the server was lost.',
    1013: 'The server is too busy. Please try again in a moment.',
    4000: 'The server did not understand this client.',
    4001: 'The server did not let you in.',
    4003: 'You were removed from the meeting.',
    4004: 'The meeting has ended.',
    4005: 'You joined from another device.',
    4008: 'Your connection is too slow.',
    4010: 'Picture and sound did not reach the server any more.',
    4029: 'This client sent too many messages.',
  },
};
