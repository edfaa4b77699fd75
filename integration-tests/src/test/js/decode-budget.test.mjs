import assert from 'node:assert/strict';
import { test } from 'node:test';
import { webModule } from './web-module.mjs';

const { DecodeBudget, DecodeShare } = await webModule('client/decode-budget.js');

/** A page of so many streams, whose lag is what the computer makes of the number that are shown in full. */
class Page {
  #nowMs = 0;
  gone = new Set();
  decoder = 'webcodecs';
  /** When more, and when fewer, were shown in full than before. */
  grew = [];
  shrank = [];

  /** @param {number[]} areas  of the streams @param {(full: number, index: number) => number} lagOf */
  constructor(areas, lagOf) {
    const budget = new DecodeBudget();
    this.shares = areas.map((areaPx) => Object.assign(new DecodeShare(budget), { areaPx }));
    this.lagOf = lagOf;
  }

  goesOn(ms, stepMs = 100) {
    for (const end = this.#nowMs + ms; this.#nowMs < end; this.#nowMs += stepMs) {
      const full = this.#full;
      this.shares.forEach((share, index) => {
        share.shown(share.reduced ? 900 : this.lagOf(full, index));
        share.tell(this.#nowMs, { shows: !this.gone.has(share), waitingMs: 0 }, this.decoder);
      });
      if (this.#full > full) this.grew.push(this.#nowMs);
      if (this.#full < full) this.shrank.push(this.#nowMs);
    }
  }

  get #full() {
    return this.shares.filter((share) => !share.reduced && !this.gone.has(share)).length;
  }

  get reduced() {
    return this.shares.flatMap((share, index) => (share.reduced ? [index] : []));
  }
}

const EQUAL = [5, 5, 5, 5, 5, 5, 5, 5];
const atMost = (most) => (full) => (full > most ? 400 : 40);

test('a computer that keeps up reduces nothing', () => {
  const page = new Page(EQUAL, atMost(8));
  page.goesOn(60000);
  assert.deepEqual(page.reduced, []);
});

test('of equal streams the last ones are reduced, until the others come in time', () => {
  const page = new Page(EQUAL, atMost(4));
  page.goesOn(5000);
  assert.deepEqual(page.reduced, [], 'whoever has only just joined is late for that');
  page.goesOn(7000);
  assert.deepEqual(page.reduced, [4, 5, 6, 7]);
});

test('the large one is shown in full for as long as there are smaller ones', () => {
  const page = new Page([1, 2, 9, 3], atMost(0));
  page.goesOn(15000);
  assert.deepEqual(page.reduced, [0, 1, 3]);
});

test('one alone is never reduced, nor is one left so when the others are gone', () => {
  const page = new Page([5, 5], atMost(0));
  page.goesOn(15000);
  assert.deepEqual(page.reduced, [1]);
  page.gone.add(page.shares[0]);
  page.goesOn(200);
  assert.deepEqual(page.reduced, []);
  page.shrank.length = 0;
  page.goesOn(15000);
  assert.deepEqual(page.shrank, [], 'not for a moment');
});

test('who comes back, or begins anew, is shown in full at first, and is the last of equal ones', () => {
  const page = new Page([5, 5, 5], atMost(0));
  page.goesOn(9000);
  const [first, second, third] = page.shares;
  assert.deepEqual(page.reduced, [1, 2]);
  page.gone.add(third);
  page.goesOn(200);
  assert.deepEqual(page.reduced, [1]);
  second.leave();
  assert.equal(second.reduced, false);
  page.goesOn(4000);
  assert.deepEqual(page.reduced, [], 'it is late for having only just begun');
  page.goesOn(4000);
  assert.deepEqual(page.reduced, [1]);
  page.gone.clear();
  first.leave();
  page.goesOn(12000);
  assert.deepEqual(page.reduced, [0, 1], 'the third was there before them');
});

test('it takes more than half of those that are shown in full', () => {
  const late = (count) => (full, index) => (index < count ? 400 : 40);
  const half = new Page([5, 5, 5, 5, 5, 5], late(3));
  half.goesOn(15000);
  assert.deepEqual(half.reduced, []);
  const most = new Page([5, 5, 5, 5, 5, 5], late(4));
  most.goesOn(7000);
  assert.deepEqual(most.reduced, [4, 5]);
});

test('a picture that waits is late before it is shown, and what Media Source Extensions play is never late', () => {
  const [one, other] = new Page([5, 5], atMost(0)).shares;
  for (let nowMs = 0; nowMs < 7000; nowMs += 100) {
    for (const share of [one, other]) share.tell(nowMs, { shows: true, waitingMs: 400 }, 'webcodecs');
  }
  assert.deepEqual([one.reduced, other.reduced], [false, true]);
  const page = new Page(EQUAL, atMost(0));
  page.decoder = 'mse';
  page.goesOn(15000);
  assert.deepEqual(page.reduced, []);
});

test('what was begun is worked off before another is reduced', () => {
  const page = new Page(EQUAL, atMost(0));
  page.goesOn(20000, 200);
  assert.ok(page.shrank.length > 2);
  const apart = page.shrank.slice(1).map((at, i) => at - page.shrank[i]);
  assert.deepEqual(new Set(apart), new Set([15 * 200]), 'as many looks as are needed for the first');
});

test('one is tried again when all that are shown in full have come early for five seconds', () => {
  const page = new Page([5, 5, 5, 5], atMost(2));
  page.goesOn(10000);
  const [reduced] = page.shrank.slice(-1);
  assert.deepEqual(page.reduced, [2, 3]);
  page.goesOn(reduced + 6000 - 10000);
  page.lagOf = (full, index) => (index === 0 ? 200 : 40);
  page.goesOn(60000);
  assert.deepEqual(page.reduced, [2, 3], 'one of them is not late, but not early either');
  page.lagOf = () => 40;
  page.grew.length = 0;
  const since = reduced + 6000 + 60000;
  page.goesOn(30000);
  const [first, second] = page.grew;
  assert.equal(first, since + 5000);
  assert.equal(second, first + 1500 + 5000, 'when the first has settled');
});

test('after trials in vain the next comes within two minutes, and soon again once one has stayed for as long', () => {
  const page = new Page([5, 5, 5, 5, 5], atMost(2));
  page.goesOn(20 * 60000);
  const { grew } = page;
  const apart = grew.slice(1).map((at, i) => at - grew[i]);
  assert.ok(apart.at(-1) >= 120000 && apart.at(-1) < 130000, apart.join());
  page.lagOf = () => 40;
  grew.length = 0;
  page.goesOn(10 * 60000);
  assert.equal(grew.length, 3);
  assert.deepEqual([grew[1] - grew[0], grew[2] - grew[1]], [1500 + 120000, 1500 + 5000]);
});

test('one stream that comes late for reasons of its own costs the others nothing', () => {
  const page = new Page([5, 5], (full, index) => (index === 0 ? 800 : 40));
  page.goesOn(30000);
  assert.deepEqual(page.reduced, []);
});

test('a moment of lateness is none', () => {
  const page = new Page(EQUAL, atMost(8));
  page.goesOn(10000);
  page.lagOf = atMost(0);
  page.goesOn(1400);
  page.lagOf = atMost(8);
  page.goesOn(10000);
  assert.deepEqual(page.reduced, []);
});

test('they are tried again one after the other, the longer apart the more often it was in vain', () => {
  const page = new Page([5, 5, 5, 5], atMost(2));
  let trials = 0;
  let before = 4;
  const trialsIn = (ms) => {
    trials = 0;
    for (let passed = 0; passed < ms; passed += 100) {
      page.goesOn(100);
      const { length } = page.reduced;
      if (length < before) trials++;
      before = length;
    }
    return trials;
  };
  trialsIn(12000);
  assert.deepEqual(page.reduced, [2, 3]);
  const early = trialsIn(60000);
  const late = trialsIn(240000);
  assert.ok(early >= 2 && early <= 6, `${early} in the first minute`);
  assert.ok(late >= 1 && late <= 4, `${late} in the four minutes after it`);
  page.lagOf = atMost(4);
  page.goesOn(300000);
  assert.deepEqual(page.reduced, [], 'something else had wanted the processor');
});
