/** Warnings of the running host: each one sentence that says what to do. */

import type { HostInfo } from '../../../contract/host/system.ts';
import type { Events } from '../../core/events.ts';
import type { Secrets } from '../../core/secrets/secrets.ts';

/** Collects warnings and the state of the parts. */
export interface HostState {
  ready: boolean;
  /** True when something the host needs is down. */
  degraded(): boolean;
  warnings(): string[];
  /** Sets or, with null, clears the warning of one subject. A change appends a `host.warning` event. */
  warn(subject: string, warning: string | null): void;
  secrets(): Promise<HostInfo['secrets']>;
}

/** Creates the state; nothing is wrong yet. */
export function createHostState(events: Events, secrets: Secrets): HostState {
  const warnings = new Map<string, string>();
  const warn: HostState['warn'] = (subject, warning) => {
    if ((warnings.get(subject) ?? null) === warning) return;
    if (warning === null) warnings.delete(subject);
    else warnings.set(subject, warning);
    events.append({ type: 'host.warning', entity: 'host', id: subject, data: { warning } });
  };

  return {
    ready: false,
    degraded: () => warnings.has('http') || warnings.has('database') || warnings.has('key'),
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
