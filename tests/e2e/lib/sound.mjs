// SPDX-License-Identifier: GPL-2.0-or-later
// Tones, G.711 and how loud a tone is.

/** The tone of participant @p k [Hz]; no sum or difference of the k that the tests use is another one's. */
export const toneOf = (k) => 400 + 100 * k;

/** G.711 mu-law (ITU-T G.191). */
export function ulaw(sample) {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(Math.round(sample)), 32635) + 132;
  let segment = 7;
  for (let bit = 0x4000; segment > 0 && !(magnitude & bit); bit >>= 1) segment--;
  return ~(sign | (segment << 4) | ((magnitude >> (segment + 3)) & 15)) & 0xff;
}

export function fromUlaw(byte) {
  const u = ~byte & 0xff;
  const magnitude = (((u & 15) << 3) + 132 << ((u & 0x70) >> 4)) - 132;
  return u & 0x80 ? -magnitude : magnitude;
}

/** Level of a tone in samples [dB of full scale 32768]; Hann window, one bin (Goertzel). */
export function level(samples, rate, hz) {
  const n = samples.length, c = 2 * Math.cos((2 * Math.PI * hz) / rate);
  let s1 = 0, s2 = 0;
  for (let i = 0; i < n; i++) {
    const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / n);
    const s0 = samples[i] * window + c * s1 - s2;
    s2 = s1;
    s1 = s0;
  }
  const amplitude = (4 * Math.sqrt(Math.max(0, s1 * s1 + s2 * s2 - c * s1 * s2))) / n;
  return 20 * Math.log10(Math.max(amplitude, 1e-3) / 32768);
}
