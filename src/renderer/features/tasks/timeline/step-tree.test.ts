import { expect, test } from 'vitest';
import type { Attempt, Step } from '../../../../contract/automation/tasks.ts';
import { endOf, findRow, latestOf, queuedAt, type TreeTask, treeRows } from './step-tree.ts';

const at = (ms: number) => new Date(ms).toISOString();
const attempt = (number: number, from: number, to: number | null, status: Attempt['status']): Attempt => ({
  number,
  status,
  started_at: at(from),
  finished_at: to === null ? null : at(to),
  duration_ms: null,
  error: null,
  exit_code: null,
  log_lines: 0,
  log_bytes: 0,
  log_dropped: 0,
  evidence: null,
});
const step = (seq: number, parent: number | null, from: number, to: number | null, of = 1): Step => ({
  seq,
  attempt: of,
  parent,
  name: `s${seq}`,
  status: to === null ? 'running' : 'succeeded',
  started_at: at(from),
  finished_at: to === null ? null : at(to),
  output: null,
  error: null,
  evidence: null,
});
const task = (patch: Partial<TreeTask>): TreeTask => ({
  status: 'running',
  created_at: at(0),
  run_at: null,
  finished_at: null,
  attempts: [attempt(1, 0, null, 'running')],
  steps: [],
  ...patch,
});

// Would catch: nested steps at the wrong depth, a fold that hides too much or too little, wrong places for assistive technology.
test('steps nest under their attempt in order, and a folded row hides what is below it', () => {
  const nested = task({ steps: [step(2, 1, 100, 200), step(1, null, 100, 300), step(3, null, 500, null)] });
  expect(
    treeRows(nested, new Set()).map(({ id, depth, position, siblings }) => [id, depth, position, siblings]),
  ).toEqual([
    ['attempt-1', 0, 1, 1],
    ['step-1-1', 1, 1, 2],
    ['step-1-2', 2, 1, 1],
    ['step-1-3', 1, 2, 2],
  ]);
  expect(treeRows(nested, new Set(['step-1-1'])).map(({ id }) => id)).toEqual(['attempt-1', 'step-1-1', 'step-1-3']);
  expect(findRow(nested, 'step-1-2')?.name).toBe('s2');
  expect(findRow(nested, 'step-1-9')).toBeNull();
});

// Would catch: an attempt whose bar starts when the task was made, a back-off that looks like work, a wait that is not shown at all.
test('what comes before an attempt is a wait, between attempts a retry, and the attempt to come is a row', () => {
  const retried = task({
    status: 'retrying',
    run_at: at(9_000),
    attempts: [attempt(1, 500, 2_000, 'failed'), attempt(2, 5_000, 6_000, 'failed')],
  });
  expect(treeRows(retried, new Set()).map(({ name, state, segments }) => [name, state, segments])).toEqual([
    [
      'Attempt 1',
      'failed',
      [
        { kind: 'wait', from: 0, to: 500 },
        { kind: 'run', from: 500, to: 2_000 },
      ],
    ],
    [
      'Attempt 2',
      'failed',
      [
        { kind: 'retry', from: 2_000, to: 5_000 },
        { kind: 'run', from: 5_000, to: 6_000 },
      ],
    ],
    ['Attempt 3', 'retrying', [{ kind: 'retry', from: 6_000, to: null }]],
  ]);
  expect(endOf(retried)).toBeNull();
});

// Would catch: a task made a week before it was due, drawn as if it had been in the queue for a week.
test('a scheduled task waits from the moment it was due', () => {
  const due = task({ created_at: at(0), run_at: at(50_000), attempts: [attempt(1, 51_000, null, 'running')] });
  expect(queuedAt(due)).toBe(50_000);
  expect(queuedAt({ ...due, run_at: at(90_000) })).toBe(0);
});

