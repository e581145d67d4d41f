/** Warnings of the running host: each one sentence that says what to do. */

import type { HostInfo } from '../../../contract/host/system.ts';
import type { Foundation } from '../../core/foundation.ts';

/** Collects warnings and the state of the parts. */
export interface HostState {
  ready: boolean;
  /** What the host needs and has not, in one sentence that anybody may read; null when it has everything. */
  reason(): string | null;
  warnings(): string[];
  /** Sets or, with null, clears the warning of one subject. A change appends a `host.warning` event. */
  warn(subject: string, warning: string | null): void;
  secrets(): Promise<HostInfo['secrets']>;
}

/** Warnings that make the host degraded. Health is asked for without a key, so they name no path. */
const REASONS = {
  storage: 'The disk is full or takes no writes: nothing can be stored until it does.',
  database: 'The database is damaged or was replaced by an empty one.',
  schema: 'The database has tables, triggers or views that TabAgent did not make.',
  http: 'The port of the API cannot be opened.',
  audit: 'The audit was changed by something else than TabAgent.',
  'audit-dropped': 'The database does not keep all lines of the audit.',
  'audit-head': 'The note of where the audit ended is gone, as after a restored backup.',
  key: 'The key of the stored secrets cannot be read.',
} as const;

/** Creates the state; nothing is wrong yet. */
export function createHostState({
  db,
  events,
  secrets,
  storage,
}: Pick<Foundation, 'db' | 'events' | 'secrets' | 'storage'>): HostState {
  const warnings = new Map<string, string>();
  const warn: HostState['warn'] = (subject, warning) => {
    if ((warnings.get(subject) ?? null) === warning) return;
    if (warning === null) warnings.delete(subject);
    else warnings.set(subject, warning);
    db.bestEffort(() => void events.append({ type: 'host.warning', entity: 'host', id: subject, data: { warning } }));
  };

  const tell = () => {
    warn('storage', storage.refusal());
    if (storage.damage() !== null) warn('database', storage.damage());
  };
  storage.onChange(tell);
  // What was found while the database was opened.
  tell();

  return {
    ready: false,
    reason: () => Object.entries(REASONS).find(([subject]) => warnings.has(subject))?.[1] ?? null,
    warnings: () => [...warnings.values()],
    warn,
    async secrets() {
      try {
        const { backend, weak, detail } = await secrets.vault();
        warn('key', null);
        warn('secrets', weak ? detail : null);
        return { backend, weak, detail };
      } catch (error) {
        const detail = error instanceof Error ? error.message : String(error);
        warn('key', detail);
        return { backend: 'file', weak: true, detail };
      }
    },
  };
}
