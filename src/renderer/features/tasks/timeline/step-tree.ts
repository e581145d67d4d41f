/** Attempts and steps as the rows of one tree with a place in time. */
import { type Attempt, isTerminal, type Step, type TaskDetail } from '../../../../contract/automation/tasks.ts';

/** A piece of a row's bar, unix ms. */
export interface Segment {
  /** `wait`: in the queue; `retry`: after a failed attempt, until the next one; `run`: at work; `aside`: at work outside of any step. */
  kind: 'wait' | 'retry' | 'run' | 'aside';
  from: number;
  /** `null` while it goes on. */
  to: number | null;
}

/** One row of the tree. */
export interface TreeRow {
  id: string;
  depth: number;
  /** Place among the rows with the same parent, from 1, and how many these are. */
  position: number;
  siblings: number;
  name: string;
  state: string;
  /** In order of time; the last one is what the row stands for. */
  segments: Segment[];
  hasChildren: boolean;
  step: Step | null;
  attempt: Attempt | null;
}

/** What the tree needs of a task. */
export type TreeTask = Pick<TaskDetail, 'attempts' | 'steps' | 'status' | 'created_at' | 'run_at' | 'finished_at'>;

const time = (at: string | null): number | null => (at === null ? null : Date.parse(at));

/** When the task began to wait for its first attempt: when it was made, or when it was due. */
export function queuedAt(task: TreeTask): number {
  const made = Date.parse(task.created_at);
  const started = time(task.attempts[0]?.started_at ?? null) ?? made;
  const due = time(task.run_at);
  // A later `run_at` is that of a later attempt.
  return Math.min(started, due === null || due > started ? made : Math.max(made, due));
}

type Children = ReadonlyMap<string, Step[]>;

const keyOf = (attempt: number, parent: number | null) => `${attempt}/${parent ?? ''}`;

function childrenOf(steps: readonly Step[]): Children {
  const children = new Map<string, Step[]>();
  for (const step of steps) {
    const key = keyOf(step.attempt, step.parent);
    const known = children.get(key);
    if (known === undefined) children.set(key, [step]);
    else known.push(step);
  }
  for (const list of children.values()) list.sort((a, b) => a.seq - b.seq);
  return children;
}

/** Shortest time outside of steps, and shortest wait before an attempt, that is worth a word, ms. */
export const WORTH_SAYING_MS = 1_000;

/**
 * The time of an attempt that no step covers, before its first and after its last one: its browser starts and ends there, its trace is
 * stored, and a script may do things outside of steps. Without a row, half of a short task would be unexplained.
 */
function asides(attempt: Attempt, top: readonly Step[]): Record<'before' | 'after', TreeRow | null> {
  const begun = Date.parse(attempt.started_at);
  const ended = time(attempt.finished_at);
  const first = top.reduce((least, step) => Math.min(least, Date.parse(step.started_at)), Number.POSITIVE_INFINITY);
  const last = top.reduce((most, step) => Math.max(most, time(step.finished_at) ?? ended ?? 0), 0);
  const row = (place: 'before' | 'after', from: number, to: number): TreeRow | null =>
    top.length === 0 || to - from < WORTH_SAYING_MS
      ? null
      : {
          id: `aside-${attempt.number}-${place}`,
          depth: 1,
          position: 0,
          siblings: 0,
          name: place === 'before' ? 'Before the first step' : 'After the last step',
          state: '',
          segments: [{ kind: 'aside', from, to }],
          hasChildren: false,
          step: null,
          attempt,
        };
  return { before: row('before', begun, first), after: ended === null ? null : row('after', last, ended) };
}

/** Appends what is below an attempt. */
function addBelow(rows: TreeRow[], attempt: Attempt, children: Children, folded: ReadonlySet<string>): void {
  const { before, after } = asides(attempt, children.get(keyOf(attempt.number, null)) ?? []);
  const from = rows.length;
  if (before !== null) rows.push(before);
  addSteps(rows, attempt, children, folded);
  if (after !== null) rows.push(after);
  // The steps were counted among themselves.
  const direct = rows.slice(from).filter(({ depth }) => depth === 1);
  if (before !== null || after !== null)
    for (const [index, row] of direct.entries()) Object.assign(row, { position: index + 1, siblings: direct.length });
}