// Would catch: a step of a killed attempt whose bar runs on through the attempts after it.
test('a step without an end is over when its attempt is', () => {
  const killed = task({
    attempts: [attempt(1, 0, 1_000, 'interrupted'), attempt(2, 2_000, null, 'running')],
    steps: [step(1, null, 100, null), step(1, null, 2_100, null, 2)],
  });
  const ends = treeRows(killed, new Set()).map(({ segments }) => segments.at(-1)?.to);
  expect(ends).toEqual([1_000, 1_000, null, null]);
  expect(latestOf(killed)).toBe(2_100);
  expect(endOf({ ...killed, status: 'succeeded', finished_at: at(3_000) })).toBe(3_000);
});

// Would catch: half of a short task that no row explains; a row for the moment between two calls; places that count the steps alone.
test('time before the first and after the last step is a row once it is worth one', () => {
  const slow = task({
    status: 'succeeded',
    finished_at: at(9_500),
    attempts: [attempt(1, 0, 9_500, 'succeeded')],
    steps: [step(1, null, 4_200, 5_000), step(2, 1, 4_300, 4_900), step(3, null, 5_200, 6_000)],
  });
  const rows = treeRows(slow, new Set());
  expect(rows.map(({ name, depth, position, siblings }) => [name, depth, position, siblings])).toEqual([
    ['Attempt 1', 0, 1, 1],
    ['Before the first step', 1, 1, 4],
    ['s1', 1, 2, 4],
    ['s2', 2, 1, 1],
    ['s3', 1, 3, 4],
    ['After the last step', 1, 4, 4],
  ]);
  expect(rows[1]?.segments).toEqual([{ kind: 'aside', from: 0, to: 4_200 }]);
  expect(rows.at(-1)?.segments).toEqual([{ kind: 'aside', from: 6_000, to: 9_500 }]);
  expect(findRow(slow, 'aside-1-after')?.attempt?.number).toBe(1);
  expect(treeRows(slow, new Set(['attempt-1'])).map(({ name }) => name)).toEqual(['Attempt 1']);

  // What goes on may have another step; a program has none at all.
  const running = task({ attempts: [attempt(1, 0, null, 'running')], steps: [step(1, null, 2_000, 3_000)] });
  expect(treeRows(running, new Set()).map(({ name }) => name)).toEqual(['Attempt 1', 'Before the first step', 's1']);
  const program = task({ status: 'succeeded', attempts: [attempt(1, 0, 60_000, 'succeeded')] });
  expect(treeRows(program, new Set()).map(({ name }) => name)).toEqual(['Attempt 1']);
  const brisk = task({
    status: 'succeeded',
    attempts: [attempt(1, 0, 1_500, 'succeeded')],
    steps: [step(1, null, 999, 1_000)],
  });
  expect(treeRows(brisk, new Set())).toHaveLength(2);
});

// Would catch: a step of a killed attempt whose end is not known, of which the rest of the attempt is told as if nothing ran.
test('a step without an end covers its attempt to its end', () => {
  const killed = task({
    status: 'interrupted',
    attempts: [attempt(1, 0, 9_000, 'interrupted')],
    steps: [step(1, null, 100, null)],
  });
  expect(treeRows(killed, new Set()).map(({ id }) => id)).toEqual(['attempt-1', 'step-1-1']);
});

// Would catch: work that grows with the square of the steps, and a stack that deep nesting overflows.
test('10 000 steps, side by side or inside each other, are rows within a blink', () => {
  const many = (parent: (seq: number) => number | null) =>
    task({ steps: Array.from({ length: 10_000 }, (_, index) => step(index + 1, parent(index + 1), index, index + 1)) });
  const flat = many(() => null);
  const deep = many((seq) => (seq === 1 ? null : seq - 1));
  const before = performance.now();
  expect(treeRows(flat, new Set())).toHaveLength(10_001);
  expect(treeRows(deep, new Set()).at(-1)?.depth).toBe(10_000);
  expect(performance.now() - before).toBeLessThan(1_000);
});
