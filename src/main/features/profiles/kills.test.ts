/** What the next host finds when this one is killed between a folder with logins and the row that names it. */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openTestCore, type TestCore } from '../../../../tests/support/core.ts';
import { openArchiveHost } from '../../../../tests/support/profile-archives.ts';
import { ProfileCreate } from '../../../contract/automation/profiles.ts';
import { AppError } from '../../../contract/kernel/errors.ts';
import type { JobId, ProfileId } from '../../../contract/kernel/scalars.ts';
import { newId } from '../../core/ids.ts';

const PASSPHRASE = 'correct horse battery';
let core: TestCore;
let host: ReturnType<typeof openArchiveHost>;
let id: ProfileId;
beforeEach(async () => {
  core = openTestCore();
  host = openArchiveHost(core);
  await host.profiles.startUp();
  ({ id } = host.profiles.create(ProfileCreate.parse({ name: 'Anna' })));
  fs.mkdirSync(host.profiles.folder(id), { recursive: true });
  fs.writeFileSync(path.join(host.profiles.folder(id), 'state'), 'login');
});
afterEach(() => {
  core[Symbol.dispose]();
});

/** Names of folders that hold the login, below a data folder. */
const holding = (dir: string) =>
  fs
    .readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((name) => path.basename(name) === 'state')
    .map((name) => path.basename(path.dirname(name)))
    .sort();

/** Keeps the data folder as it is each time a folder is moved or removed, or a row written: a kill leaves it so. */
async function momentsOf(work: () => Promise<unknown>): Promise<string[]> {
  const kept: string[] = [];
  const keep = () => {
    const to = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-moment-'));
    fs.cpSync(core.dir, to, { recursive: true });
    kept.push(to);
  };
  const rename = fs.renameSync;
  vi.spyOn(fs, 'renameSync').mockImplementation((from, to) => {
    keep();
    rename(from, to);
    keep();
  });
  const transaction = core.db.transaction;
  vi.spyOn(core.db, 'transaction').mockImplementation((run) => {
    const done = transaction(run);
    keep();
    return done;
  });
  syncBuiltinESMExports();
  await work().finally(() => {
    vi.restoreAllMocks();
    syncBuiltinESMExports();
  });
  keep();
  return kept;
}

async function exported(): Promise<Buffer> {
  const input = { id, include: ['settings' as const, 'storage' as const], passphrase: PASSPHRASE, wait: true as const };
  const made = await host.archives.handlers.profiles_export(input, host.context);
  if (!('url' in made)) throw new AppError('invalid-state');
  return fs.readFileSync(host.archives.openExport(path.basename(made.url) as JobId).path);
}

// Would catch: logins in a folder that no profile and no snapshot names, which nothing shows and nothing ever removes.
test.each<[string, () => Promise<unknown>]>([
  ['a copy', () => host.profiles.clone(id, { with_storage: true, count: 2 }, new AbortController().signal)],
  ['a snapshot', () => host.profiles.snapshots.create(id)],
  [
    'a snapshot that is brought back, and deleted',
    async () => {
      const { id: snapshot } = await host.profiles.snapshots.create(id);
      await host.profiles.snapshots.restore(id, snapshot);
      await host.profiles.snapshots.delete(id, snapshot);
    },
  ],
  [
    'an import',
    async () => {
      fs.writeFileSync(path.join(core.dir, 'upload'), await exported());
      const input = { upload_id: newId('upload'), on_duplicate: 'rename', passphrase: PASSPHRASE } as const;
      await host.archives.handlers.profiles_import({ ...input, dry_run: false, wait: true }, host.context);
    },
  ],
])(
  'a kill at any moment of %s leaves no login without a name',
  async (_title, work) => {
    const moments = await momentsOf(work);
    expect(moments.length).toBeGreaterThan(2);
    for (const [n, dir] of moments.entries()) {
      const later = openTestCore({}, dir);
      const next = openArchiveHost(later);
      await next.profiles.startUp();
      await next.start();
      const { items } = await next.profiles.list({ limit: 100, count: false });
      const profiles = items.map((one) => one.id);
      const named = profiles.flatMap((one) => [one, ...next.profiles.snapshots.list(one).items.map((row) => row.id)]);
      expect(profiles).toContain(id);
      const found = holding(dir);
      expect(
        found.filter((name) => !named.includes(name as never)),
        `moment ${n}`,
      ).toEqual([]);
      expect(found, `moment ${n}`).toContain(id);
      // Nor is there a snapshot that cannot be brought back.
      const rows = profiles.flatMap((one) => next.profiles.snapshots.list(one).items.map((row) => row.id));
      expect(rows.filter((row) => !found.includes(row))).toEqual([]);
      later[Symbol.dispose]();
      fs.rmSync(dir, { recursive: true, force: true });
    }
  },
  120_000,
);
