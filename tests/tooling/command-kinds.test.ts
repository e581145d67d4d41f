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
  /^src\/renderer\/features\/commands\/kinds\//,
  /^src\/workers\/executor\/(?:kinds\.ts$|browser\/|process\/|http\/)/,
];
/** Zones in which a command is handled; elsewhere the same words are names of doors, columns and log sources. */
const SEARCHED =
  /^src\/(?:workers\/|contract\/automation\/|main\/features\/(?:commands|tasks|demo)\/|main\/core\/command-file|main\/cli\/|renderer\/features\/(?:commands|dashboard|tasks|run)\/)/;
/** A kind as a literal, or compared with one. */
const LITERAL = new RegExp(`(['"\`])(?:${COMMAND_KINDS.join('|')})\\1`);

const lines = () =>
  globSync('src/**/*.{ts,tsx}', { cwd: root }).flatMap((file) =>
    SEARCHED.test(file) && !OWN.some((own) => own.test(file)) && !/\.(?:test|harness)\.tsx?$/.test(file)
      ? readFileSync(join(root, file), 'utf8')
          .split('\n')
          .map((text) => ({ file, text }))
      : [],
  );

describe('command kinds', () => {
  it('have a record in every zone', () => {
    const names = [...COMMAND_KINDS].sort();
    for (const registry of [hostKinds, runners, kindViews]) expect(Object.keys(registry).sort()).toEqual(names);
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
    expect(searched.length).toBeGreaterThan(5000);
    expect(
      searched.filter(({ text }) => LITERAL.test(text)).map(({ file, text }) => `${file}: ${text.trim()}`),
    ).toEqual([]);
  });
});
