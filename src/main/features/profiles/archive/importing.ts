/** Imports: a job that verifies an archive in a folder of its own, and makes a profile of it at the very end. */
import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { ArchiveItem, ProfileImport } from '../../../../contract/automation/profile/archive.ts';
import type { Profile, ProfileCreate } from '../../../../contract/automation/profiles.ts';
import { toAppError } from '../../../../contract/kernel/errors.ts';
import { PoolId, ProfileId, ProxyId, UploadId } from '../../../../contract/kernel/scalars.ts';
import { makeOwnedFolder } from '../../../core/disk/owned-files.ts';
import { entryOf, listOwned, removeOwned } from '../../../core/disk/owned-trees.ts';
import { newId } from '../../../core/ids.ts';
import { runThread } from '../../../core/process/thread.ts';
import type { JobContext, JobKind } from '../../jobs/index.ts';
import { markedBy, placed } from '../copies.ts';
import { folderBytes } from '../folders.ts';
import { type ArchiveDeps, progressOf } from './exporting.ts';
import type { Passphrases } from './passphrases.ts';
import { computerItems, cookieItems, fileItems, noCookies, putCookies, settingsIn, siftCookies } from './report.ts';
import { Unpacked } from './unpack.ts';

const Input = z.strictObject({
  upload_id: UploadId,
  principal: z.string(),
  on_duplicate: z.enum(['skip', 'rename', 'replace']),
  dry_run: z.boolean(),
  sealed: z.boolean(),
});
type Input = z.infer<typeof Input>;
type Found = z.infer<typeof Unpacked>;

/** Uploads as an import takes them. */
export interface TakenUploads {
  require(id: UploadId, principal: string): { file: string };
  taken(id: UploadId): Promise<void>;
}

/** What is to be done with an archive. */
type Plan =
  | { do: 'create'; settings: ProfileCreate }
  | { do: 'replace'; id: ProfileId; settings: ProfileCreate }
  | { do: 'nothing'; reason: string };

type ImportDeps = ArchiveDeps & { uploads: TakenUploads };

/** Decides what becomes of an archive, and tells everything that can be told before anything is done. */
function createPreview({ archives }: ArchiveDeps['profiles']) {
  function planFor(settings: ProfileCreate, mode: Input['on_duplicate']): Plan {
    const [same, ...more] = archives.named(settings.name);
    if (same === undefined) return { do: 'create', settings };
    if (mode === 'rename') return { do: 'create', settings: { ...settings, name: freeName(settings.name) } };
    if (mode === 'skip') return { do: 'nothing', reason: 'there is a profile of this name' };
    if (more.length > 0) {
      const reason = `${more.length + 1} profiles have this name, so none is replaced`;
      return { do: 'nothing', reason };
    }
    return { do: 'replace', id: same, settings };
  }

  function freeName(name: string): string {
    const base = name.slice(0, 90);
    for (let n = 2; ; n++) if (archives.named(`${base} ${n}`).length === 0) return `${base} ${n}`;
  }

  /** Everything that can be told before anything is done. */
  async function preview(found: Found, input: Input) {
    const { settings, items } = settingsIn(found);
    const version = await archives.versionOf(settings);
    const here = { platform: process.platform, version, browser: settings.browser };
    const report: ArchiveItem[] = [...items, ...fileItems(found), ...computerItems(found, here), ...proxyItems(found)];
    return { plan: planFor(settings, input.on_duplicate), settings, report };
  }

  /** A proxy is none of the settings that travel: its password would, too. */
  function proxyItems(found: Found): ArchiveItem[] {
    const { settings } = found.about;
    const pool = PoolId.safeParse(settings?.pool_id);
    if (pool.success && !archives.hasPool(pool.data)) {
      const reason = 'pools do not travel; the profile does not start before you choose one, a proxy, or none';
      return [{ item: 'pool', status: 'lost', reason }];
    }
    const id = ProxyId.safeParse(settings?.proxy_id);
    if (!id.success || archives.hasProxy(id.data)) return [];
    const reason = 'proxies do not travel; the profile does not start before you choose one, or none';
    return [{ item: 'proxy', status: 'lost', reason }];
  }

  return { preview, planFor };
}

