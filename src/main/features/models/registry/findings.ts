/** What turns out about a model once it is loaded. */
import type { SelfCheck } from '../../../../contract/models/self-check.ts';
import type { Clock } from '../../../core/clock.ts';
import type { ModelRow } from '../schema.ts';
import type { ModelStore } from '../store/model-store.ts';
import { hasEndedEngine } from './usable.ts';

export interface FindingsDeps {
  store: Pick<ModelStore, 'save' | 'announce'>;
  clock: Clock;
  /** The row that a reference means. */
  find(ref: string): ModelRow | undefined;
}

export function createFindings({ store, clock, find }: FindingsDeps) {
  const note = (row: ModelRow, changes: Partial<ModelRow>): void =>
    store.save({ ...row, ...changes, updated_at: clock.now(), version: row.version + 1 });

  return {
    /** Keeps a model whose load has ended an engine from being loaded by requests: each would end what all others compute. */
    endedEngine(ref: string, reason: string): void {
      const row = find(ref);
      if (row?.status !== 'ready') return;
      const problem = `The engine ended when it loaded this model: ${reason} It is loaded again only when it is asked for by name (Load, or POST /v1/models/load).`;
      note(row, { status: 'broken', problem });
    },
    /** Takes that back. */
    wasLoaded(ref: string): void {
      const row = find(ref);
      if (row === undefined || !hasEndedEngine(row)) return;
      note(row, { status: 'ready', problem: null });
    },
    selfCheck: {
      wanted: (ref: string): boolean => find(ref)?.self_check === null,
      save(ref: string, self_check: SelfCheck): void {
        const row = find(ref);
        if (row) note(row, { self_check });
      },
    },
    /** Tells subscribers that something about a model has changed that is not stored. */
    announce(ref: string): void {
      const row = find(ref);
      if (row) store.announce(row.id);
    },
  };
}
