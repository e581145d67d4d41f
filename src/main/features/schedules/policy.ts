/** What becomes of the times of a schedule that have come: which of them run, and why the others do not. */
import type { MissedPolicy, OverlapPolicy, QuietHours } from '../../../contract/automation/schedule/schedules.ts';
import { type Instant, offsetAt } from './time/zone.ts';

/** How late a start may be without counting as missed, ms: what a busy host may take. */
export const GRACE_MS = 60_000;
/** Most missed times that `run_all` makes up for. */
export const MOST_MADE_UP = 100;

/** What is decided about one time. */
export type Decision =
  | { at: Instant; run: true; late: boolean }
  | { at: Instant; run: false; outcome: 'skipped' | 'missed'; reason: string };

/** What the decision depends on. */
export interface Due {
  /** Times that have come, earliest first. */
  times: readonly Instant[];
  now: Instant;
  missed: MissedPolicy;
  overlap: OverlapPolicy;
  quiet: QuietHours | null;
  /** Whether a task of an earlier time has not ended. */
  busy: boolean;
}

/** Decides about every time, in their order. */
export function decide({ times, now, missed, overlap, quiet, busy }: Due): Decision[] {
  const awake = times.filter((at) => !(quiet && isQuiet(quiet, at)));
  const chosen = new Set(choose(awake, now, missed));
  let runs = busy;
  const last = awake.findLast((at) => chosen.has(at));
  return times.map((at): Decision => {
    if (quiet && isQuiet(quiet, at)) return no(at, 'skipped', `Quiet hours (${quiet.from}–${quiet.to})`);
    if (!chosen.has(at)) return no(at, 'missed', whyMissed(missed, awake.length));
    if (overlap === 'skip' && runs) return no(at, 'skipped', 'The task of the time before it had not ended');
    if (overlap === 'cancel_previous' && at !== last) return no(at, 'skipped', 'A later time takes its place');
    runs = true;
    return { at, run: true, late: now - at > GRACE_MS };
  });
}

function choose(times: readonly Instant[], now: Instant, missed: MissedPolicy): readonly Instant[] {
  switch (missed) {
    case 'skip':
      // Of several within the grace the last one is what was meant for now.
      return times.filter((at) => now - at <= GRACE_MS).slice(-1);
    case 'run_once':
      return times.slice(-1);
    case 'run_all':
      return times.slice(-MOST_MADE_UP);
  }
}

function whyMissed(missed: MissedPolicy, count: number): string {
  switch (missed) {
    case 'skip':
      return 'TabAgent was not running, or the computer slept';
    case 'run_once':
      return 'One of the missed times runs, the last';
    case 'run_all':
      return `Of ${count} missed times the last ${MOST_MADE_UP} run`;
  }
}

const no = (at: Instant, outcome: 'skipped' | 'missed', reason: string): Decision => ({
  at,
  run: false,
  outcome,
  reason,
});

/** Whether nothing starts at a time; a span that begins and ends at the same time of day is empty. */
export function isQuiet({ from, to, timezone }: QuietHours, at: Instant): boolean {
  const time = new Date(at + offsetAt(timezone, at)).toISOString().slice(11, 16);
  return from <= to ? time >= from && time < to : time >= from || time < to;
}
