import assert from 'node:assert/strict';
import { test } from 'node:test';
import { webModule } from './web-module.mjs';

const { DecodeBudget, DecodeShare } = await webModule('client/decode-budget.js');

/** A page of so many streams, whose lag is what the computer makes of the number that are shown in full. */
class Page {
  #nowMs = 0;
  #lagOf;

  /** @param {number[]} areas  of the streams @param {(full: number, index: number) => number} lagOf */
  constructor(areas, lagOf) {
    const budget = new DecodeBudget();
    this.shares = areas.map((areaPx) => Object.assign(new DecodeShare(budget), { areaPx }));
    this.#lagOf = lagOf;
    this.gone = new Set();
  }

  goesOn(ms) {
    for (const end = this.#nowMs + ms; this.#nowMs < end; this.#nowMs += 100) {
      const full = this.shares.filter((share) => !share.reduced && !this.gone.has(share)).length;
      this.shares.forEach((share, index) => {
        share.shown(share.reduced ? 900 : this.#lagOf(full, index));
        share.tell(this.#nowMs, { shows: !this.gone.has(share), waitingMs: 0 }, 'webcodecs');
      });
    }
  }

  set lagOf(lagOf) {
    this.#lagOf = lagOf;
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
  page.goesOn(15000);
  assert.deepEqual(page.reduced, []);
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
