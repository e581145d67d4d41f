/** Cookies of profiles: credentials, so reading them needs the right to manage and is audited. */
import { z } from 'zod';
import { call } from '../../kernel/define.ts';
import { ProfileId } from '../../kernel/scalars.ts';

/** Characters of cookies as a text: a HAR file of a long visit, or a jar of a few thousand sites. */
const MAX_TEXT = 8 * 1024 * 1024;
/** Cookies of one call. Chromium keeps 3 300 of a profile before it begins to drop the oldest. */
const MAX_COOKIES = 10_000;

/** The site in which a partitioned cookie (CHIPS) is sent. */
export const PartitionKey = z.object({ topLevelSite: z.string().max(2048), hasCrossSiteAncestor: z.boolean() });

/** One cookie. A domain with a leading dot includes subdomains; without it the cookie goes to that host alone. */
export const Cookie = z.object({
  name: z.string(),
  value: z.string(),
  domain: z.string(),
  path: z.string(),
  /** Unix seconds; null for a session cookie, which ends with the browser. */
  expires: z.number().nullable(),
  httpOnly: z.boolean(),
  secure: z.boolean(),
  /** Null where the site has not said, which browsers take for `Lax`. */
  sameSite: z.enum(['Strict', 'Lax', 'None']).nullable(),
  partitionKey: PartitionKey.nullable(),
});
export type Cookie = z.infer<typeof Cookie>;

/** A cookie to set: what is left out is as a site would have left it out. */
const CookieInput = z.strictObject({
  ...Cookie.shape,
  name: z.string().max(4096),
  value: z.string().max(4096),
  domain: z.string().min(1).max(255),
  path: z.string().max(2048).default('/'),
  expires: z.number().nullable().default(null),
  httpOnly: z.boolean().default(false),
  secure: z.boolean().default(false),
  sameSite: Cookie.shape.sameSite.default(null),
  partitionKey: PartitionKey.nullable().default(null),
});

/** Text forms of cookies. */
export const COOKIE_FORMATS = ['json', 'netscape', 'header'] as const;

/** What became of each cookie that was to be set. */
export const CookieVerdict = z.object({
  imported: z.int(),
  /** `line` counts lines of a text, and cookies of a list, from 1. */
  rejected: z.array(z.object({ line: z.int(), reason: z.string() })),
});
export type CookieVerdict = z.infer<typeof CookieVerdict>;

const Domain = z.string().min(1).max(255);
const area = { area: 'automation', tags: ['profiles'], scope: 'manage' } as const;

export const cookieOperations = {
  profiles_cookies_get: call(
    z.strictObject({
      id: ProfileId,
      /** A domain, with its subdomains. */
      domain: Domain.optional(),
      /** `header` gives what a browser would send to `domain`. */
      format: z.enum(COOKIE_FORMATS).default('json'),
    }),
    z.object({ cookies: z.array(Cookie), text: z.string().nullable() }),
    {
      ...area,
      row: 'B08',
      summary: 'Cookies of a profile, running or not',
      audited: true,
      http: { method: 'GET', path: '/v1/profiles/{id}/cookies' },
    },
  ),
  profiles_cookies_set: call(
    z.strictObject({
      id: ProfileId,
      cookies: z.array(CookieInput).max(MAX_COOKIES).optional(),
      /** JSON of any exporter, Netscape, a Cookie header, Set-Cookie lines or HAR. */
      text: z.string().max(MAX_TEXT).optional(),
      format: z.enum(['auto', ...COOKIE_FORMATS, 'set_cookie', 'har']).default('auto'),
      /** Where cookies belong whose text does not say, as in a Cookie header. */
      domain: Domain.optional(),
      /** `replace` removes all others first. */
      mode: z.enum(['merge', 'replace']).default('merge'),
    }),
    CookieVerdict,
    {
      ...area,
      row: 'B09',
      summary: 'Set cookies of a profile, running or not',
      payload: 'documents',
      http: { method: 'PUT', path: '/v1/profiles/{id}/cookies' },
    },
  ),
  profiles_cookies_delete: call(
    z.strictObject({ id: ProfileId, domain: Domain.optional(), name: z.string().max(4096).optional() }),
    z.object({ deleted: z.int() }),
    {
      ...area,
      row: 'B10',
      summary: 'Delete cookies of a profile: all, of a domain, or of a name',
      http: { method: 'DELETE', path: '/v1/profiles/{id}/cookies' },
    },
  ),
  profiles_cookies_copy: call(
    z.strictObject({
      /** Whose cookies change. */
      id: ProfileId,
      from: ProfileId,
      domain: Domain.optional(),
      mode: z.enum(['merge', 'replace']).default('merge'),
    }),
    CookieVerdict,
    {
      ...area,
      row: '-',
      summary: 'Copy cookies from another profile',
      http: { method: 'POST', path: '/v1/profiles/{id}/cookies/copy' },
    },
  ),
};
