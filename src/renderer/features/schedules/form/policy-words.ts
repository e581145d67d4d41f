/** Policies as people read them. */
import type { MissedPolicy, OverlapPolicy } from '../../../../contract/automation/schedule/schedules.ts';

export const MISSED_WORDS: Readonly<Record<MissedPolicy, string>> = {
  run_once: 'Run once when it is possible again',
  run_all: 'Make up for all of them, up to 100',
  skip: 'Leave them out',
};

export const OVERLAP_WORDS: Readonly<Record<OverlapPolicy, string>> = {
  skip: 'Skip the new one',
  queue: 'Run it after the one before',
  cancel_previous: 'Cancel the one before',
};
