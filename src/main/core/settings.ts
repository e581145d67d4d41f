/** Settings in force: flag or environment > stored value > default. */

import { z } from 'zod';
import { DEFAULT_SETTINGS, type SettingKey, Settings } from '../../contract/host/settings.ts';
import { AppError } from '../../contract/kernel/errors.ts';
import { parseSafely } from '../../contract/kernel/parse.ts';
import type { Json } from '../../contract/kernel/scalars.ts';
import { issueText } from '../../contract/kernel/text/issue-text.ts';
import type { Clock } from './clock.ts';
import type { Db } from './db/index.ts';
import type { Events } from './events.ts';
import type { Faults } from './faults.ts';
import { createListeners } from './listeners.ts';

/** Read side, what features depend on. */
export interface SettingsReader {
  get<K extends SettingKey>(key: K): Settings[K];
  /** Called after a change with the keys whose value in force changed. @returns unsubscribes */
  onChange(listener: (keys: SettingKey[]) => void): () => void;
}

/** Read and write side. */
export interface SettingsStore extends SettingsReader {
  all(): Settings;
  /** Grows by one per change. */
  version(): number;
  /** Keys whose value takes effect only after a restart, and is another one than at the start. */
  restartRequired(): string[];
  /** Keys that a flag or the environment fixes for this run. */
  overridden(): SettingKey[];
  /**
   * Stores values by dotted key, all or none; null restores the default.
   * @throws AppError `validation-error` naming each bad key
   */
  update(patch: Record<string, Json>): void;
}

const shape = Settings.shape;

/** A value as its column has it. */
const Stored = z.string().transform((text, context) => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    context.addIssue('is not JSON');
    return z.NEVER;
  }
});

const isKey = (key: string): key is SettingKey => Object.hasOwn(shape, key);

/** True when a change of `key` needs a restart of the host. */
export function needsRestart(key: SettingKey): boolean {
  return shape[key].meta()?.['x-restart'] === true;
}

/** @throws AppError `validation-error` naming each bad key */
function parsePatch(patch: Record<string, Json>): [SettingKey, unknown][] {
  const errors: Record<string, string> = {};
  const accepted: [SettingKey, unknown][] = [];
  for (const [key, value] of Object.entries(patch)) {
    if (!isKey(key)) {
      errors[key] = 'unknown field';
      continue;
    }
    if (value === null && DEFAULT_SETTINGS[key] !== null) {
      accepted.push([key, null]);
      continue;
    }
    const parsed = parseSafely(shape[key], value);
    if (parsed.success) accepted.push([key, parsed.data]);
    else errors[key] = parsed.error.issues.map(issueText)[0] ?? 'has a wrong value';
  }
  const first = Object.entries(errors)[0];
  if (first) {
    throw new AppError('validation-error', `Field '${first[0]}': ${first[1]}`, {
      errors,
      extra: { field: first[0], reason: first[1] },
    });
  }
  return accepted;
}

/** Reads the settings from the database; `overrides` win for this run and are not stored. */
export function createSettings(
  db: Db,
  events: Events,
  clock: Clock,
  overrides: Partial<Settings>,
  faults: Pick<Faults, 'report'>,
): SettingsStore {
  const select = db.raw.prepare<[], { key: string; value: string }>('SELECT key, value FROM setting');
  const upsert = db.raw.prepare<[string, string, number]>(
    'INSERT INTO setting (key, value, updated_at) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at',
  );
  const remove = db.raw.prepare<[string]>('DELETE FROM setting WHERE key = ?');
  const readVersion = db.raw.prepare<[], { value: string }>("SELECT value FROM meta WHERE key = 'settings_version'");
  const writeVersion = db.raw.prepare<[string]>(
    "INSERT INTO meta (key, value) VALUES ('settings_version', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
  );
  const listeners = createListeners<[keys: SettingKey[]]>((error) => faults.report('settings', error));

  function load(): Settings {
    const stored: Partial<Record<SettingKey, unknown>> = {};
    for (const row of select.all()) {
      if (!isKey(row.key)) continue; // written by a later version
      const parsed = Stored.pipe(shape[row.key]).safeParse(row.value);
      // One damaged value must not keep the host from starting: its default holds until it is set again.
      if (parsed.success) stored[row.key] = parsed.data;
    }
    return Settings.parse({ ...stored, ...overrides });
  }

  let current = load();
  const atStart = current;
  const differs = (a: Settings, b: Settings) => (key: SettingKey) => JSON.stringify(a[key]) !== JSON.stringify(b[key]);
  const version = () => Number(readVersion.get()?.value ?? 1);

  return {
    get: (key) => current[key],
    all: () => current,
    version,
    restartRequired: () =>
      Object.keys(shape).filter(isKey).filter(needsRestart).filter(differs(atStart, current)).sort(),
    overridden: () => Object.keys(overrides).filter(isKey),
    onChange: listeners.add,
    update(patch) {
      const accepted = parsePatch(patch);
      const before = current;
      db.transaction(() => {
        for (const [key, value] of accepted) {
          if (value === null) remove.run(key);
          else upsert.run(key, JSON.stringify(value), clock.now());
        }
        const next = version() + 1;
        writeVersion.run(String(next));
        events.append({
          type: 'settings.updated',
          entity: 'settings',
          id: 'settings',
          version: next,
          data: accepted.map(([key]) => key),
        });
      });
      current = load();
      const changed = accepted.map(([key]) => key).filter(differs(before, current));
      if (changed.length > 0) listeners.notify(changed);
    },
  };
}
