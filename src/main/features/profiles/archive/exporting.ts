/** Exports: a job that writes one sealed archive of a closed profile, and the file that it leaves for a day. */
import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import {
  ARCHIVE_PARTS,
  type ArchivePart,
  needsSeal,
  ProfileArchive,
} from '../../../../contract/automation/profile/archive.ts';
import { ProfileCreate } from '../../../../contract/automation/profiles.ts';
import { AppError, invalidField } from '../../../../contract/kernel/errors.ts';
import { type JobId, JsonObject, ProfileId } from '../../../../contract/kernel/scalars.ts';
import type { Clock } from '../../../core/clock.ts';
import { copyOwned } from '../../../core/disk/owned-copies.ts';
import { makeOwnedFolder } from '../../../core/disk/owned-files.ts';
import { entryOf, listOwned, listOwnedSync, removeOwned } from '../../../core/disk/owned-trees.ts';
import type { FileContent, Principal } from '../../../core/operation/operation.ts';
import { OPERATOR } from '../../../core/operation/operator.ts';
import { wireMembers } from '../../../core/operation/values.ts';
import { notFound } from '../../../core/operation/versioned.ts';
import { runThread } from '../../../core/process/thread.ts';
import type { JobContext, JobKind, JobService } from '../../jobs/index.ts';
import { folderBytes, isCookieJar } from '../folders.ts';
import type { ProfileRow } from '../schema.ts';
import type { ProfileService } from '../service.ts';
import { type About, FORMAT } from './format.ts';
import { Packed } from './pack.ts';
import type { Passphrases } from './passphrases.ts';

const Input = z.strictObject({
  profile_id: ProfileId,
  include: z.array(z.enum(ARCHIVE_PARTS)),
  sealed: z.boolean(),
});
type Input = z.infer<typeof Input>;

/** How long the file of an export is kept, ms. */
const KEPT_MS = 24 * 3_600_000;
const ENDING = '.tabagent';
/** What a name of the profile may bring into the name of a file. */
const UNSAFE = /[^\p{L}\p{N} ._-]/gu;

/** What exports and imports are made of. */
export interface ArchiveDeps {
  profiles: Pick<ProfileService, 'archives' | 'hold' | 'create' | 'update' | 'get'>;
  jobs: JobService;
  clock: Clock;
  dataDir: string;
  /** Path of the built `profile-archive.thread`. */
  thread: string;
  version: string;
}

/** Says how far a thread is. */
export function progressOf(total: number, progress: JobContext<unknown, unknown>['progress']) {
  return (done: number) =>
    progress({
      percent: total === 0 ? null : Math.min(99, Math.floor((done / total) * 100)),
      done_bytes: done,
      total_bytes: total,
    });
}

/** @throws AppError `validation-error`, `invalid-state` for data of a profile that keeps none */
function requireExportable(row: ProfileRow, include: readonly ArchivePart[], passphrase: string | undefined): void {
  if (!needsSeal(include)) return;
  if (row.storage === 'ephemeral') {
    throw new AppError('invalid-state', `${row.name} keeps nothing when it is closed; export its settings alone.`, {
      extra: { expected: 'persistent', actual: 'ephemeral' },
    });
  }
  if (passphrase === undefined) throw invalidField('passphrase', 'is needed for cookies and storage: they are logins');
}

/** Settings that mean something on another computer. */
const settingsOf = (row: ProfileRow): About['settings'] => {
  const { executable_path: _path, ...rest } = wireMembers(ProfileCreate, row);
  return JsonObject.parse(rest);
};

/** The files of exports, one for each job. */
function createFiles({ jobs, clock, dataDir }: Pick<ArchiveDeps, 'jobs' | 'clock' | 'dataDir'>) {
  const dir = path.join(dataDir, 'profile-exports');
  const fileOf = (job: JobId) => `${entryOf(dir, job)}${ENDING}`;

  function isOver(job: JobId): boolean {
    if (!jobs.exists(job)) return true;
    const { finished_at } = jobs.get(job, OPERATOR);
    return finished_at !== null && Date.parse(finished_at) + KEPT_MS < clock.now();
  }

  return {
    dir,
    fileOf,
    /** The file that a job made. @throws AppError `not-found` when it is another job, or the file is gone */
    content(job: JobId, principal: Principal): FileContent {
      const made = ProfileArchive.safeParse(jobs.get(job, principal).result);
      const file = fileOf(job);
      const found = listOwnedSync(dataDir, dir).some((entry) => entry.isFile() && entry.name === path.basename(file));
      if (!made.success || !found) throw notFound('export', job);
      const { name, bytes } = made.data;
      return { root: dataDir, path: file, name, mime: 'application/octet-stream', bytes };
    },
    /** Removes files that are older than a day; at the start also what a host that was killed was writing. */
    async prune(all: 'old' | 'unfinished'): Promise<void> {
      for (const { name } of await listOwned(dataDir, dir)) {
        const isWhole = name.endsWith(ENDING);
        const job = path.basename(name, ENDING) as JobId;
        if (all === 'unfinished' ? !isWhole : isWhole && isOver(job)) await removeOwned(dataDir, path.join(dir, name));
      }
    },
  };
}