/** Appends its steps. A loop, because steps may be nested deeper than functions may. */
function addSteps(rows: TreeRow[], attempt: Attempt, children: Children, folded: ReadonlySet<string>): void {
  const ended = time(attempt.finished_at);
  const waiting: { step: Step; depth: number; position: number; siblings: number }[] = [];
  const below = (parent: number | null, depth: number) => {
    const list = children.get(keyOf(attempt.number, parent)) ?? [];
    for (let index = list.length - 1; index >= 0; index -= 1) {
      const step = list[index];
      if (step !== undefined) waiting.push({ step, depth, position: index + 1, siblings: list.length });
    }
  };
  below(null, 1);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { step, ...place } = next;
    const id = `step-${attempt.number}-${step.seq}`;
    rows.push({
      ...place,
      id,
      name: step.name,
      state: step.status,
      // A step without an end is over when its attempt is.
      segments: [{ kind: 'run', from: Date.parse(step.started_at), to: time(step.finished_at) ?? ended }],
      hasChildren: children.has(keyOf(attempt.number, step.seq)),
      step,
      attempt: null,
    });
    if (!folded.has(id)) below(step.seq, place.depth + 1);
  }
}

/** Rows in order, without what is below a folded row. The attempt that a task waits for is a row too. */
export function treeRows(task: TreeTask, folded: ReadonlySet<string>): TreeRow[] {
  const rows: TreeRow[] = [];
  const children = childrenOf(task.steps);
  const last = task.attempts.at(-1);
  const waitsAgain = last !== undefined && last.finished_at !== null && !isTerminal(task.status);
  const siblings = task.attempts.length + (waitsAgain ? 1 : 0);
  let free = queuedAt(task);
  for (const [index, attempt] of task.attempts.entries()) {
    const id = `attempt-${attempt.number}`;
    const from = Date.parse(attempt.started_at);
    const to = time(attempt.finished_at);
    const run: Segment = { kind: 'run', from, to };
    const wait: Segment = { kind: index === 0 ? 'wait' : 'retry', from: free, to: from };
    rows.push({
      id,
      depth: 0,
      position: index + 1,
      siblings,
      name: `Attempt ${attempt.number}`,
      state: attempt.status,
      segments: free < from ? [wait, run] : [run],
      hasChildren: children.has(keyOf(attempt.number, null)),
      step: null,
      attempt,
    });
    if (!folded.has(id)) addBelow(rows, attempt, children, folded);
    free = to ?? from;
  }
  if (waitsAgain) {
    rows.push({
      id: `attempt-${last.number + 1}`,
      depth: 0,
      position: siblings,
      siblings,
      name: `Attempt ${last.number + 1}`,
      state: task.status,
      segments: [{ kind: 'retry', from: free, to: null }],
      hasChildren: false,
      step: null,
      attempt: null,
    });
  }
  return rows;
}

/** The row with this id as the task has it now; `null` when it has none. */
export function findRow(task: TreeTask, id: string | null): TreeRow | null {
  return id === null ? null : (treeRows(task, new Set()).find((row) => row.id === id) ?? null);
}

/** The latest moment that the task tells of, unix ms; the host's clock may be ahead of the panel's. */
export function latestOf(task: TreeTask): number {
  let latest = Date.parse(task.created_at);
  for (const { started_at, finished_at } of [...task.attempts, ...task.steps])
    latest = Math.max(latest, Date.parse(finished_at ?? started_at));
  return latest;
}

/** When the last bar of a task ends; `null` while it goes on. */
export function endOf(task: TreeTask): number | null {
  return isTerminal(task.status) ? Math.max(latestOf(task), time(task.finished_at) ?? 0) : null;
}
