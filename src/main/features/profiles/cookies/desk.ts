/** The cookie desk: reads, sets, removes and copies the cookies of profiles, whether their browsers run or not. */
import type { Cookie, CookieVerdict } from '../../../../contract/automation/profile/cookies.ts';
import { AppError } from '../../../../contract/kernel/errors.ts';
import type { ProfileId } from '../../../../contract/kernel/scalars.ts';
import type { Clock } from '../../../core/clock.ts';
import { inTurns } from '../../../core/scheduling/in-turns.ts';
import type { PipeClient } from '../cdp/pipe-client.ts';
import { createJar, type Jar } from './browser-jar.ts';
import { type ReadFormat, readCookies, writeCookies } from './formats/index.ts';
import type { Parsed } from './formats/parsed.ts';
import { isOfDomain, isSentTo, placeOf, refusalOf } from './rules.ts';

/** Runs some commands on the browser of a profile: the open one, or one without a window that is closed again. */
export type Visit = <T>(id: ProfileId, run: (cdp: PipeClient, wasOpen: boolean) => Promise<T>) => Promise<T>;

interface Selection {
  domain?: string | undefined;
  name?: string | undefined;
}

interface NewCookies {
  cookies?: readonly Cookie[] | undefined;
  text?: string | undefined;
  format: ReadFormat;
  domain?: string | undefined;
  mode: 'merge' | 'replace';
}

/** @throws AppError `validation-error` unless exactly one of both is given */
async function parsedOf({ cookies, text, format, domain }: NewCookies): Promise<Parsed> {
  if ((cookies === undefined) === (text === undefined)) {
    throw new AppError('validation-error', 'Give either cookies or text.', {
      errors: { text: 'either this or cookies' },
    });
  }
  if (text !== undefined) return readCookies(text, format, domain);
  return { cookies: (cookies ?? []).map((cookie, i) => ({ line: i + 1, cookie })), rejected: [] };
}

/** What a browser would not take is refused; of cookies for one place the last counts, as in a browser. */
async function sift({ cookies, rejected }: Parsed, now: number) {
  const refused = [...rejected];
  const places = new Map<string, { line: number; cookie: Cookie }>();
  await inTurns(cookies, (entry) => {
    const reason = refusalOf(entry.cookie, now);
    if (reason === null) places.set(placeOf(entry.cookie), entry);
    else refused.push({ line: entry.line, reason });
  });
  return { taken: [...places.values()], refused };
}

const ENDS_AT_ONCE = 'a session cookie ends with the browser; open the profile first';

const verdict = (imported: number, rejected: CookieVerdict['rejected']): CookieVerdict => ({
  imported,
  rejected: rejected.sort((a, b) => a.line - b.line),
});

/** Creates the desk. */
export function createCookieDesk(deps: { visit: Visit; clock: Pick<Clock, 'now'> }) {
  const { visit, clock } = deps;
  const chosen = (cookie: Cookie, { domain, name }: Selection) =>
    (domain === undefined || isOfDomain(cookie, domain)) && (name === undefined || cookie.name === name);
  const open = <T>(id: ProfileId, run: (jar: Jar, wasOpen: boolean) => Promise<T>) =>
    visit(id, (cdp, wasOpen) => run(createJar(cdp), wasOpen));

  /** @param within what `replace` removes: cookies of this domain, or all */
  async function put(
    id: ProfileId,
    parsed: Parsed,
    { mode, within }: { mode: NewCookies['mode']; within?: string | undefined },
  ) {
    const { taken, refused } = await sift(parsed, clock.now() / 1000);
    // Nothing that can be used is no reason to lose what is there.
    if (taken.length === 0) return verdict(0, refused);
    return open(id, async (jar, wasOpen) => {
      const short = taken.filter(({ cookie }) => cookie.expires === null && !wasOpen);
      const lasting = taken.filter((entry) => !short.includes(entry));
      if (mode === 'replace')
        await jar.remove((await jar.all()).filter((cookie) => chosen(cookie, { domain: within })));
      const lost = new Set(await jar.set(lasting.map(({ cookie }) => cookie)));
      const dropped = lasting.filter(({ cookie }) => lost.has(cookie));
      return verdict(lasting.length - dropped.length, [
        ...refused,
        ...short.map(({ line }) => ({ line, reason: ENDS_AT_ONCE })),
        ...dropped.map(({ line }) => ({ line, reason: 'the browser did not take it' })),
      ]);
    });
  }

  return {
    /** Cookies in the order of domain, path and name. @throws AppError `validation-error` for a header without a domain */
    async get(id: ProfileId, format: 'json' | 'netscape' | 'header', domain: string | undefined) {
      if (format === 'header' && domain === undefined) {
        throw new AppError('validation-error', 'A Cookie header goes to one domain; say which.', {
          errors: { domain: 'is needed for a header' },
        });
      }
      const all = await open(id, (jar) => jar.all());
      const cookies = all
        .filter((cookie) =>
          format === 'header' ? isSentTo(cookie, domain ?? '') : domain === undefined || isOfDomain(cookie, domain),
        )
        .sort((a, b) => compare(a.domain, b.domain) || compare(a.path, b.path) || compare(a.name, b.name));
      return { cookies, text: writeCookies(cookies, format) };
    },
    /** @throws AppError `validation-error`; as {@link Visit} does */
    set: async (id: ProfileId, input: NewCookies): Promise<CookieVerdict> =>
      put(id, await parsedOf(input), { mode: input.mode }),
    delete: (id: ProfileId, selection: Selection): Promise<{ deleted: number }> =>
      open(id, async (jar) => {
        const before = await jar.all();
        await jar.remove(before.filter((cookie) => chosen(cookie, selection)));
        return { deleted: before.length - (await jar.all()).length };
      }),
    /** Copies from one profile to another. @throws AppError `validation-error` for a profile onto itself */
    async copy(id: ProfileId, from: ProfileId, domain: string | undefined, mode: NewCookies['mode']) {
      if (id === from) {
        throw new AppError('validation-error', 'Choose another profile to copy from.', {
          errors: { from: 'is the same' },
        });
      }
      const all = await open(from, (jar) => jar.all());
      const cookies = all.filter((cookie) => chosen(cookie, { domain })).map((cookie, i) => ({ line: i + 1, cookie }));
      return put(id, { cookies, rejected: [] }, { mode, within: domain });
    },
  };
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
