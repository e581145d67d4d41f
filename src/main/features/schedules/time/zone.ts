/** What clocks on walls show in a time zone, from the zone data of the runtime. */

/** Unix ms. */
export type Instant = number;
/** What a clock on the wall shows, as the unix ms of the same reading in UTC. */
export type WallTime = number;

/** A stretch of time in which a zone keeps one distance to UTC. */
export interface Stretch {
  /** Its first instant; negative infinity for the first stretch of a search. */
  from: Instant;
  /** The first instant after it; infinity for the last stretch of a search. */
  to: Instant;
  /** Wall time minus instant, ms. */
  offset: number;
}

/** No zone has turned its clock there and back in less. */
const LOOK_MS = 12 * 3_600_000;
/** Each takes some ten KiB, and a name may be spelt in thousands of ways. */
const MOST_FORMATS = 100;
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    const digits = {
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    } as const;
    format = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', era: 'short', ...digits });
    for (const oldest of formats.keys()) if (formats.size >= MOST_FORMATS) formats.delete(oldest);
    formats.set(zone, format);
  }
  return format;
}

/** Wall time minus instant, ms. @throws RangeError for a zone that the runtime does not know */
export function offsetAt(zone: string, instant: Instant): number {
  const second = Math.floor(instant / 1000) * 1000;
  const parts: Record<string, string> = {};
  for (const { type, value } of formatOf(zone).formatToParts(second)) parts[type] = value;
  const { year, month, day, hour, minute, second: seconds } = parts;
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(seconds)) - second;
}

/** The instant, to the second, at which the offset changes between two that differ. */
function changeBetween(zone: string, before: Instant, after: Instant): Instant {
  const old = offsetAt(zone, before);
  let [low, high] = [Math.floor(before / 1000), Math.floor(after / 1000)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(zone, middle * 1000) === old) low = middle;
    else high = middle;
  }
  return high * 1000;
}

/** The stretches of a zone that have a part between two instants, in order. */
export function stretchesOf(zone: string, from: Instant, to: Instant): Stretch[] {
  const stretches: Stretch[] = [];
  let current: Stretch = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY, offset: offsetAt(zone, from) };
  for (let instant = from; instant < to; ) {
    const next = Math.min(instant + LOOK_MS, to);
    const offset = offsetAt(zone, next);
    if (offset !== current.offset) {
      const at = changeBetween(zone, instant, next);
      stretches.push({ ...current, to: at });
      current = { from: at, to: Number.POSITIVE_INFINITY, offset };
    }
    instant = next;
  }
  return [...stretches, current];
}
