// SPDX-License-Identifier: GPL-2.0-or-later
// The border around whoever speaks, as it is seen in decoded pictures.

const BORDER = [170, 66]; // Cb and Cr of #38bdf8, between BT.601 and BT.709
const NEAR = 20; // what an encoder may make of it

/** Is the upper edge of a tile drawn in the border's colour?  @param canvas  that the tile is on [w, h] */
export function hasBorder({ width, height, yuv }, tile, canvas) {
  const sx = width / canvas[0], sy = height / canvas[1], y = Math.round(tile.y * sy) + 1;
  const from = Math.round(tile.x * sx) + 8, to = Math.round((tile.x + tile.w) * sx) - 8;
  let found = 0, seen = 0;
  for (let x = from; x < to; x += 4, seen++) {
    const [, cb, cr] = yuv(x, y);
    found += Math.abs(cb - BORDER[0]) <= NEAR && Math.abs(cr - BORDER[1]) <= NEAR;
  }
  return found > 0.8 * seen;
}

/** Where everybody is: {canvas, tiles: {NAME: tile}}, asked of the API.  Names are each one's own. */
export async function seats(daemon, room) {
  const ask = async (what) => (await fetch(`http://127.0.0.1:${daemon.ports.admin}/api/v1/rooms/${room}/${what}`)).json();
  const [{ participants }, layout] = [await ask('participants'), await ask('layout')];
  const tiles = {};
  for (const { id, name } of participants) tiles[name] = layout.tiles.find((tile) => tile.id === id);
  return { canvas: layout.canvas, tiles };
}
