import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMAND_KINDS, CommandSpec, commandKinds } from '../../src/contract/automation/kinds/index.ts';
import { hostKinds } from '../../src/main/features/commands/kinds/index.ts';
import { kindViews } from '../../src/renderer/features/commands/kinds/index.ts';
import { runners } from '../../src/workers/executor/kinds.ts';

const root = join(import.meta.dirname, '..', '..');

/** Where the kinds' own code lies. */
const OWN = [
  /^src\/contract\/automation\/kinds\//,
  /^src\/main\/features\/commands\/kinds\//,
  /^src\/main\/features\/inference\/commands\//,
  /^src\/renderer\/features\/commands\/kinds\//,
  new RegExp(
    `^src/workers/executor/(?:kinds\\.ts$|(?:${COMMAND_KINDS.map((kind) => kind.replaceAll('_', '-')).join('|')})/)`,
  ),
];
/** Where the same word means something else: a door or a log source, the scheme of an address, the family of a profile's browser. */
const HOMONYMS: readonly [file: RegExp, word: string][] = [
  [/^src\/main\/doors\//, 'http'],
  [/^src\/main\/(?:host\.ts$|core\/(?:log|operation)\/|features\/telemetry\/)/, 'http'],
  [/^src\/contract\/(?:kernel\/define|host\/telemetry)\.ts$/, 'http'],
  [/^src\/(?:main|renderer)\/features\/proxies\//, 'http'],
  [/^src\/contract\/automation\/proxies\.ts$/, 'http'],
  [/^src\/main\/features\/profiles\/cookies\/browser-jar\.ts$/, 'http'],
  [/^src\/(?:main|renderer)\/features\/profiles\//, 'browser'],
  [/^src\/main\/features\/telemetry\//, 'browser'],
];
/** A kind as a literal. */
const LITERAL = new RegExp(`(['"\`])(${COMMAND_KINDS.join('|')})\\1`, 'g');

/** Names of kinds in a line that mean kinds. */
const kindsIn = (file: string, text: string): string[] =>
  [...text.matchAll(LITERAL)]
    .map((match) => match[2] ?? '')
    .filter((word) => !HOMONYMS.some(([where, homonym]) => homonym === word && where.test(file)));

const lines = () =>
  globSync('src/**/*.{ts,tsx}', { cwd: root }).flatMap((file) =>
    !OWN.some((own) => own.test(file)) && !/\.(?:test|harness)\.tsx?$/.test(file)
      ? readFileSync(join(root, file), 'utf8')
          .split('\n')
          .map((text) => ({ file, text }))
      : [],
  );

describe('command kinds', () => {
  it('have a record in every zone', () => {
    const names = [...COMMAND_KINDS].sort();
    for (const registry of [hostKinds, kindViews]) expect(Object.keys(registry).sort()).toEqual(names);
    const ownProcess = names.filter((kind) => commandKinds[kind].runsIn === 'executor');
    expect(Object.keys(runners).sort()).toEqual(ownProcess);
  });

  it('have a schema whose kind is the name of the record', () => {
    for (const kind of COMMAND_KINDS) {
      expect(commandKinds[kind].spec.shape.kind.parse(undefined)).toBe(kind);
      for (const template of kindViews[kind].templates) {
        expect(CommandSpec.parse({ kind, ...template.spec })).toMatchObject({ kind });
      }
    }
  });

  it('are named nowhere else', () => {
    const searched = lines();
    expect(searched.length).toBeGreaterThan(30_000);
    expect(
      searched
        .filter(({ file, text }) => kindsIn(file, text).length > 0)
        .map(({ file, text }) => `${file}: ${text.trim()}`),
    ).toEqual([]);
  });
});
