import { describe, expect, test } from 'vitest';
import { piecesOf, timeRules } from './times.ts';

/** Texts are 0 to 9, 10 ends, 11 means no times, 12 and later are times of half a second each. */
const TIMES = { begin: 12, none: 11, step: 0.5, latestBegin: 2 };
const END = 10;
const VOCABULARY = 22;

/** Tokens that may come next when all are as likely. @param likely a token that is likelier than all others together */
function allowed(written: readonly number[], likely = 3): number[] {
  const logits = new Float32Array(VOCABULARY).fill(0);
  logits[likely] = 20;
  timeRules(TIMES, END)(logits, written);
  return [...logits.keys()].filter((token) => logits[token] !== Number.NEGATIVE_INFINITY);
}

describe('what may be written', () => {
  test('first is a time, and none that is too late', () => {
    expect(allowed([])).toEqual([12, 13, 14]);
  });
  test('behind the first time is text or the end', () => {
    expect(allowed([12])).toEqual([...Array(11).keys()]);
  });
  test('behind text is text, or a later time', () => {
    expect(allowed([13, 3])).toEqual([...Array(11).keys(), 14, 15, 16, 17, 18, 19, 20, 21]);
  });
  test('behind the end of a piece is the begin of the next one, not before it, or the end', () => {
    expect(allowed([13, 3, 16], 10)).toEqual([10, 16, 17, 18, 19, 20, 21]);
  });
  test('behind both is text', () => {
    expect(allowed([13, 3, 16, 16])).toEqual([...Array(11).keys()]);
  });
  // Catches single times that are compared with texts, where all of them together count.
  test('a time is written when all of them together are likelier than each text', () => {
    const logits = new Float32Array(VOCABULARY).fill(-20);
    logits[3] = 1;
    for (let token = 14; token < VOCABULARY; token++) logits[token] = 0;
    timeRules(TIMES, END)(logits, [13, 3]);
    expect(logits[3]).toBe(Number.NEGATIVE_INFINITY);
    expect(logits[14]).toBe(0);
  });
});

describe('pieces', () => {
  test.each([
    [
      'end with their time; the rest is silent',
      [12, 1, 2, 14, 14, 3, 16],
      [
        [0, 1],
        [1, 2],
      ],
      null,
    ],
    ['that the window cuts off are left to the next one', [12, 1, 14, 14, 3], [[0, 1]], 1],
    [
      'may begin later than the last one ends',
      [12, 1, 13, 15, 2, 16],
      [
        [0, 0.5],
        [1.5, 2],
      ],
      null,
    ],
    ['stay when there is no other', [12, 1, 2], [[0, null]], null],
    ['of nothing are none', [12], [], null],
    ['without any time are one', [1, 2], [[0, null]], null],
    [
      'do not hold up the reading where it began',
      [12, 1, 12, 12, 2],
      [
        [0, 0],
        [0, null],
      ],
      null,
    ],
  ])('%s', (_what, tokens, wanted, seconds) => {
    const told = piecesOf(tokens, TIMES);
    expect(told.pieces.map(({ start, end }) => [start, end])).toEqual(wanted);
    expect(told.seconds).toBe(seconds);
  });
});
