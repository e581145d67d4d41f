/** What a chore removes is below the data directory, whatever lies under its name. */
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deleteBefore } from '../../src/main/core/log/segments.ts';
import { createUncaught } from '../../src/main/core/process/crash-report.ts';
import { createBulkFiles } from '../../src/main/features/bulk/files.ts';
import { openTestCore, type TestCore } from '../support/core.ts';
import { dir, outside, runHost, untouched } from '../support/planted.ts';
import { openTaskHost } from '../support/tasks.ts';

let core: TestCore;
beforeAll(() => {
  core = openTestCore();
});
afterAll(() => core[Symbol.dispose]());

/** What removes by itself: the work of chores, and of what makes room. Each is given the names that it would remove. */
const REMOVERS: { folder: string; entries: readonly string[]; remove(): Promise<unknown> }[] = [
  {
    folder: 'bulk',
    entries: ['job_old.ids', 'job_old.results'],
    remove: () =>
      createBulkFiles(dir).prune(
        () => false,
        () => true,
      ),
  },
  {
    folder: 'tasks',
    entries: ['tsk_old/1/artifacts/a.txt', 'tsk_other'],
    async remove() {
      const host = openTaskHost({ dir });
      await host.tasks.prune().finally(() => host.dispose({ keep: true }));
    },
  },
  {
    folder: 'profiles',
    entries: ['Default/Cookies'],
    async remove() {
      const host = openTaskHost({ dir });
      const { id } = host.profile('Anna');
      fs.mkdirSync(path.join(dir, 'profiles', id), { recursive: true });
      host.db.raw.exec('UPDATE profile SET deleted_at = 1');
      await host.profileService.purge(Date.now()).finally(() => host.dispose({ keep: true }));
      fs.rmSync(path.join(dir, 'profiles', id), { recursive: true, force: true });
    },
  },
  {
    folder: 'uploads',
    entries: ['left.part', 'upl_old'],
    remove: runHost,
  },
  {
    folder: 'backups',
    entries: ['left.part', 'bak_old.db'],
    remove: runHost,
  },
  {
    folder: 'logs',
    entries: ['host-1.jsonl'],
    remove: () => deleteBefore(path.join(dir, 'logs'), Number.MAX_SAFE_INTEGER, 100),
  },
  {
    folder: 'crashes',
    entries: Array.from({ length: 12 }, (_, n) => `crash-2020-01-0${n}.json`),
    async remove() {
      const context = { version: '0', startedAt: '', redact: (text: string) => text, clock: core.clock, log: core.log };
      createUncaught({ ...context, dir: path.join(dir, 'crashes'), faults: core.faults }).reportCrash(new Error('x'));
    },
  },
];

// Would catch: a chore whose root is the folder itself, or that lists a folder through a link and removes what is behind it.
test.each(REMOVERS)('nothing behind a link in the place of $folder is removed', async ({ folder, entries, remove }) => {
  for (const name of entries) {
    fs.mkdirSync(path.dirname(path.join(outside, name)), { recursive: true });
    fs.writeFileSync(path.join(outside, name), 'precious');
  }
  const before = fs.readdirSync(outside, { recursive: true }).sort();
  fs.symlinkSync(outside, path.join(dir, folder));
  await remove().catch((error: unknown) =>
    expect(error).toMatchObject({ message: expect.stringMatching(/is a link|no folder/) }),
  );
  expect(fs.readdirSync(outside, { recursive: true }).sort()).toEqual(before);
});

// Would catch: the parts of uploads and backups of a killed host, which nobody ever removed.
test('parts that a killed host has left go at the next start, whole files stay', async () => {
  for (const folder of ['uploads', 'backups']) {
    fs.mkdirSync(path.join(dir, folder));
    fs.writeFileSync(path.join(dir, folder, 'left.part'), 'half');
    fs.writeFileSync(path.join(dir, folder, 'whole'), 'all of it');
  }
  fs.symlinkSync(path.join(outside, 'file'), path.join(dir, 'uploads/link.part'));
  await runHost();
  for (const folder of ['uploads', 'backups']) expect(fs.readdirSync(path.join(dir, folder))).toEqual(['whole']);
  untouched();
});
