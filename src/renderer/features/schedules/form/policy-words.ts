/** Policies as people read them. */
import type { MissedPolicy, OverlapPolicy } from '../../../../contract/automation/schedule/schedules.ts';

export const MISSED_WORDS: Readonly<Record<MissedPolicy, string>> = {
  run_once: 'Run once as soon as possible',
  run_all: 'Run each of them, up to 100',
  skip: 'Skip them',
};

export const OVERLAP_WORDS: Readonly<Record<OverlapPolicy, string>> = {
  skip: 'Skip the new one',
  queue: 'Run it after the previous one',
  cancel_previous: 'Cancel the previous one',
};
