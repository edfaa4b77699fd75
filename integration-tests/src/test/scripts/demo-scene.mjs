// Draws the pictures of the demo clip (a rover's front camera in a warehouse aisle) and writes them to
// standard output as raw rgb24, one after the other. make-demo-clip.sh feeds them to ffmpeg.
//
//   node demo-scene.mjs WIDTH HEIGHT FRAMES
//
// Every movement has a period that divides the clip, so picture 0 follows the last one without a jump.

import { writeSync } from 'node:fs';

const [width, height, frames] = process.argv.slice(2).map(Number);
const TAU = 2 * Math.PI;

// Geometry of the aisle in metres, seen from a camera in its middle.
const FOCAL_PX = 0.52 * width;
const HALF_AISLE = 1.9;
const CAMERA_HEIGHT = 1.0;
const CEILING = 2.6;
const LOOP_METRES = 18;
const BAY = 1.5;
const BAYS = LOOP_METRES / BAY;
const SHELVES = [-1.0, -0.1, 0.8, 1.7, 2.6];
const FOG = [22, 28, 36];

// The machine-readable frame number; the geometry is documented in make-demo-clip.sh.
const BLOCK_PX = 16;
const BLOCKS_X = 16;
const BLOCKS_Y = 448;

const BOX_COLOURS = [
  [168, 124, 78], [151, 108, 66], [186, 146, 98], [128, 96, 66],
  [74, 104, 132], [96, 128, 116], [170, 88, 62], [196, 170, 120],
];

const picture = Buffer.alloc(width * height * 3);

/** A repeatable number in 0…1 for a pair of small integers. */
function noise(a, b) {
  const value = Math.sin(a * 127.1 + b * 311.7) * 43758.5453;
  return value - Math.floor(value);
}

const modulo = (value, by) => ((value % by) + by) % by;

/** Colour of a side wall: racks with boxes; `along` in metres down the aisle, `up` above the camera. */
function rack(along, up, side) {
  const bay = Math.floor(along / BAY);
  const inBay = along / BAY - bay;
  let level = 0;
  while (level < SHELVES.length - 2 && up > SHELVES[level + 1]) level++;
  const inLevel = (up - SHELVES[level]) / (SHELVES[level + 1] - SHELVES[level]);
  if (inBay < 0.07) return [232, 112, 30];                       // upright
  if (inLevel < 0.09) return [52, 84, 150];                      // beam
  const slot = Math.floor((inBay - 0.07) / 0.465);
  const inSlot = (inBay - 0.07) / 0.465 - slot;
  const pick = noise(modulo(bay, BAYS) * 2 + slot + (side > 0 ? 100 : 0), level + 1);
  const top = 0.5 + 0.45 * noise(level + 7, modulo(bay, BAYS) * 2 + slot);
  if (pick < 0.14 || inLevel > top || inSlot < 0.06 || inSlot > 0.94) return [30, 33, 38];
  const colour = BOX_COLOURS[Math.floor(pick * 97) % BOX_COLOURS.length];
  if (inSlot > 0.62 && inSlot < 0.86 && inLevel > 0.2 && inLevel < 0.4) return [214, 214, 206]; // label
  return Math.abs(inSlot - 0.5) < 0.035 ? colour.map((c) => c * 0.8) : colour;
}

/** Colour of the floor: concrete, joints, lane markings. */
function floor(along, across) {
  const edge = Math.abs(Math.abs(across) - 1.45);
  if (edge < 0.06) return [206, 172, 40];
  if (Math.abs(across) < 0.045 && modulo(along, 1.5) < 0.75) return [188, 192, 196];
  if (modulo(along, 3) < 0.04) return [58, 62, 66];
  return [88, 92, 96];
}

function ceiling(along, across) {
  if (Math.abs(across) < 0.35 && modulo(along, 3) < 1.4) return [240, 246, 250];
  return modulo(along, 1.5) < 0.12 ? [58, 64, 72] : [36, 41, 48];
}

/** Colour seen along the ray (dx, dy) in units of the focal length, from `travelled` metres down the aisle. */
function look(dx, dy, travelled) {
  const toWall = HALF_AISLE / Math.max(Math.abs(dx), 1e-6);
  const toFlat = dy > 0 ? CAMERA_HEIGHT / dy : CEILING / Math.max(-dy, 1e-6);
  const depth = Math.min(toWall, toFlat, 60);
  const along = travelled + depth;
  let colour;
  if (depth >= 60) colour = FOG;
  else if (toWall < toFlat) colour = rack(along, -dy * depth, dx);
  else if (dy > 0) colour = floor(along, dx * depth);
  else colour = ceiling(along, dx * depth);
  const clear = Math.exp(-depth / 11);
  return colour.map((c, i) => FOG[i] + (c - FOG[i]) * clear);
}

function put(x, y, colour, alpha = 1) {
  if (x < 0 || y < 0 || x >= width || y >= height) return;
  const at = (y * width + x) * 3;
  for (let i = 0; i < 3; i++) picture[at + i] += (colour[i] - picture[at + i]) * alpha;
}

function fill(left, top, wide, high, colour, alpha = 1) {
  for (let y = Math.round(top); y < Math.round(top + high); y++) {
    for (let x = Math.round(left); x < Math.round(left + wide); x++) put(x, y, colour, alpha);
  }
}

