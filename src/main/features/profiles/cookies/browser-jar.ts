/** The cookies of a running browser, over its debugging pipe. */
import { z } from 'zod';
import type { Cookie } from '../../../../contract/automation/profile/cookies.ts';
import { JsonObject } from '../../../../contract/kernel/json.ts';
import type { PipeClient } from '../cdp/pipe-client.ts';
import { hostOf, placeOf } from './rules.ts';

/** What Chromium says of a cookie; `expires` is -1 for one that ends with the browser. */
const ChromiumCookie = z.object({
  name: z.string(),
  value: z.string(),
  domain: z.string(),
  path: z.string(),
  expires: z.number(),
  httpOnly: z.boolean(),
  secure: z.boolean(),
  sameSite: z.enum(['Strict', 'Lax', 'None']).optional(),
  partitionKey: z.object({ topLevelSite: z.string(), hasCrossSiteAncestor: z.boolean() }).optional(),
});
const All = z.object({ cookies: z.array(ChromiumCookie) });

/** Cookies that are set with one command. */
const TOGETHER = 500;

function toChromium(cookie: Cookie): JsonObject {
  const { domain, expires, sameSite, partitionKey, ...rest } = cookie;
  const host = hostOf(domain) ?? domain;
  return {
    ...rest,
    // With a domain it would go to subdomains as well: an address alone makes a cookie of one host.
    ...(domain.startsWith('.')
      ? { domain: `.${host}` }
      : { url: `${cookie.secure ? 'https' : 'http'}://${host}${cookie.path}` }),
    ...(expires === null ? {} : { expires }),
    ...(sameSite === null ? {} : { sameSite }),
    ...(partitionKey === null ? {} : { partitionKey }),
  };
}

/** Cookies of the browser's own profile; windows without traces have others. */
export interface Jar {
  all(): Promise<Cookie[]>;
  /** Sets cookies that are not refused. @returns those that the browser did not keep */
  set(cookies: readonly Cookie[]): Promise<Cookie[]>;
  /** Removes these cookies. */
  remove(cookies: readonly Cookie[]): Promise<void>;
}

/** Opens the jar of a browser. Every method throws AppError `browser-failed` when the browser ends meanwhile. */
export function createJar(cdp: Pick<PipeClient, 'call'>): Jar {
  async function all(): Promise<Cookie[]> {
    const { cookies } = await cdp.call('Storage.getCookies', {}, All);
    return cookies.map(({ expires, sameSite = null, partitionKey = null, ...rest }) => ({
      ...rest,
      expires: expires < 0 ? null : expires,
      sameSite,
      partitionKey,
    }));
  }
  /** A command with one bad cookie sets none: it is halved until the bad one stands alone. */
  async function put(cookies: readonly Cookie[]): Promise<void> {
    try {
      await cdp.call('Storage.setCookies', { cookies: cookies.map(toChromium) }, JsonObject);
    } catch (error) {
      const half = Math.floor(cookies.length / 2);
      if (half > 0) {
        await put(cookies.slice(0, half));
        await put(cookies.slice(half));
      } else await all().catch(() => Promise.reject(error)); // Gone altogether, or it was this cookie.
    }
  }
  async function remove(cookies: readonly Cookie[]): Promise<void> {
    // Chromium has no command that removes one cookie of a profile without a page: an end in the past does.
    const past = cookies.map((cookie) => ({ ...cookie, expires: 1 }));
    for (let at = 0; at < past.length; at += TOGETHER) await put(past.slice(at, at + TOGETHER));
  }
  async function set(cookies: readonly Cookie[]): Promise<Cookie[]> {
    const before = new Set((await all()).map(placeOf));
    for (let at = 0; at < cookies.length; at += TOGETHER) await put(cookies.slice(at, at + TOGETHER));
    const after = new Map((await all()).map((cookie) => [placeOf(cookie), cookie]));
    const lost = cookies.filter((cookie) => after.get(placeOf(normal(cookie)))?.value !== cookie.value);
    // Of a cookie for all of `.com` Chromium makes one for the host `com`, which nobody has asked for.
    const strays = lost.flatMap((cookie) => {
      const stray = after.get(placeOf({ ...normal(cookie), domain: hostOf(cookie.domain) ?? '' }));
      return stray !== undefined && !before.has(placeOf(stray)) ? [stray] : [];
    });
    await remove(strays);
    return lost;
  }

  return {
    all,
    set,
    remove,
  };
}

/** As the browser writes its domain. */
const normal = (cookie: Cookie): Cookie => {
  const host = hostOf(cookie.domain) ?? cookie.domain;
  return { ...cookie, domain: cookie.domain.startsWith('.') ? `.${host}` : host };
};
