import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openTestCore } from '../../../tests/support/core.ts';
import { DEFAULT_SETTINGS, type SettingKey, Settings } from '../../contract/host/settings.ts';
import type { Json } from '../../contract/kernel/scalars.ts';
import { createSettings } from './settings.ts';

const KEYS = Object.keys(Settings.shape) as SettingKey[];
type Core = ReturnType<typeof openTestCore>;
/** The settings as the next run of the host reads them. */
const reopen = ({ db, events, clock, faults }: Core, overrides: Partial<Settings> = {}) =>
  createSettings(db, events, clock, overrides, faults);

function failureOf(work: () => void): { slug: string; errors: Record<string, string>; extra: { field?: string } } {
  try {
    work();
  } catch (error) {
    return error as ReturnType<typeof failureOf>;
  }
  throw new Error('it was accepted');
}

test('every default is a valid value of its own setting, and is what a new database has', () => {
  using core = openTestCore();
  expect(core.settings.all()).toEqual(DEFAULT_SETTINGS);
  for (const key of KEYS) expect(Settings.shape[key].parse(DEFAULT_SETTINGS[key]), key).toEqual(DEFAULT_SETTINGS[key]);
});

// Would catch: a value that is accepted and is another one after the restart.
test('whatever is accepted is the same after a restart; whatever is refused changes nothing', () => {
  using core = openTestCore();
  const anyPatch = fc.dictionary(
    fc.constantFrom<string>(...KEYS, 'nonsense', '__proto__', 'toString'),
    fc.oneof(fc.constant(null), fc.boolean(), fc.integer(), fc.string(), fc.array(fc.string()), fc.jsonValue()),
    { maxKeys: 3 },
  );
  fc.assert(
    fc.property(anyPatch, (patch) => {
      const before = core.settings.all();
      const version = core.settings.version();
      try {
        core.settings.update(patch as Record<string, Json>);
        expect(core.settings.version()).toBe(version + 1);
      } catch {
        expect(core.settings.all()).toEqual(before);
        expect(core.settings.version()).toBe(version);
      }
      expect(reopen(core).all()).toEqual(core.settings.all());
    }),
    { numRuns: 200 },
  );
});

// Would catch: one damaged or foreign row that keeps the host from starting, or takes the other settings with it.
test('a damaged, an outdated and a foreign value are left out; the others hold', () => {
  using core = openTestCore();
  core.settings.update({ 'executor.max_running': 9 });
  const insert = core.db.raw.prepare('INSERT INTO setting (key, value, updated_at) VALUES (?, ?, 0)');
  insert.run('port', '{"torn');
  insert.run('log_level', '"loudest"');
  insert.run('setting.of.a.later.version', '1');
  const settings = reopen(core);
  expect(settings.all()).toEqual({ ...DEFAULT_SETTINGS, 'executor.max_running': 9 });
  settings.update({ port: 4321 });
  expect(reopen(core).get('port')).toBe(4321);
});

test('each wrong key of a patch is named, and the right ones beside it are not stored', () => {
  using core = openTestCore();
  const { slug, errors, extra } = failureOf(() =>
    core.settings.update({ port: 70_000, nope: 1, log_level: 'debug', toString: 'x' }),
  );
  expect(slug).toBe('validation-error');
  expect(Object.keys(errors).sort()).toEqual(['nope', 'port', 'toString']);
  expect(errors.nope).toBe('unknown field');
  expect(extra.field).toBe('port');
  expect(core.settings.get('log_level')).toBe(DEFAULT_SETTINGS.log_level);
});

// Would catch: a notice to restart that stays although nothing is left to do.
test('a restart is asked for while a value differs from that of the start', () => {
  using core = openTestCore();
  core.settings.update({ 'executor.max_running': 9 });
  expect(core.settings.restartRequired()).toEqual([]);
  core.settings.update({ port: 4321 });
  expect(core.settings.restartRequired()).toEqual(['port']);
  core.settings.update({ port: null });
  expect(core.settings.restartRequired()).toEqual([]);
});

test('a flag wins in every run that has it; what is stored beneath it is there without it', () => {
  using core = openTestCore({ port: 9999 });
  const heard: SettingKey[][] = [];
  core.settings.onChange((keys) => heard.push(keys));
  core.settings.update({ port: 4321 });
  expect(core.settings.get('port')).toBe(9999);
  expect(core.settings.overridden()).toEqual(['port']);
  // Nothing changed that is in force, so there is nothing to react to and nothing to restart for.
  expect(heard).toEqual([]);
  expect(core.settings.restartRequired()).toEqual([]);
  expect(reopen(core).get('port')).toBe(4321);
});

test('each change is one event with the names of its keys, never their values', () => {
  using core = openTestCore();
  core.settings.update({ 'redaction.extra': ['hunter22-secret'], port: 4321 });
  const [event, ...others] = core.events.list(0, 10);
  expect(others).toEqual([]);
  expect(event).toMatchObject({ type: 'settings.updated', version: 2, data: ['redaction.extra', 'port'] });
  expect(JSON.stringify(event)).not.toContain('hunter22');
});
