/** Which Node.js runs tests: programs in folders of a PATH, real ones. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findNode, insideFile, isNewEnough, playwrightProgram } from './node.ts';

let dir: string;
/** Folders with a program called node. */
const folder = (name: string) => join(dir, name);
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'node in PATH-'));
  const program = (name: string, body: string, mode = 0o755) => {
    mkdirSync(folder(name));
    writeFileSync(join(folder(name), 'node'), `#!/bin/sh\n${body}\n`);
    chmodSync(join(folder(name), 'node'), mode);
  };
  program('old', 'echo v18.20.4');
  program('just-too-old', 'echo v22.14.9');
  program('new', 'echo v22.15.0');
  program('broken', 'exit 1');
  program('other', 'echo Welcome to the other node');
  program('no-program', 'echo v99.0.0', 0o644);
  mkdirSync(join(folder('folder'), 'node'), { recursive: true });
  mkdirSync(folder('empty'));
  mkdirSync(folder('this'));
  symlinkSync(process.execPath, join(folder('this'), 'node'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const find = (...names: string[]) =>
  findNode(true, names.map((name) => (name === '' ? '' : folder(name))).join(delimiter));

describe.skipIf(process.platform === 'win32')('Node.js for tests', () => {
  // Would catch: a host that is Node.js itself and starts another one, which may be older than the product needs.
  test('is the program of the host, whatever is in the PATH', async () => {
    expect(await findNode(false, folder('old'))).toBe(process.execPath);
  });

  // Would catch: the desktop app as its own Node.js, an old one that is taken because it comes first, a file or a folder that cannot be run.
  test('is in the desktop app the first one of the PATH that is new enough', async () => {
    const all = ['', 'empty', 'no-program', 'folder', 'broken', 'other', 'old', 'new', 'this'];
    expect(await find(...all)).toBe(join(folder('new'), 'node'));
    expect(await find('just-too-old', 'this')).toBe(join(folder('this'), 'node'));
  });

  // Would catch: a task that is tried again for nothing, and a person who is not told which program is too old.
  test('that is too old is named, with what to do', async () => {
    await expect(find('old', 'broken', 'empty')).rejects.toMatchObject({
      retryable: false,
      problem: { code: 'configuration_error', setting: 'PATH', reason: 'node' },
      message: expect.stringMatching(
        /need Node\.js 22\.15 or newer, and \S.*old\/node is v18\.20\.4; .*broken\/node is no Node\.js\. Install it/,
      ),
    });
  });

  // Would catch: an empty PATH that is told as a program without a name, or that looks into the current folder.
  test.each([
    [[]],
    [['']],
    [['empty']],
    [['no-program']],
  ])('that is missing in %j is told as missing', async (names) => {
    const before = process.cwd();
    process.chdir(folder('new'));
    try {
      await expect(find(...names)).rejects.toThrow(/and none is in the folders of PATH\. Install it/);
    } finally {
      process.chdir(before);
    }
  });
});

// Would catch: versions that are compared as texts, and other words for a version.
test.each([
  ['v22.15.0', true],
  ['v22.14.99', false],
  ['v23.0.0', true],
  ['v100.0.0', true],
  ['v9.99.0', false],
  ['v24.0.0-nightly2025', true],
  ['', false],
  ['Welcome', false],
])('the version %j is new enough: %j', (version, expected) => {
  expect(isNewEnough(version)).toBe(expected);
});

// Would catch: a file that was moved without its name here.
test('the files for Playwright are where they are said to be', () => {
  for (const file of [playwrightProgram(), ...(['fixtures', 'hooks', 'reporter'] as const).map(insideFile)]) {
    expect(existsSync(file), file).toBe(true);
  }
});
