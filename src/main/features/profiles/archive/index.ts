/** Archives of profiles: one file that carries a profile to another computer, signed in, and what makes a profile of it again. */
import { ProfileArchive, ProfileImport } from '../../../../contract/automation/profile/archive.ts';
import type { JobId } from '../../../../contract/kernel/scalars.ts';
import type { Part } from '../../../core/lifecycle.ts';
import type { Chore } from '../../../core/maintenance.ts';
import type { Handlers } from '../../../core/operation/operation.ts';
import { OPERATOR } from '../../../core/operation/operator.ts';
import { threadModule } from '../../../core/process/modules.ts';
import type { Platform } from '../../../platform/platform.ts';
import { type ArchiveDeps, createExports } from './exporting.ts';
import { createImports, type TakenUploads } from './importing.ts';
import { createPassphrases } from './passphrases.ts';

/** Ids of the operations that this feature answers. */
export type ProfileArchiveOperationId = 'profiles_export' | 'profiles_export_content' | 'profiles_import';

export function createProfileArchives(
  shared: Omit<ArchiveDeps, 'thread' | 'version' | 'jobs' | 'profiles'> & {
    jobs: { service: ArchiveDeps['jobs'] };
    profiles: { service: ArchiveDeps['profiles'] };
    uploads: TakenUploads;
    platform: Pick<Platform, 'appRoot' | 'versions'>;
  },
) {
  const { appRoot, versions } = shared.platform;
  const deps = {
    ...{ ...shared, jobs: shared.jobs.service, profiles: shared.profiles.service },
    ...{ thread: threadModule(appRoot, 'profiles/archive', 'profile-archive'), version: versions.app },
  };
  const passphrases = createPassphrases();
  const exports = createExports(deps, passphrases);
  const imports = createImports(deps, passphrases);
  const handlers: Handlers<ProfileArchiveOperationId> = {
    profiles_export: async ({ wait, ...input }, { requestId }) => {
      const { job, done, result } = await exports.begin(input, requestId);
      if (wait) return ProfileArchive.parse(await result());
      done.catch(() => undefined); // the job itself tells how it ended
      return { job_id: job.id as JobId, request_id: requestId };
    },
    profiles_export_content: ({ id }, { principal }) => exports.content(id, principal),
    profiles_import: async ({ wait, ...input }, { principal, requestId }) => {
      const { job, done, result } = imports.begin(input, principal.id, requestId);
      if (wait) return ProfileImport.parse(await result());
      done.catch(() => undefined); // the job itself tells how it ended
      return { job_id: job.id as JobId, request_id: requestId };
    },
  };
  const parts: Part[] = [
    {
      name: 'archives of profiles',
      start: async () => {
        await exports.prune('unfinished');
        await imports.startUp();
      },
    },
  ];
  const chores: Chore[] = [{ name: 'removing exports of profiles', run: () => exports.prune('old') }];
  /** The file of an export, for the desktop's own dialog. @throws AppError `not-found` */
  const openExport = (id: JobId) => exports.content(id, OPERATOR);
  return { handlers, parts, chores, openExport };
}
