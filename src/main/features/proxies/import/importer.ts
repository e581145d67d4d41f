/** Importing proxies from a text: a preview with a verdict for each line, and then the proxies. */
import {
  ProxyCreate,
  type ProxyImport,
  type ProxyImported,
  type ProxyReading,
} from '../../../../contract/automation/proxies.ts';
import { inTurns } from '../../../core/scheduling/in-turns.ts';
import type { ProxyStore } from '../store/proxies.ts';
import type { ProxyRow } from '../store/schema.ts';
import { type Entry, type ProxyRecord, readProxies } from './texts.ts';

/** Two proxies are one when they lead to the same place as the same user. */
const keyOf = ({ scheme, host, port, username }: Pick<ProxyRecord, 'scheme' | 'host' | 'port' | 'username'>): string =>
  JSON.stringify([scheme, host.toLowerCase(), port, username]);

/** A reading without its password. */
const shown = ({ password, scheme, host, port, username, refresh_url, name }: ProxyRecord): ProxyReading => ({
  ...{ scheme, host, port, username, refresh_url, name: name ?? null },
  has_password: password !== null,
});

/** As much of a text as holds no password. */
const hint = (text: string): string => {
  const [first = ''] = text.trim().split(/[\s:@,;|]/, 1);
  return first.length < text.trim().length ? `${first.slice(0, 60)}…` : first.slice(0, 60);
};

const isRead = (entry: Entry): entry is Entry & { verdict: { t: 'read'; readings: readonly ProxyRecord[] } } =>
  entry.verdict.t === 'read';

/** Creates the importer. */
export function createImporter(deps: {
  store: Pick<ProxyStore, 'keys'>;
  createMany(inputs: readonly ProxyCreate[], refused: () => (row: ProxyRow) => boolean): Promise<number>;
}) {
  const { store, createMany } = deps;

  /**
   * Reads a text; without `dry_run`, creates what is clear and new.
   * @throws AppError `validation-error` for a text with too many proxies
   */
  return async ({ text, dry_run, scheme, tags, choices }: ProxyImport): Promise<ProxyImported> => {
    const entries = await readProxies(text, scheme);
    const chosen = new Map(choices.map(({ line, reading }) => [line, reading]));
    const keysNow = () => new Set(store.keys().map(keyOf));
    const known = keysNow();
    const answer: ProxyImported = { parsed: [], created: 0, duplicates: 0, errors: [], ambiguous: [] };
    const fresh: ProxyRecord[] = [];
    for (const entry of entries) {
      const { line, verdict } = entry;
      if (!isRead(entry)) {
        const reason = verdict.t === 'bad' ? verdict.reason : '';
        answer.errors.push({ line, text: hint(entry.text), reason });
        continue;
      }
      const { readings } = entry.verdict;
      const record = readings.length === 1 ? readings[0] : readings[chosen.get(line) ?? -1];
      if (record === undefined) {
        answer.ambiguous.push({ line, readings: readings.map(shown) });
        continue;
      }
      const key = keyOf(record);
      const duplicate = known.has(key);
      known.add(key);
      answer.parsed.push({ line, duplicate, ...shown(record) });
      if (duplicate) answer.duplicates += 1;
      else fresh.push(record);
    }
    if (!dry_run) {
      const inputs = await inTurns(fresh, (record) =>
        ProxyCreate.parse({ ...record, tags: [...new Set([...(record.tags ?? []), ...tags])].slice(0, 30) }),
      );
      // Passwords are sealed in turns of the event loop, in which somebody else may import the same.
      const meanwhile = new Set<string>();
      answer.created = await createMany(inputs, () => {
        const there = keysNow();
        return (row) => {
          const key = keyOf(row);
          if (there.has(key)) meanwhile.add(key);
          return there.has(key);
        };
      });
      answer.duplicates += meanwhile.size;
      answer.parsed = answer.parsed.map((one) => ({ ...one, duplicate: one.duplicate || meanwhile.has(keyOf(one)) }));
    }
    return answer;
  };
}