/** Makes a profile of what was verified. */
function createPlacing(deps: ImportDeps) {
  const { dataDir, clock } = deps;
  const { archives } = deps.profiles;

  /** Sets the cookies in the folder that is to become the profile's. */
  async function cookies(found: Found, folder: string, settings: ProfileCreate, signal: AbortSignal) {
    const all = found.cookies ?? [];
    if (all.length === 0) return [];
    makeOwnedFolder(dataDir, folder);
    try {
      const kept = await archives.withJar(folder, settings, (jar) => putCookies(jar, all, clock.now() / 1000), signal);
      return cookieItems(kept);
    } catch (thrown) {
      signal.throwIfAborted();
      const error = toAppError(thrown);
      if (error.slug !== 'browser-not-found') throw error;
      return noCookies(all, `there is no browser to set them with: ${error.message}`);
    }
  }

  async function place(plan: Plan, found: Found, id: ProfileId, folder: string): Promise<Profile | null> {
    const proxy_id = ProxyId.safeParse(found.about.settings?.proxy_id).data ?? null;
    const pool_id = proxy_id === null ? (PoolId.safeParse(found.about.settings?.pool_id).data ?? null) : null;
    switch (plan.do) {
      case 'nothing':
        return null;
      case 'create': {
        const has = fs.existsSync(folder);
        const size_bytes = has ? await folderBytes(folder) : 0;
        // One that is not here is kept as a name without a proxy or pool: nothing goes out without it.
        return placed({ from: has ? folder : null, to: archives.dirOf(id) }, () =>
          deps.profiles.create(plan.settings, { id, size_bytes, proxy_id, pool_id }),
        );
      }
      case 'replace': {
        if (fs.existsSync(folder)) await archives.replaceFolder(plan.id, folder);
        if (found.about.settings === null) return deps.profiles.get(plan.id);
        // The proxy and the program are those that the operator of this computer has chosen.
        const { proxy_id: _proxy, pool_id: _pool, executable_path: _path, name: _name, ...settings } = plan.settings;
        return deps.profiles.update(plan.id, settings, {});
      }
    }
  }

  return { cookies, place };
}

const rejected = ({ name }: ProfileCreate, reason: string): ArchiveItem => ({ item: name, status: 'rejected', reason });

/** @returns does the work of the job */
function createReader(deps: ImportDeps, passphrases: Passphrases, dir: string) {
  const { dataDir, clock, thread, uploads } = deps;
  const { preview, planFor } = createPreview(deps.profiles);
  const { cookies, place } = createPlacing(deps);
  /** The last import that makes a profile: what a name leads to is decided when all before it have made theirs. */
  let last: Promise<unknown> = Promise.resolve();
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  }

  async function read({ id, input, signal, progress }: JobContext<Input, null>): Promise<ProfileImport> {
    const { file } = uploads.require(input.upload_id, input.principal);
    const passphrase = passphrases.of(id, input.sealed);
    const profile = newId('profile');
    // Named by the profile that it may become, as its mark will be.
    const folder = entryOf(dir, profile);
    makeOwnedFolder(dataDir, dir);
    try {
      progress({ step: 'reading' });
      const bytes = (await fs.promises.lstat(file)).size;
      const asked = { root: dataDir, file, target: input.dry_run ? null : folder, passphrase };
      const found = await runThread(thread, { unpack: asked }, Unpacked, signal, progressOf(bytes, progress));
      const { plan, settings, report } = await preview(found, input);
      // Said before the browser is started, not after; in turn, because another import may hold the same profile for a moment.
      if (plan.do === 'replace')
        await inTurn(() => deps.profiles.hold(plan.id, { kind: 'manual', id: 'import' }).release());
      if (plan.do === 'nothing') report.unshift(rejected(settings, plan.reason));
      if (input.dry_run || plan.do === 'nothing') {
        const { good, lost } = siftCookies(found.cookies ?? [], clock.now() / 1000);
        if (plan.do !== 'nothing' && found.cookies !== null) report.push(...cookieItems({ kept: good.length, lost }));
        return { items: [], report };
      }
      progress({ step: 'cookies' });
      if (!found.about.include.some((part) => part !== 'settings')) await removeOwned(dataDir, folder);
      report.push(...(await cookies(found, folder, settings, signal)));
      signal.throwIfAborted();
      const made = await inTurn(async () => {
        const now = planFor(settings, input.on_duplicate);
        if (now.do === 'nothing') report.unshift(rejected(settings, now.reason));
        return place(now, found, profile, folder);
      });
      await uploads.taken(input.upload_id);
      return { items: made === null ? [] : [made], report };
    } finally {
      await removeOwned(dataDir, folder);
    }
  }

  return read;
}

/** Creates the operation. */
export function createImports(deps: ImportDeps, passphrases: Passphrases) {
  const { dataDir, uploads } = deps;
  const { archives } = deps.profiles;
  const dir = path.join(dataDir, 'profile-imports');
  const read = createReader(deps, passphrases, dir);

  const kind: JobKind<Input, null> = {
    name: 'profiles_import',
    input: Input,
    checkpoint: z.null(),
    resumable: false,
    run: async (context) => ({ ...(await read(context)) }),
  };
  const { start } = deps.jobs.register(kind);

  return {
    /** @throws AppError `not-found` for an upload that is not the caller's */
    begin(
      { passphrase, ...input }: Omit<Input, 'principal' | 'sealed'> & { passphrase?: string | undefined },
      principal: string,
      requestId: string,
    ) {
      uploads.require(input.upload_id, principal);
      const started = start({
        input: { ...input, principal, sealed: passphrase !== undefined },
        ...{ scope: 'manage', area: 'automation', requestId },
        prepare: (job) => passphrases.remember(job, passphrase),
      });
      return passphrases.untilDone(started);
    },
    /** Removes what a host that was killed was reading, and a folder whose profile it did not come to make. */
    async startUp(): Promise<void> {
      for (const { name } of await listOwned(dataDir, dir)) {
        const id = markedBy(name) ?? ProfileId.safeParse(name).data ?? null;
        if (id !== null && !archives.isKnown(id)) await removeOwned(dataDir, archives.dirOf(id));
        await removeOwned(dataDir, path.join(dir, name));
      }
    },
  };
}
