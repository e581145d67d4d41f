/** What an archive is: a tar, sealed by age with a passphrase. Its first entry is a manifest that names all others. */
import { z } from 'zod';
import { ARCHIVE_PARTS } from '../../../../contract/automation/profile/archive.ts';
import { Cookie } from '../../../../contract/automation/profile/cookies.ts';
import { BrowserFamily } from '../../../../contract/automation/profiles.ts';
import { OUTPUT_BOUNDS, parseBounded } from '../../../../contract/kernel/bounds.ts';
import { PAYLOAD_LIMITS } from '../../../../contract/kernel/define.ts';
import { AppError } from '../../../../contract/kernel/errors.ts';
import { JsonObject } from '../../../../contract/kernel/json.ts';
import { isCookieJar, isLeftOut } from '../folders.ts';

/** Version of the format; a reader takes its own and no other. */
export const FORMAT = 1;
export const MANIFEST = 'manifest.json';
export const COOKIES = 'cookies.json';
/** How names of entries begin that are files of the profile. */
export const STORAGE = 'storage/';

/** What a reader and a writer take. An archive has to fit into an upload. */
export const LIMITS = {
  files: 50_000,
  manifestBytes: 16 * 1024 * 1024,
  cookiesBytes: 16 * 1024 * 1024,
  bytes: PAYLOAD_LIMITS.file - 64 * 1024 * 1024,
  /** Of the path of one file; its folders. */
  pathBytes: 1024,
  depth: 32,
  /** Exponent of scrypt's cost: 18 takes 256 MiB and about a second. A header may ask for more, without end. */
  workFactor: 18,
} as const;

const Size = z.int().min(0);
/** One entry beside the manifest. */
const Listed = z.strictObject({ path: z.string(), bytes: Size, sha256: z.string().regex(/^[0-9a-f]{64}$/) });
export type Listed = z.infer<typeof Listed>;

const Text = z.string().max(200);
/** What the manifest says beside its list of files. */
export const About = z.object({
  format: z.literal(FORMAT),
  product: Text,
  platform: Text,
  browser: z.object({ family: BrowserFamily, version: Text.nullable() }),
  include: z.array(z.enum(ARCHIVE_PARTS)),
  /** Of the profile; the settings are checked like those of a new one. */
  name: z.string().trim().min(1).max(100),
  settings: JsonObject.nullable(),
  /** What stayed behind, and why; `lost` where it is missed. */
  left_out: z.array(z.object({ item: Text, reason: Text, lost: z.boolean() })).max(20),
});
export type About = z.infer<typeof About>;
const Manifest = About.extend({ files: z.array(Listed).max(LIMITS.files) });
export type Manifest = z.infer<typeof Manifest>;
export const Cookies = z.array(Cookie).max(10_000);

/** @param fault what is wrong, for programs */
export const refused = (fault: string, detail: string, cause?: unknown): AppError =>
  new AppError('unprocessable-entity', detail, { extra: { fault }, cause });
export const damaged = (cause?: unknown): AppError =>
  refused('damaged', 'The archive is damaged or cut off; export it again, or copy the file again.', cause);
const hostile = (what: string): AppError =>
  refused('hostile', `The archive ${what}, which no export writes; nothing of it was taken.`);
const tooLarge = (what: string): AppError =>
  refused('too-large', `The archive ${what}, more than is taken; nothing of it was taken.`);

/** Reads JSON of an archive. @throws AppError */
export function readJson(bytes: Buffer): unknown {
  try {
    return parseBounded(bytes.toString('utf8'), OUTPUT_BOUNDS);
  } catch (error) {
    throw damaged(error);
  }
}

/** @throws AppError `unprocessable-entity` with `fault` */
export function readManifest(bytes: Buffer): Manifest {
  const found = readJson(bytes);
  const format = z.object({ format: z.unknown() }).safeParse(found).data?.format;
  if (typeof format === 'number' && format !== FORMAT) {
    throw refused(
      'format',
      `The archive has format ${format}, and this version of TabAgent reads format ${FORMAT}. Update TabAgent, or export the profile again.`,
    );
  }
  const files = z.object({ files: z.array(z.unknown()) }).safeParse(found).data?.files;
  if ((files?.length ?? 0) > LIMITS.files) throw tooLarge(`has ${files?.length} files`);
  const read = Manifest.safeParse(found);
  if (!read.success) throw damaged(read.error);
  requireSound(read.data);
  return read.data;
}

/** Windows takes these for something else, or refuses them; every system takes `.` and `..` for another folder. */
const STRANGE = /[\u0000-\u001f\\:*?"<>|]|[. ]$/;

/** Why a path is none of a file of a profile that travels; null when it is. */
export function faultOf(path: string): string | null {
  if (Buffer.byteLength(path) > LIMITS.pathBytes) return 'has a path that is too long';
  const names = path.split('/');
  if (names.length > LIMITS.depth) return 'has folders that are too deep';
  if (names.some((name) => name === '' || STRANGE.test(name))) return 'has a path that leads elsewhere';
  return isLeftOut(path) || isCookieJar(path) ? 'has a file that belongs to a running browser' : null;
}

/** @throws AppError for paths that lead out, that are there twice, or that are a file and a folder; for sizes beyond the limits */
function requireSound({ files, include }: Manifest): void {
  const seen = new Set<string>();
  let bytes = 0;
  for (const file of files) {
    bytes += file.bytes;
    if (bytes > LIMITS.bytes) throw tooLarge(`unpacks to more than ${LIMITS.bytes} bytes`);
    if (file.path === COOKIES) {
      if (!include.includes('cookies') || file.bytes > LIMITS.cookiesBytes) throw damaged();
    } else {
      const fault = file.path.startsWith(STORAGE) ? faultOf(file.path.slice(STORAGE.length)) : 'has an unknown entry';
      if (fault !== null) throw hostile(fault);
      if (!include.includes('storage')) throw hostile('has files that it does not announce');
    }
    // On some systems these are one file.
    const key = file.path.normalize('NFC').toLowerCase();
    if (seen.has(key)) throw hostile('has the same file twice');
    seen.add(key);
  }
  for (const key of seen) {
    for (let at = key.lastIndexOf('/'); at > 0; at = key.lastIndexOf('/', at - 1))
      if (seen.has(key.slice(0, at))) throw hostile('has a file that is also a folder');
  }
}
