/** What reading a text of cookies gives: each with the line it stood in, or why it is none. */

import type { Cookie } from '../../../../../contract/automation/profile/cookies.ts';
import { invalidField } from '../../../../../contract/kernel/errors.ts';
import { hasMoreLines, inTurns } from '../../../../core/scheduling/in-turns.ts';

export interface Parsed {
  cookies: { line: number; cookie: Cookie }[];
  rejected: { line: number; reason: string }[];
}

/** Reads the items of a text one by one; what cannot be read is refused by its line. @throws AppError as {@link requireSome} does */
export async function collect<T>(
  items: readonly { line: number; item: T }[],
  read: (item: T) => Cookie | readonly Cookie[],
): Promise<Parsed> {
  requireSome(items.length);
  const parsed: Parsed = { cookies: [], rejected: [] };
  await inTurns(items, ({ line, item }) => {
    try {
      for (const cookie of [read(item)].flat()) parsed.cookies.push({ line, cookie });
      requireSome(parsed.cookies.length);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      parsed.rejected.push({ line, reason: error.message });
    }
  });
  return parsed;
}

/** Lines and cookies of one text, several times what a browser keeps. */
const MOST = 20_000;
/** Characters of one line: servers take headers of a quarter of it. */
const MAX_LINE = 64 * 1024;

/** @throws AppError `validation-error` beyond what one text may hold */
export function requireSome(count: number): void {
  if (count > MOST) throw invalidField('text', `holds more than ${MOST} lines or cookies; import fewer at a time`);
}
/** @throws AppError as {@link requireSome} does */
export function requireLines(text: string): void {
  if (hasMoreLines(text, MOST)) requireSome(MOST + 1);
}

/** @throws Unreadable for a line that takes long to read */
export function requireShort(line: string): string {
  if (line.length > MAX_LINE) throw new Unreadable(`is longer than ${MAX_LINE} characters`);
  return line;
}

/** Why an item is no cookie, in words for the operator. Never quotes a value: it is a credential. */
export class Unreadable extends Error {}

/** What every cookie has unless its text says otherwise. */
export const PLAIN: Omit<Cookie, 'name' | 'value' | 'domain'> = {
  path: '/',
  expires: null,
  httpOnly: false,
  secure: false,
  sameSite: null,
  partitionKey: null,
};

/** The SameSite of all exporters' spellings. */
export function sameSiteOf(value: unknown): Cookie['sameSite'] {
  const word = String(value ?? '').toLowerCase();
  if (word === 'strict') return 'Strict';
  if (word === 'lax') return 'Lax';
  return word === 'none' || word === 'no_restriction' ? 'None' : null;
}

/** Seconds since 1970 from what exporters write: seconds, milliseconds or microseconds as number or text, or a date; null for a session cookie. */
export function expiresOf(value: unknown): number | null {
  if (value === undefined || value === null || value === '' || value === 0 || value === '0' || value === -1)
    return null;
  const number = Number(value);
  if (Number.isNaN(number)) {
    const date = Date.parse(String(value));
    if (Number.isNaN(date)) throw new Unreadable('the time of its end cannot be read');
    return date / 1000;
  }
  if (number <= 0) return null;
  // No cookie lives until the year 5000: a larger number counts smaller units.
  if (number > 1e14) return number / 1e6;
  return number > 1e11 ? number / 1e3 : number;
}
