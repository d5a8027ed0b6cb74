// SPDX-License-Identifier: GPL-2.0-or-later
// Tokens as other programs make them: JWTs with HS256, ours and LiveKit-shaped ones.
import { createHmac, randomUUID } from 'node:crypto';

/** Secret for `auth: { secret }` of a test's server. */
export const SECRET = '0123456789abcdef0123456789abcdef';

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const now = () => Math.floor(Date.now() / 1000);

/** Sign claims as they are.  @param options {secret, header: what else it has, signature: in place of the right one} */
export function jwt(claims, { secret = SECRET, header = {}, signature } = {}) {
  const head = { alg: 'HS256', typ: 'JWT', ...header };
  const text = `${part(head)}.${part(claims)}`;
  const hash = { HS384: 'sha384', HS512: 'sha512' }[head.alg] ?? 'sha256';
  return `${text}.${signature ?? createHmac(hash, secret).update(text).digest('base64url')}`;
}

/** A token of ours.  @param grants {room, role, publish, ...}  @param claims  over the usual ones */
export function token(sub, grants = {}, claims = {}, options = {}) {
  return jwt({ sub, name: sub, jti: randomUUID(), iat: now(), exp: now() + 3600, grants: { join: true, ...grants }, ...claims }, options);
}

/** One of an account, as the server gives after a login.  @param claims  over the usual ones */
export const userToken = (sub, claims = {}) => token(sub, { user: true, room: '*' }, claims);

/** As livekit-server-sdk makes it: iss is the key's name, the grant is `video`. */
export function livekitToken(identity, video, claims = {}) {
  return jwt({ iss: 'APIkey', sub: identity, name: identity, nbf: now(), exp: now() + 3600, video: { roomJoin: true, ...video }, ...claims });
}
