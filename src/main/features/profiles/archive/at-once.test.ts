/** Imports at the same time, and ones whose profile cannot be made. */
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openTestCore, type TestCore } from '../../../../../tests/support/core.ts';
import { openArchiveHost } from '../../../../../tests/support/profile-archives.ts';
import { ProfileCreate } from '../../../../contract/automation/profiles.ts';
import { AppError } from '../../../../contract/kernel/errors.ts';
import type { JobId, ProfileId, UploadId } from '../../../../contract/kernel/scalars.ts';
import { newId } from '../../../core/ids.ts';

const PASSPHRASE = 'correct horse battery';
let core: TestCore;
beforeEach(() => {
  core = openTestCore();
});
afterEach(() => core[Symbol.dispose]());

const foldersIn = (name: string) => {
  const dir = path.join(core.dir, name);
  return fs.existsSync(dir) ? fs.readdirSync(dir).sort() : [];
};

/** A host, and an archive of a profile with one file that is not there any more. */
async function openSubject() {
  const host = openArchiveHost(core, (id) => path.join(core.dir, id));
  const { profiles, archives, context } = host;
  const { id } = profiles.create(ProfileCreate.parse({ name: 'Anna' }));
  fs.mkdirSync(profiles.folder(id), { recursive: true });
  fs.writeFileSync(path.join(profiles.folder(id), 'state'), 'mine');
  const made = await archives.handlers.profiles_export(
    { id, include: ['settings', 'storage'], passphrase: PASSPHRASE, wait: true },
    context,
  );
  if (!('url' in made)) throw new Error('it was not waited for');
  const archive = fs.readFileSync(archives.openExport(path.basename(made.url) as JobId).path);
  profiles.remove(id);
  core.clock.advance(1);
  await profiles.purge(core.clock.now());
  expect(foldersIn('profiles')).toEqual([]);

  /** Imports it once more, from an upload of its own. */
  async function again(on_duplicate: 'skip' | 'rename' | 'replace') {
    const upload_id: UploadId = newId('upload');
    fs.writeFileSync(path.join(core.dir, upload_id), archive);
    const input = { upload_id, on_duplicate, dry_run: false, passphrase: PASSPHRASE, wait: true } as const;
    const answer = await archives.handlers.profiles_import(input, context);
    if (!('items' in answer)) throw new Error('it was not waited for');
    return answer;
  }
  const names = () =>
    core.db.raw.prepare('SELECT name FROM profile WHERE deleted_at IS NULL ORDER BY name').pluck().all();
  const stateOf = (one: ProfileId) => fs.readFileSync(path.join(profiles.folder(one), 'state'), 'utf8');
  return { ...host, again, names, stateOf };
}

describe('two imports of an archive at the same time', () => {
  // Catches two profiles of one name where the second was to be passed over: both looked before either had made one.
  test('make one profile where the second is to be passed over, which it says', async () => {
    const { again, names, stateOf } = await openSubject();
    const answers = await Promise.all([again('skip'), again('skip')]);
    expect(names()).toEqual(['Anna']);
    const made = answers.flatMap(({ items }) => items);
    expect(made).toHaveLength(1);
    expect(stateOf(made[0]?.id as ProfileId)).toBe('mine');
    expect(answers.flatMap(({ report }) => report.filter(({ status }) => status === 'rejected'))).toEqual([
      expect.objectContaining({ item: 'Anna', reason: 'there is a profile of this name' }),
    ]);
    expect(foldersIn('profiles')).toEqual([made[0]?.id]);
    expect(foldersIn('profile-imports')).toEqual([]);
  }, 120_000);

  // Catches one free name that both have found.
  test('make profiles of two names where the second is to be renamed', async () => {
    const { again, names } = await openSubject();
    await Promise.all([again('rename'), again('rename'), again('rename')]);
    expect(names()).toEqual(['Anna', 'Anna 2', 'Anna 3']);
  }, 120_000);

  // Catches an import that finds its profile in use by another one, which holds it while it looks or replaces, and fails.
  test('all take the place of one profile, one after the other', async () => {
    const { again, names, stateOf, profiles } = await openSubject();
    await profiles.startUp();
    const [made] = (await again('skip')).items;
    const id = made?.id as ProfileId;
    for (let round = 0; round < 4; round++) {
      fs.writeFileSync(path.join(profiles.folder(id), 'state'), 'later');
      const answers = await Promise.all(Array.from({ length: 4 }, () => again('replace')));
      expect(answers.flatMap(({ items }) => items.map((one) => one.id))).toEqual([id, id, id, id]);
      expect([names(), stateOf(id)]).toEqual([['Anna'], 'mine']);
    }
    expect(foldersIn('profiles')).toEqual([id]);
    expect(foldersIn('profile-imports')).toEqual([]);
  }, 120_000);
});

// Catches the logins of a profile that could not be made, in a folder that belongs to nobody and that nothing ever removes.
test('an import whose profile cannot be made leaves no folder, and the next one is not held up', async () => {
  const { again, names } = await openSubject();
  const append = vi.spyOn(core.events, 'append').mockImplementationOnce(() => {
    throw new AppError('storage-full');
  });
  await expect(again('skip')).rejects.toMatchObject({ slug: 'storage-full' });
  append.mockRestore();
  expect([foldersIn('profiles'), foldersIn('profile-imports'), names()]).toEqual([[], [], []]);
  expect((await again('skip')).items).toHaveLength(1);
}, 120_000);