/** Four corner brackets, as detectors mark what they found. */
function brackets(left, top, wide, high, colour) {
  const arm = 14;
  for (const [x, sx] of [[left, 0], [left + wide, -arm]]) {
    for (const y of [top, top + high]) fill(x + sx, y - 1, arm, 3, colour);
  }
  for (const x of [left, left + wide]) {
    for (const [y, sy] of [[top, 0], [top + high, -arm]]) fill(x - 1, y + sy, 3, arm, colour);
  }
}

/** A second vehicle that drives ahead, with the detector's mark around it. */
function cart(horizonX, horizonY, phase) {
  const depth = 5.2 + 1.6 * Math.sin(phase);
  const across = 0.75 * Math.sin(2 * phase + 0.6);
  const scale = FOCAL_PX / depth;
  const x = horizonX + across * scale;
  const ground = horizonY + CAMERA_HEIGHT * scale;
  const [w, h] = [0.9 * scale, 0.62 * scale];
  fill(x - w * 0.56, ground - 4, w * 1.12, 8, [20, 22, 24], 0.6);
  fill(x - w * 0.42, ground - h * 0.2, w * 0.16, h * 0.2, [24, 24, 26]);
  fill(x + w * 0.26, ground - h * 0.2, w * 0.16, h * 0.2, [24, 24, 26]);
  fill(x - w / 2, ground - h, w, h * 0.82, [214, 218, 222]);
  fill(x - w / 2, ground - h * 0.5, w, h * 0.16, [18, 132, 140]);
  fill(x - w * 0.36, ground - h * 1.5, w * 0.72, h * 0.5, [150, 110, 68]);
  fill(x - w * 0.04, ground - h * 1.5, w * 0.08, h * 0.5, [120, 86, 52]);
  const lamp = Math.sin(12 * phase) > 0 ? [255, 170, 40] : [120, 70, 20];
  fill(x - w * 0.47, ground - h * 0.95, w * 0.1, h * 0.1, lamp);
  fill(x + w * 0.37, ground - h * 0.95, w * 0.1, h * 0.1, lamp);
  brackets(x - w * 0.62, ground - h * 1.62, w * 1.24, h * 1.7, [90, 240, 150]);
}

/** Range scanner: rings, a turning beam, the echoes of the racks. */
function scanner(centreX, centreY, radius, phase) {
  const beam = modulo(phase * 6, TAU);
  for (let y = -radius; y <= radius; y++) {
    for (let x = -radius; x <= radius; x++) {
      const distance = Math.hypot(x, y);
      if (distance > radius) continue;
      put(centreX + x, centreY + y, [8, 16, 20], 0.72);
      const behind = modulo(beam - Math.atan2(y, x), TAU) / TAU;
      put(centreX + x, centreY + y, [40, 220, 160], 0.45 * Math.max(0, 1 - behind * 5));
      if ([radius, radius * 0.66, radius * 0.33].some((ring) => Math.abs(distance - ring) < 0.7)) {
        put(centreX + x, centreY + y, [70, 130, 120], 0.8);
      }
      const bay = modulo(-y / 12 + phase / TAU * BAYS, BAYS);
      const wall = 24 + 5 * noise(Math.floor(bay), x > 0 ? 3 : 9);
      if (Math.abs(Math.abs(x) - wall) < 1.1) put(centreX + x, centreY + y, [120, 255, 200], 0.9);
    }
  }
  fill(centreX - 2, centreY - 3, 5, 7, [240, 250, 255]);
}

/** White, black, then the 16 bits of the number, most significant first. */
function frameNumber(number) {
  const bits = [1, 0];
  for (let bit = 15; bit >= 0; bit--) bits.push((number >> bit) & 1);
  fill(BLOCKS_X - 4, BLOCKS_Y - 4, bits.length * BLOCK_PX + 8, BLOCK_PX + 8, [128, 128, 128]);
  bits.forEach((bit, i) => {
    fill(BLOCKS_X + i * BLOCK_PX, BLOCKS_Y, BLOCK_PX, BLOCK_PX, bit ? [255, 255, 255] : [0, 0, 0]);
  });
}

function draw(number) {
  const phase = (number / frames) * TAU;
  const travelled = (number / frames) * LOOP_METRES;
  const horizonX = width / 2 + 26 * Math.sin(phase) + 5 * Math.sin(3 * phase);
  const horizonY = height * 0.44 + 3 * Math.sin(5 * phase);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const sum = [0, 0, 0];
      for (const [ox, oy] of [[0.25, 0.25], [0.75, 0.25], [0.25, 0.75], [0.75, 0.75]]) {
        const seen = look((x + ox - horizonX) / FOCAL_PX, (y + oy - horizonY) / FOCAL_PX, travelled);
        for (let i = 0; i < 3; i++) sum[i] += seen[i];
      }
      const at = (y * width + x) * 3;
      for (let i = 0; i < 3; i++) picture[at + i] = sum[i] / 4;
    }
  }
  cart(horizonX, horizonY, phase);
  scanner(width - 74, height - 74, 58, phase);
  fill(0, 0, width, 40, [8, 12, 16], 0.62);
  frameNumber(number);
}

for (let number = 0; number < frames; number++) {
  draw(number);
  for (let at = 0; at < picture.length;) at += writeSync(1, picture, at);
}
