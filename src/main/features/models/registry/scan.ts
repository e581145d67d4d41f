/** Scans the models folder: adds new models, reads changed ones again, marks missing ones. */
import { discover } from '../files/discover.ts';
import { createRegister, type RegisterDeps } from './register.ts';

/** Counts of one scan. */
export interface Scanned {
  added: number;
  changed: number;
  missing: number;
}

export function createScanner(deps: RegisterDeps & { root: () => string }) {
  const { store, root } = deps;
  const { register, refresh, noteMissing } = createRegister(deps);
  let running: Promise<Scanned> | undefined;
  let stopped = false;

  async function scan(again: boolean): Promise<Scanned> {
    const counts: Scanned = { added: 0, changed: 0, missing: 0 };
    for (const candidate of await discover(root())) {
      if (stopped) return counts;
      const { change } = await register(candidate, 'folder', again);
      if (change !== null) counts[change] += 1;
    }
    if (stopped) return counts;
    for (const row of store.all()) {
      if (stopped) return counts;
      if (await noteMissing(row)) counts.missing += 1;
      else if (row.source === 'link') {
        const change = await refresh(row);
        if (change) counts.changed += 1;
      }
    }
    return counts;
  }

  return {
    register,
    refresh,
    /**
     * Looks through the models folder; who asks while it looks gets the same answer.
     * @param again as that of `register`
     */
    scan(again = false): Promise<Scanned> {
      running ??= scan(again).finally(() => {
        running = undefined;
      });
      return running;
    },
    /** Ends a running scan after the current model. */
    async stop(): Promise<void> {
      stopped = true;
      await running?.catch(() => undefined);
    },
  };
}
export type Scanner = ReturnType<typeof createScanner>;
