/** The report of an import: what does not work here, and why. It names no site and no value: whoever may see jobs can read it. */
import type { z } from 'zod';
import type { ArchiveItem } from '../../../../contract/automation/profile/archive.ts';
import type { Cookie } from '../../../../contract/automation/profile/cookies.ts';
import { ProfileCreate } from '../../../../contract/automation/profiles.ts';
import { issueText } from '../../../../contract/kernel/text/issue-text.ts';
import type { Jar } from '../cookies/browser-jar.ts';
import { refusalOf } from '../cookies/rules.ts';
import type { Unpacked } from './unpack.ts';

type Found = z.infer<typeof Unpacked>;
/** Files that are named one by one. */
const MAX_NAMED = 100;

const ENDS_AT_ONCE = 'is a session cookie, which ends with the browser';
const SET_AGAIN = 'set again by the browser of this computer';
const NOT_TAKEN = 'was not taken by the browser';

/** What happened to cookies, by reason. */
export interface CookieLosses {
  kept: number;
  lost: ReadonlyMap<string, number>;
}

/** What a browser would not keep. @param now unix seconds */
export function siftCookies(cookies: readonly Cookie[], now: number) {
  const lost = new Map<string, number>();
  const lose = (reason: string) => lost.set(reason, (lost.get(reason) ?? 0) + 1);
  const good = cookies.filter((cookie) => {
    const reason = cookie.expires === null ? ENDS_AT_ONCE : refusalOf(cookie, now);
    if (reason !== null) lose(reason);
    return reason === null;
  });
  return { good, lost, lose };
}

/** Sets what a browser keeps. */
export async function putCookies(jar: Jar, cookies: readonly Cookie[], now: number): Promise<CookieLosses> {
  const { good, lost, lose } = siftCookies(cookies, now);
  const dropped = await jar.set(good);
  for (const _cookie of dropped) lose(NOT_TAKEN);
  return { kept: good.length - dropped.length, lost };
}

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;

export function cookieItems({ kept, lost }: CookieLosses): ArchiveItem[] {
  return [
    ...(kept > 0 ? [{ item: counted(kept, 'cookie'), status: 'ok', reason: SET_AGAIN } as const] : []),
    ...[...lost].map(([reason, count]): ArchiveItem => ({ item: counted(count, 'cookie'), status: 'lost', reason })),
  ];
}

/** All cookies lost for one reason. */
export const noCookies = (cookies: readonly Cookie[], reason: string): ArchiveItem[] =>
  cookies.length === 0 ? [] : [{ item: counted(cookies.length, 'cookie'), status: 'lost', reason }];

export function fileItems({ about, files, cookies, wrong }: Found): ArchiveItem[] {
  const named = wrong
    .slice(0, MAX_NAMED)
    .map((item): ArchiveItem => ({ item, status: 'rejected', reason: 'its content is not what the manifest says' }));
  const more = wrong.length - named.length;
  const good = files - (cookies === null ? 0 : 1) - wrong.length;
  return [
    ...(good > 0
      ? [{ item: counted(good, 'file'), status: 'ok', reason: 'as in the archive, by their hashes' } as const]
      : []),
    ...named,
    ...(more > 0 ? [{ item: counted(more, 'more file'), status: 'rejected', reason: 'as above' } as const] : []),
    ...about.left_out.map(
      ({ item, reason, lost }): ArchiveItem => ({
        item,
        status: lost ? 'lost' : 'ok',
        reason: `not exported: ${reason}`,
      }),
    ),
  ];
}

const majorOf = (version: string | null) => Number.parseInt(version ?? '', 10);

/** What depends on the computer: the browser, what it has sealed, and its extensions. */
export function computerItems(
  { about, hasPasswords, hasExtensions }: Found,
  here: { platform: string; version: string | null; browser: string },
): ArchiveItem[] {
  const items: ArchiveItem[] = [];
  const { version } = about.browser;
  if (majorOf(version) > majorOf(here.version)) {
    items.push({
      item: 'data of a newer browser',
      status: 'lost',
      reason: `the profile was used with ${version}, and the ${here.browser} here is ${here.version}: it may drop data that it does not know; update it`,
    });
  }
  const moved = about.platform !== here.platform;
  // On Windows the system seals them for one user of one computer.
  if (hasPasswords && (moved || here.platform === 'win32')) {
    items.push({
      item: 'saved passwords',
      status: 'lost',
      reason: 'if there are any, they were sealed for the computer that they come from',
    });
  }
  if (hasExtensions && moved) {
    items.push({
      item: 'extensions',
      status: 'lost',
      reason: 'the browser turns off those that come from another system; install them again',
    });
  }
  return items;
}

/** The settings of an archive as those of a new profile: each that cannot be used is left out and told. */
export function settingsIn(found: Found): { settings: ProfileCreate; items: ArchiveItem[] } {
  const { name, browser, settings } = found.about;
  const base = { name, browser: browser.family };
  const items: ArchiveItem[] = [];
  const taken: Record<string, unknown> = {};
  for (const [member, value] of Object.entries(settings ?? {})) {
    // The path of a program is never taken from a file, and what proxies and pools are called differs from host to host.
    if (['executable_path', 'proxy_id', 'pool_id'].includes(member)) continue;
    const schema = Object.hasOwn(ProfileCreate.shape, member)
      ? ProfileCreate.shape[member as keyof typeof ProfileCreate.shape]
      : undefined;
    const read = schema?.safeParse(value);
    if (read?.success) taken[member] = value;
    else {
      const issue = read?.error.issues[0];
      const why = issue === undefined ? 'this version of TabAgent does not know it' : issueText(issue);
      items.push({ item: `setting ${member.slice(0, 50)}`, status: 'rejected', reason: why });
    }
  }
  return { settings: ProfileCreate.parse({ ...base, ...taken, name }), items };
}