/** @returns writes the archive of a profile that is held */
function createWriter(deps: ArchiveDeps, passphrases: Passphrases, { dir, fileOf }: ReturnType<typeof createFiles>) {
  const { dataDir, thread } = deps;
  const { archives } = deps.profiles;

  /** The cookies of a closed profile, read by a browser on a copy of their files: the rest stays untouched. */
  async function cookiesOf(row: ProfileRow, copy: string, signal: AbortSignal) {
    const from = archives.dirOf(row.id);
    const wanted = (name: string) => /^(?:Local State|Default|Default\/Network)$/.test(name) || isCookieJar(name);
    await copyOwned(dataDir, from, copy, (name) => !wanted(name), signal);
    const has = await Promise.all(
      ['Default/Cookies', 'Default/Network/Cookies'].map((name) =>
        fs.promises.lstat(path.join(copy, name)).then(
          () => true,
          () => false,
        ),
      ),
    );
    if (!has.includes(true)) return [];
    return archives.withJar(copy, row, (jar) => jar.all(), signal);
  }

  async function write(job: JobId, row: ProfileRow, { input, signal, progress }: JobContext<Input, null>) {
    const { include } = input;
    const passphrase = passphrases.of(job, input.sealed);
    makeOwnedFolder(dataDir, dir);
    const [part, copy] = [`${fileOf(job)}.part`, `${fileOf(job)}.cookies`];
    try {
      progress({ step: 'cookies' });
      const cookies = include.includes('cookies') ? await cookiesOf(row, copy, signal) : null;
      const about: About = {
        ...{ format: FORMAT, product: deps.version, platform: process.platform, include, name: row.name },
        browser: { family: row.browser, version: await archives.versionOf(row) },
        settings: include.includes('settings') ? settingsOf(row) : null,
        left_out: [{ item: 'caches and locks', reason: 'the browser makes them again', lost: false }],
      };
      const from = include.includes('storage') ? archives.dirOf(row.id) : null;
      progress({ step: 'files' });
      const total = from === null ? 0 : await folderBytes(from);
      const asked = { root: dataDir, dir: from, target: part, about, cookies, passphrase };
      const { bytes, sha256 } = await runThread(thread, { pack: asked }, Packed, signal, progressOf(total, progress));
      await fs.promises.rename(part, fileOf(job));
      const name = `${row.name.replaceAll(UNSAFE, '_')}${ENDING}`;
      return { url: `/v1/profiles/exports/${job}`, bytes, sha256, name } satisfies ProfileArchive;
    } finally {
      for (const rest of [part, copy]) await removeOwned(dataDir, rest);
    }
  }

  return write;
}

/** Creates the operations. */
export function createExports(deps: ArchiveDeps, passphrases: Passphrases) {
  const { archives, hold } = deps.profiles;
  const files = createFiles(deps);
  const write = createWriter(deps, passphrases, files);

  const kind: JobKind<Input, null> = {
    name: 'profiles_export',
    input: Input,
    checkpoint: z.null(),
    // The passphrase went with the host that was told it.
    resumable: false,
    async run(context) {
      const row = archives.require(context.input.profile_id);
      const lease = hold(row.id, { kind: 'manual', id: 'export' });
      try {
        return await write(context.id, row, context);
      } finally {
        await lease.release();
      }
    },
  };
  const { start } = deps.jobs.register(kind);

  return {
    /** @throws AppError `not-found`, `validation-error`, `invalid-state`, `conflict` with `holder`, `profile-locked` */
    async begin(
      { id, include, passphrase }: { id: ProfileId; include: readonly ArchivePart[]; passphrase?: string | undefined },
      requestId: string,
    ) {
      const row = archives.require(id);
      requireExportable(row, include, passphrase);
      // Whoever asks is told now, and not by a job, that the browser has to be stopped.
      await hold(id, { kind: 'manual', id: 'export' }).release();
      const started = start({
        input: {
          profile_id: id,
          include: ARCHIVE_PARTS.filter((part) => include.includes(part)),
          sealed: passphrase !== undefined,
        },
        ...{ scope: 'admin', area: 'automation', requestId },
        prepare: (job) => passphrases.remember(job, passphrase),
      });
      return passphrases.untilDone(started);
    },
    content: files.content,
    prune: files.prune,
  };
}
