import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStore, type StoreHarness } from '../../../../../tests/support/task-store.ts';
import type { StepChange } from '../store/detail-store.ts';
import { createDetails, type Details, MAX_STEPS } from './details.ts';

let harness: StoreHarness;
let id: string;
let details: Details;
beforeEach(() => {
  harness = openStore();
  id = harness.add();
  details = createDetails(
    harness.store,
    harness.claim()?.attempt_token ?? '',
    harness.core.clock,
    harness.core.storage,
  );
});
afterEach(() => harness[Symbol.dispose]());

const start = (seq: number): StepChange => ({ t: 'start', seq, parent: null, name: `s${seq}`, at: 1 });
const end = (seq: number): StepChange => ({ t: 'end', seq, status: 'succeeded', output: null, error: null, at: 2 });
const percents = () =>
  harness.core.events
    .listOf(id, 0, 10_000)
    .filter((change) => change.type === 'task.progress')
    .map((change) => (change.data as { percent: number }).percent);
const steps = () => harness.store.steps(id).map((step) => `${step.seq} ${step.status}`);

describe('progress', () => {
  // Would catch: a script that reports in a loop and floods the database, or whose last report is lost to the rate limit.
  test('is written at most four times a second, always the latest, and the last one in any case', () => {
    const { clock } = harness.core;
    for (let n = 0; n < 1000; n++) {
      details.progress({ percent: n / 10, message: null });
      clock.advance(1);
    }
    // At 0, 250, 500, 750 and 1 000 ms.
    expect(percents()).toEqual([0, 24.9, 49.9, 74.9, 99.9]);
    details.progress({ percent: 100, message: null });
    details.close();
    expect(percents().at(-1)).toBe(100);
    details.progress({ percent: 5, message: null });
    clock.advance(10_000);
    expect(percents().at(-1)).toBe(100);
  });

  test('that waits does not hold back steps, and steps do not bring it forward', () => {
    const { clock } = harness.core;
    details.progress({ percent: 1, message: null });
    clock.advance(0);
    details.progress({ percent: 2, message: null });
    details.step(start(1));
    clock.advance(20);
    expect([steps(), percents()]).toEqual([['1 running'], [1]]);
    clock.advance(229);
    expect(percents()).toEqual([1]);
    clock.advance(1);
    expect(percents()).toEqual([1, 2]);
  });
});

describe('steps', () => {
  test('of one batch window are written together, in their order; an end without a start, or a second one, changes nothing', () => {
    for (const change of [start(1), start(2), end(1), end(2), end(2), end(7)]) details.step(change);
    expect(steps()).toEqual([]);
    harness.core.clock.advance(20);
    expect(steps()).toEqual(['1 succeeded', '2 succeeded']);
    expect(harness.core.events.listOf(id, 0, 100).filter((change) => change.type === 'task.step')).toHaveLength(4);
  });

  // Would catch: a loop of steps without an end that fills the database; a count of the dropped ones that is off by their ends.
  test('over the limit are counted once each, whether they end or not', () => {
    for (let seq = 1; seq <= MAX_STEPS + 3; seq++) {
      details.step(start(seq));
      if (seq % 2 === 0) details.step(end(seq));
    }
    expect(details.close()).toBe(3);
    expect(harness.store.steps(id)).toHaveLength(MAX_STEPS);
  });

  test('that come after the close are not written', () => {
    details.step(start(1));
    expect(details.close()).toBe(0);
    details.step(end(1));
    harness.core.clock.advance(1000);
    expect(steps()).toEqual(['1 running']);
  });
});

test('of an attempt whose token is not in force any more nothing is written', () => {
  const [first] = harness.store.orphans('another host');
  harness.store.release(first?.attempt_token ?? '');
  details.step(start(1));
  details.progress({ percent: 1, message: null });
  details.close();
  expect([steps(), percents()]).toEqual([[], []]);
});

// Would catch: steps that are lost, or an exception in a timer that ends the host, because the disk was full for a moment.
test('what a full disk refuses is written when there is space again', () => {
  const { core, store, claim, add } = harness;
  const other = add();
  let full = true;
  const refusing = {
    ...store,
    appendDetails: (...args: Parameters<typeof store.appendDetails>) => {
      if (full) throw Object.assign(new Error('full'), { code: 'SQLITE_FULL' });
      return store.appendDetails(...args);
    },
  };
  const late = createDetails(refusing, claim()?.attempt_token ?? '', core.clock, core.storage);
  late.step(start(1));
  late.progress({ percent: 10, message: null });
  core.clock.advance(500);
  late.step(end(1));
  core.clock.advance(500);
  full = false;
  core.clock.advance(2000);
  expect(harness.store.steps(other).map((step) => `${step.seq} ${step.status}`)).toEqual(['1 succeeded']);
});
