import assert from 'node:assert/strict';
import { test } from 'node:test';
import { webModule } from './web-module.mjs';

const { ASPECT, GAP_PX, LEAST_WIDTH_PX, gridLayout, neighbour } = await webModule('grid-layout.js');

const WINDOWS = [[1280, 700], [912, 700], [1920, 1000], [390, 700], [390, 260], [844, 300], [320, 150], [500, 500], [3000, 200]];

test('tiles keep their aspect and lie in the room there is', () => {
  for (const [width, height] of WINDOWS) {
    for (let count = 1; count <= 40; count++) {
      const grid = gridLayout(count, width, height);
      const what = `${count} in ${width} x ${height}: ${JSON.stringify(grid)}`;
      assert.ok(grid.columns * grid.rows >= count && grid.columns * (grid.rows - 1) < count, what);
      assert.ok(Math.abs(grid.width / ASPECT - grid.height) < 1 && grid.height > 0, what);
      assert.ok(grid.columns * grid.width + (grid.columns - 1) * GAP_PX <= width, what);
      const usedHeight = grid.rows * grid.height + (grid.rows - 1) * GAP_PX;
      if (!grid.scrolls) assert.ok(usedHeight <= height, what);
      else assert.ok(usedHeight > height && grid.width >= Math.min(LEAST_WIDTH_PX, width), what);
    }
  }
});

test('no other number of columns makes them larger', () => {
  const columns = (count, width, height) => gridLayout(count, width, height).columns;
  assert.deepEqual([1, 2, 4, 9, 16].map((count) => columns(count, 1280, 720)), [1, 2, 2, 3, 4]);
  assert.deepEqual([1, 2, 4, 9].map((count) => columns(count, 390, 720)), [1, 1, 1, 2]);
  assert.equal(columns(2, 400, 1000), 1);
  assert.equal(columns(2, 1000, 300), 2);
  assert.equal(gridLayout(1, 1280, 720).width, 1280);
});

test('where they would be too small the grid scrolls', () => {
  assert.equal(gridLayout(16, 390, 260).scrolls, true);
  assert.equal(gridLayout(16, 390, 260).columns, 3);
  assert.equal(gridLayout(16, 1280, 700).scrolls, false);
  // A window that is narrower than one.
  assert.deepEqual(gridLayout(4, 90, 60), { columns: 1, rows: 4, width: 90, scrolls: true, height: 50 });
  assert.ok(gridLayout(4, 0, 0).width >= 1);
});

test('arrow keys lead to what lies there', () => {
  // 0 1 2
  // 3 4
  const from = (index, key) => neighbour(index, key, 3, 5);
  assert.deepEqual(['ArrowRight', 'ArrowDown', 'ArrowLeft', 'ArrowUp'].map((key) => from(0, key)), [1, 3, null, null]);
  assert.deepEqual([from(2, 'ArrowRight'), from(3, 'ArrowLeft'), from(4, 'ArrowRight')], [3, 2, null]);
  assert.deepEqual([from(2, 'ArrowDown'), from(4, 'ArrowDown'), from(4, 'ArrowUp')], [4, null, 1]);
  assert.deepEqual([from(3, 'Home'), from(0, 'End'), from(0, 'Enter'), from(0, 'a')], [0, 4, null, null]);
});
