/** Profiles as files: sealed archives that carry a profile, signed in, to another computer. */
import { z } from 'zod';
import { call, file } from '../../kernel/define.ts';
import { JobId, ProfileId, UploadId } from '../../kernel/scalars.ts';
import { Profile } from '../profiles.ts';

/** Parts of a profile that an archive may hold. */
export const ARCHIVE_PARTS = ['storage', 'cookies', 'settings'] as const;
export type ArchivePart = (typeof ARCHIVE_PARTS)[number];

/** Characters of a passphrase that seals an archive: whoever gets hold of the file can try as many as he likes. */
export const PASSPHRASE_LENGTH = { min: 12, max: 1024 } as const;

/** Whether these parts hold logins, which are never written in the clear. */
export const needsSeal = (include: readonly ArchivePart[]): boolean => include.some((part) => part !== 'settings');

/** What an export made. `url` is a path of this API, `profiles_export_content`: good for a day, with a credential or a ticket. */
export const ProfileArchive = z.object({ url: z.string(), bytes: z.int(), sha256: z.string(), name: z.string() });
export type ProfileArchive = z.infer<typeof ProfileArchive>;

/** What became of one thing that an archive holds, or should hold. */
export const ArchiveItem = z.object({
  item: z.string(),
  /** `lost`: it was there, and does not work here; `rejected`: it was not taken. */
  status: z.enum(['ok', 'lost', 'rejected']),
  reason: z.string(),
});
export type ArchiveItem = z.infer<typeof ArchiveItem>;

/** Profiles that were made or replaced, and what was lost on the way. */
export const ProfileImport = z.object({ items: z.array(Profile), report: z.array(ArchiveItem) });
export type ProfileImport = z.infer<typeof ProfileImport>;

const Begun = z.object({ job_id: JobId, request_id: z.string() });
const area = { area: 'automation', tags: ['profiles'] } as const;
const { min, max } = PASSPHRASE_LENGTH;

// Neither takes an Idempotency-Key: the hash of its input, which is stored, could be used to try passphrases.
export const profileArchiveOperations = {
  profiles_export: call(
    z.strictObject({
      id: ProfileId,
      /** Needed where the archive holds cookies or storage. Kept in memory until the job ends, and nowhere else. */
      passphrase: z.string().min(min).max(max).optional(),
      include: z
        .array(z.enum(ARCHIVE_PARTS))
        .min(1)
        .max(3)
        .default([...ARCHIVE_PARTS]),
      wait: z.boolean().default(false),
    }),
    z.union([ProfileArchive, Begun]),
    {
      ...area,
      row: 'B06',
      summary: 'Export a closed profile as one file, sealed with a passphrase',
      scope: 'admin',
      job: true,
      http: { method: 'POST', path: '/v1/profiles/{id}/export' },
    },
  ),
  profiles_export_content: file(z.strictObject({ id: JobId }), {
    ...area,
    row: '-',
    summary: 'The file that an export made (HTTP), or an address for it (frame doors)',
    scope: 'admin',
    audited: true,
    http: { method: 'GET', path: '/v1/profiles/exports/{id}' },
  }),
  profiles_import: call(
    z.strictObject({
      upload_id: UploadId,
      passphrase: z.string().min(1).max(max).optional(),
      /** What to do when there is a profile of the same name; `replace` keeps its present state as a snapshot. */
      on_duplicate: z.enum(['skip', 'rename', 'replace']).default('rename'),
      /** True: the whole archive is read and verified, and nothing is changed. */
      dry_run: z.boolean().default(false),
      wait: z.boolean().default(false),
    }),
    z.union([ProfileImport, Begun]),
    {
      ...area,
      row: 'B07',
      summary: 'Import a profile from an archive, with a report of what was lost',
      scope: 'manage',
      job: true,
      http: { method: 'POST', path: '/v1/profiles/import' },
    },
  ),
};
