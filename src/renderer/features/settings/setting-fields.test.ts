import { expect, test } from 'vitest';
import { z } from 'zod';
import { DEFAULT_SETTINGS, type SettingKey, Settings } from '../../../contract/host/settings.ts';
import type { JsonObject } from '../../../contract/kernel/scalars.ts';
import { problemWith, settingFields } from './setting-fields.ts';

const fieldsOf = (schema: z.ZodType, more: JsonObject = {}) =>
  settingFields({ ...JSON.parse(JSON.stringify(z.toJSONSchema(schema, { io: 'input' }))), ...more });

// Catches a kind of setting that a later version brings and the screen shows as the wrong control.
test.each<[string, z.ZodType, object]>([
  ['a switch', z.boolean().default(true), { kind: 'boolean', initial: true, nullable: false }],
  ['a list of choices', z.enum(['a', 'b']).default('b'), { kind: 'choice', choices: ['a', 'b'], initial: 'b' }],
  ['a whole number', z.int().min(1).max(9), { kind: 'number', min: 1, max: 9, initial: null }],
  ['a number', z.number().min(0.5), { kind: 'number', min: 0.5, max: undefined }],
  ['text', z.string(), { kind: 'text', nullable: false }],
  ['text or nothing', z.string().nullable().default(null), { kind: 'text', nullable: true, initial: null }],
  ['a number or nothing', z.int().max(5).nullable(), { kind: 'number', nullable: true, max: 5 }],
  ['words', z.array(z.string()).default([]), { kind: 'list', initial: [] }],
  ['numbers', z.array(z.int()), { kind: 'json' }],
  ['a record', z.record(z.string(), z.int()).default({}), { kind: 'json', initial: {} }],
  ['several types', z.union([z.string(), z.int(), z.null()]), { nullable: true }],
])('%s', (_name, type, expected) => {
  expect(fieldsOf(z.object({ key: type }))[0]).toMatchObject({
    key: 'key',
    title: 'key',
    section: 'Advanced',
    ...expected,
  });
});

// Catches marks of the schema that are lost, so that a value seems to be in force before the restart that it needs.
test('section, restart, desktop and what a flag has set are read from the schema', () => {
  const marked = z
    .string()
    .meta({ title: 'T', description: 'D', 'x-section': 'Queue', 'x-restart': true, 'x-desktop': true });
  const [a, b] = fieldsOf(z.object({ a: marked, b: z.string() }), { 'x-overridden': ['b'] });
  expect(a).toMatchObject({
    title: 'T',
    description: 'D',
    section: 'Queue',
    restart: true,
    desktop: true,
    overridden: false,
  });
  expect(b).toMatchObject({ restart: false, desktop: false, overridden: true });
});

// Catches a screen that breaks with a host of another version instead of showing what it can.
test('a schema without properties, or with odd ones, gives no rows or plain ones', () => {
  expect(settingFields({})).toEqual([]);
  expect(settingFields({ properties: null, 'x-overridden': 'port' })).toEqual([]);
  expect(settingFields({ properties: { odd: 3, none: { anyOf: [{ type: 'null' }] } } })).toMatchObject([
    { key: 'odd', kind: 'json', nullable: false },
    { key: 'none', kind: 'json', nullable: true },
  ]);
});

// Catches a default that its own check refuses, so that it could never be set back by hand.
test('every default is allowed, every bound is checked, and settings of other versions are left to the host', () => {
  for (const [key, value] of Object.entries(DEFAULT_SETTINGS)) expect(problemWith(key, value), key).toBeNull();
  for (const { key, min, max } of fieldsOf(Settings)) {
    // Safe integers are the bounds of every whole number, not of a setting.
    if (min !== undefined && min > -1e9) expect(problemWith(key, min - 1), `${key} below`).not.toBeNull();
    if (max !== undefined && max < 1e9) expect(problemWith(key, max + 1), `${key} above`).not.toBeNull();
  }
  expect(problemWith('of_tomorrow' satisfies string as SettingKey, { any: 'thing' })).toBeNull();
  expect(problemWith('toString', 1), 'an inherited name is no setting').toBeNull();
});
