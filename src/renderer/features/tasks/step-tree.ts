/** Attempts and steps as the rows of one tree with a place in time. */
import type { Attempt, Step, TaskDetail } from '../../../contract/tasks.ts';

/** One row of the tree. */
export interface TreeRow {
  id: string;
  depth: number;
  name: string;
  state: string;
  /** Unix ms. */
  from: number;
  /** Unix ms, `null` while it runs. */
  to: number | null;
  hasChildren: boolean;
  step: Step | null;
  attempt: Attempt | null;
}

/** Bounds of the time axis, unix ms. */
export interface Span {
  from: number;
  to: number;
}

const time = (at: string | null): number | null => (at === null ? null : Date.parse(at));

/** Rows in order, without what is below a folded row. */
export function treeRows(task: Pick<TaskDetail, 'attempts' | 'steps'>, folded: ReadonlySet<string>): TreeRow[] {
  const rows: TreeRow[] = [];
  const childrenOf = (attempt: number, parent: number | null) =>
    task.steps.filter((step) => step.attempt === attempt && step.parent === parent).sort((a, b) => a.seq - b.seq);
  const add = (attempt: number, parent: number | null, depth: number) => {
    for (const step of childrenOf(attempt, parent)) {
      const id = `step-${attempt}-${step.seq}`;
      const hasChildren = childrenOf(attempt, step.seq).length > 0;
      rows.push({
        id,
        depth,
        name: step.name,
        state: step.status,
        from: Date.parse(step.started_at),
        to: time(step.finished_at),
        hasChildren,
        step,
        attempt: null,
      });
      if (!folded.has(id)) add(attempt, step.seq, depth + 1);
    }
  };
  for (const attempt of task.attempts) {
    const id = `attempt-${attempt.number}`;
    const hasChildren = childrenOf(attempt.number, null).length > 0;
    rows.push({
      id,
      depth: 0,
      name: `Attempt ${attempt.number}`,
      state: attempt.status,
      from: Date.parse(attempt.started_at),
      to: time(attempt.finished_at),
      hasChildren,
      step: null,
      attempt,
    });
    if (!folded.has(id)) add(attempt.number, null, 1);
  }
  return rows;
}

/**
 * The moment that the tree shows, unix ms: the end of the task, or now. The clock of the panel moves once a second, so what the host
 * reported since then counts as now.
 */
export function momentOf(task: Pick<TaskDetail, 'finished_at'>, rows: readonly TreeRow[], tick: number): number {
  return time(task.finished_at) ?? Math.max(tick, ...rows.map((row) => row.to ?? row.from));
}

/** The time all rows lie in; never empty, so that shares of it are defined. */
export function spanOf(rows: readonly TreeRow[], now: number): Span {
  const from = Math.min(...rows.map((row) => row.from));
  const to = Math.max(...rows.map((row) => row.to ?? now));
  return rows.length === 0 ? { from: 0, to: 1 } : { from, to: Math.max(to, from + 1) };
}

/** Place of a row on the axis in percent. */
export function barOf(row: Pick<TreeRow, 'from' | 'to'>, span: Span, now: number): { left: number; width: number } {
  const share = (at: number) => Math.min(100, Math.max(0, ((at - span.from) / (span.to - span.from)) * 100));
  const left = share(row.from);
  return { left, width: Math.max(0, share(row.to ?? now) - left) };
}
