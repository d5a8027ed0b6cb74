// SPDX-License-Identifier: GPL-2.0-or-later
// The mark: a picture that says who sent it and when.
//
// In units of cells, 35/640 of the width: row 1, cells 1 to 16: white, black, 13 bits of a
// value, the lowest first, their parity; row 3, cells 1 to 4: the id; the rest is a colour of the id.
// It survives scaling down to a width of 106 and 600 kbit/s.
//
// These functions also run in pages: they use nothing from outside themselves.

/** Draw.  @param fill(colour, x, y, w, h)  @param value  0 to 8191  @param id  0 to 15 */
export function drawMark(fill, width, height, value, id) {
  const cell = (35 * width) / 640;
  const box = (i, row, on) => fill(on ? '#fff' : '#000', i * cell, row * cell, cell, cell);
  fill(`hsl(${id * 67} 60% 40%)`, 0, 0, width, height);
  let parity = 0;
  box(1, 1, true);
  box(2, 1, false);
  for (let bit = 0; bit < 13; bit++) {
    parity ^= (value >> bit) & 1;
    box(3 + bit, 1, (value >> bit) & 1);
  }
  box(16, 1, parity);
  for (let bit = 0; bit < 4; bit++) box(1 + bit, 3, (id >> bit) & 1);
}

/**
 * Read a mark in a tile; the picture may be fitted into the tile or fill it.
 * @param luma(x, y)  0 to 255, of the whole composite
 * @returns {value, id}, or null
 */
export function readMark(luma, x, y, w, h) {
  const read = (x0, y0, width) => {
    const cell = (35 * width) / 640;
    const at = (i, row) => luma(Math.round(x0 + (i + 0.5) * cell), Math.round(y0 + (row + 0.5) * cell));
    const high = at(1, 1), low = at(2, 1), limit = (high + low) / 2;
    if (!(high - low >= 60)) return null;
    let value = 0, parity = 0, id = 0;
    for (let bit = 0; bit < 13; bit++) {
      const on = at(3 + bit, 1) > limit ? 1 : 0;
      value |= on << bit;
      parity ^= on;
    }
    if ((at(16, 1) > limit ? 1 : 0) !== parity) return null;
    for (let bit = 0; bit < 4; bit++) id |= (at(1 + bit, 3) > limit ? 1 : 0) << bit;
    return { value, id };
  };
  const fit = Math.min(w, (h * 16) / 9), fill = Math.max(w, (h * 16) / 9);
  for (const width of [fit, fill]) {
    const found = read(x + (w - width) / 2, y + (h - (width * 9) / 16) / 2, width);
    if (found) return found;
  }
  return null;
}
