/** What the host takes from a feature. */
import type { Part } from './lifecycle.ts';
import type { Tellers } from './log/event-log.ts';
import type { Chore } from './maintenance.ts';
import type { AnyHandler } from './operation/operation.ts';

/** The answer of a feature's factory; most also offer a `service` to other features. */
export interface Feature {
  /** Handlers by operation id. */
  readonly handlers: Readonly<Record<string, AnyHandler>>;
  /** What starts and stops with the host. Parts start in the order of the features, and stop in the reverse order. */
  readonly parts?: readonly Part[];
  /** Hourly housekeeping. */
  readonly chores?: readonly Chore[];
  /** What the host's log says of changes to its entities. */
  readonly tellers?: Tellers;
}
