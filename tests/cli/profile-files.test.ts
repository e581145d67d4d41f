/** `tabagent profile`: a profile goes out of one data folder and into another, by the built program. */
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { ProfileImport } from '../../src/contract/automation/profile/archive.ts';
import { ROOT } from '../support/core.ts';
import { type ServedHost, serveHost } from '../support/served-host.ts';

const CLI = path.join(ROOT, 'out/main/cli.js');
const PASSPHRASE = 'correct horse battery';

async function tabagent(host: ServedHost, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const run = promisify(execFile)(process.execPath, [CLI, '--data-dir', host.dir, ...args], { cwd: host.dir });
  return run.then(
    ({ stdout, stderr }) => ({ code: 0, out: stdout, err: stderr }),
    ({ code, stdout, stderr }) => ({ code, out: stdout, err: stderr }),
  );
}

// Catches a thread that is not built or lacks its libraries, a file that replaces another, and an exit code that hides a failure.
test('export writes a sealed file once, import verifies it, makes a profile and says what was lost', async () => {
  await using home = await serveHost();
  await using away = await serveHost();
  await home.request('POST', '/v1/profiles', { name: 'Berlin office', tags: ['de'] });
  const secret = path.join(home.dir, 'secret.txt');
  fs.writeFileSync(secret, `${PASSPHRASE}\nmore`);
  const output = path.join(home.dir, 'berlin.tabagent');
  const args = ['profile', 'export', 'Berlin office', '--output', output, '--passphrase-file', secret];
  const made = await tabagent(home, ...args);
  expect(made, made.err).toMatchObject({ code: 0, out: expect.stringContaining(`Wrote ${output}`) });
  expect(fs.readFileSync(output).subarray(0, 21).toString()).toBe('age-encryption.org/v1');
  expect(await tabagent(home, ...args)).toMatchObject({ code: 2, err: expect.stringContaining('is there already') });
  expect(await tabagent(home, 'profile', 'export', 'Berlin office')).toMatchObject({
    code: 2,
    err: expect.stringContaining('Passphrase is needed'),
  });

  const trial = await tabagent(away, 'profile', 'import', output, '--dry-run', '--passphrase-file', secret);
  expect(trial, trial.err).toMatchObject({ code: 0, out: expect.stringMatching(/^ok +caches and locks/m) });
  expect(trial.out).not.toContain('Imported');
  const found = await tabagent(away, '--json', 'profile', 'import', output, '--passphrase-file', secret);
  expect((JSON.parse(found.out) as ProfileImport).items).toMatchObject([{ name: 'Berlin office', tags: ['de'] }]);
  const wrong = path.join(home.dir, 'wrong.txt');
  fs.writeFileSync(wrong, 'another one');
  expect((await tabagent(away, 'profile', 'import', output, '--passphrase-file', wrong)).code).not.toBe(0);
}, 300_000);
