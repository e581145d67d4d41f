/** What is left of exports and imports whose host was killed, that were cancelled, or that are old. */
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openTestCore, type TestCore } from '../../../../../tests/support/core.ts';
import { openArchiveHost } from '../../../../../tests/support/profile-archives.ts';
import { ProfileCreate } from '../../../../contract/automation/profiles.ts';
import type { JobId, ProfileId } from '../../../../contract/kernel/scalars.ts';
import { newId } from '../../../core/ids.ts';

const PASSPHRASE = 'correct horse battery';
let core: TestCore;
beforeEach(() => {
  core = openTestCore();
});
afterEach(() => core[Symbol.dispose]());

const openHost = () => openArchiveHost(core);
const filesIn = (name: string) => {
  const dir = path.join(core.dir, name);
  return fs.existsSync(dir) ? fs.readdirSync(dir) : [];
};
const jobIn = (answer: object) => (answer as { job_id: JobId }).job_id;

// Catches a job that goes on without its passphrase, or that waits for one for ever.
test('a sealed job that the next host finds queued fails and says why; nothing was written', async () => {
  const first = openHost();
  const { id } = first.profiles.create(ProfileCreate.parse({ name: 'Anna' }));
  const job = jobIn(
    await first.archives.handlers.profiles_export(
      { id, include: ['storage'], passphrase: PASSPHRASE, wait: false },
      first.context,
    ),
  );
  // As it was when the host was killed before the job began.
  core.db.raw
    .prepare("UPDATE job SET status = 'queued', starts = 0, error = NULL, finished_at = NULL WHERE id = ?")
    .run(job);
  const second = openHost();
  await second.jobs.start();
  expect((await second.jobs.ended(job)).error).toMatchObject({
    code: 'task_interrupted',
    detail: expect.stringContaining('passphrase was kept in memory only'),
  });
  expect(core.db.raw.prepare('SELECT input FROM job').pluck().get()).not.toContain(PASSPHRASE);
});

// Catches files of gigabytes that nobody ever removes, and a folder in the place of profiles that belongs to none.
test('the next start removes what was being written, and a folder that was to become a profile', async () => {
  const host = openHost();
  const [half, kept] = [newId('profile'), host.profiles.create(ProfileCreate.parse({ name: 'Kept' })).id];
  const put = (...parts: string[]) => {
    fs.mkdirSync(path.join(core.dir, ...parts.slice(0, -1)), { recursive: true });
    fs.writeFileSync(path.join(core.dir, ...parts), 'x');
  };
  put('profile-exports', 'job_1.tabagent.part');
  put('profile-exports', 'job_1.tabagent.cookies', 'Cookies');
  put('profile-exports', `${newId('job')}.tabagent`);
  for (const id of [half, kept]) {
    put('profile-imports', id, 'Default', 'a');
    put('profiles', id, 'Default', 'a');
  }
  await host.start();
  expect(filesIn('profile-imports')).toEqual([]);
  expect(filesIn('profiles')).toEqual([kept]);
  expect(filesIn('profile-exports')).toHaveLength(1);
  // Its job is not known: the chore takes it.
  await host.archives.chores[0]?.run(new AbortController().signal);
  expect(filesIn('profile-exports')).toEqual([]);
});

// Catches an export that is kept for ever, or that goes before it could be fetched.
test('a file is kept for a day; a profile without files and cookies is exported without a browser', async () => {
  const { archives, profiles, context } = openHost();
  const { id } = profiles.create(ProfileCreate.parse({ name: 'Anna / ../x' }));
  const made = await archives.handlers.profiles_export(
    { id, include: ['settings', 'cookies', 'storage'], passphrase: PASSPHRASE, wait: true },
    context,
  );
  if (!('url' in made)) throw new Error('it was not waited for');
  const job = path.basename(made.url) as JobId;
  expect(archives.openExport(job)).toMatchObject({ name: 'Anna _ .._x.tabagent', bytes: made.bytes, root: core.dir });
  const chore = () => archives.chores[0]?.run(new AbortController().signal);
  core.clock.advance(23 * 3_600_000);
  await chore();
  expect(filesIn('profile-exports')).toHaveLength(1);
  core.clock.advance(2 * 3_600_000);
  await chore();
  expect(filesIn('profile-exports')).toEqual([]);
  expect(() => archives.openExport(job)).toThrow('There is no export');
}, 180_000);

// Catches a profile that stays in use, or a file that stays, when an export is cancelled in the middle; and a profile of half an import.
test('cancelled in the middle, an export and an import leave the profile free and nothing behind', async () => {
  const { archives, profiles, jobs, context } = openHost();
  const { id } = profiles.create(ProfileCreate.parse({ name: 'Anna' }));
  fs.mkdirSync(profiles.folder(id), { recursive: true });
  fs.writeFileSync(path.join(profiles.folder(id), 'large'), Buffer.alloc(64 * 1024 * 1024));
  const cancelled = async (job: JobId) => {
    for (let at = 0; jobs.get(job).progress.step === null && at < 1000; at++) await new Promise(setImmediate);
    await jobs.cancel(job);
    expect(await jobs.ended(job)).toMatchObject({ status: 'cancelled' });
  };
  const sealed = { passphrase: PASSPHRASE, wait: false };
  await cancelled(jobIn(await archives.handlers.profiles_export({ id, include: ['storage'], ...sealed }, context)));
  expect(filesIn('profile-exports')).toEqual([]);
  expect(profiles.get(id).holder).toBeNull();
  fs.writeFileSync(
    path.join(core.dir, 'upload'),
    `age-encryption.org/v1\n-> scrypt ${'A'.repeat(22)} 18\n${'A'.repeat(43)}\n--- ${'A'.repeat(43)}\n`,
  );
  const input = { upload_id: newId('upload'), on_duplicate: 'rename', dry_run: false, ...sealed } as const;
  await cancelled(jobIn(await archives.handlers.profiles_import(input, context)));
  expect([filesIn('profile-imports'), filesIn('profiles')]).toEqual([[], [id satisfies ProfileId]]);
}, 180_000);
