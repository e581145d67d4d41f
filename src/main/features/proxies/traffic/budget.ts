/** What a budget says of what was used. */
import type { Traffic, TrafficBudget, TrafficLimit } from '../../../../contract/automation/profile/traffic.ts';
import { AppError } from '../../../../contract/kernel/errors.ts';
import { byteText } from '../../../../contract/kernel/text/byte-text.ts';
import { both } from './meter.ts';

const LIMITS = [
  ['run', 'run_bytes', 'in one run'],
  ['day', 'day_bytes', 'today'],
  ['month', 'month_bytes', 'this month'],
] as const satisfies [TrafficLimit, keyof TrafficBudget, string][];

const NEXT: Readonly<Record<TrafficLimit, string>> = {
  run: 'It can be opened again, or have a larger budget.',
  day: 'It can be opened again tomorrow (UTC), or have a larger budget.',
  month: 'It can be opened again next month (UTC), or have a larger budget.',
};

/** The first limit that is reached, as the problem that it is; null while there is something left. */
export function spentBudget(
  budget: TrafficBudget | null,
  used: Readonly<Record<TrafficLimit, Traffic>>,
): AppError | null {
  for (const [limit, member, when] of LIMITS) {
    const bytes = budget?.[member] ?? null;
    if (bytes === null || both(used[limit]) < bytes) continue;
    return new AppError(
      'traffic-spent',
      `The profile has used ${byteText(both(used[limit]))} ${when}; its budget is ${byteText(bytes)}. ${NEXT[limit]}`,
      { extra: { limit, used_bytes: both(used[limit]), budget_bytes: bytes } },
    );
  }
  return null;
}
