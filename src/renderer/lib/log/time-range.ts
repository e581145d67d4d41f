/** A piece of the log's time, as it stands in the address and on the screen. */
import { clock, dateTime } from '../format.ts';

/** Unix ms; `to` is not part of it. */
export interface TimeRange {
  from: number;
  to: number;
}

/** Shortest range whose ends are written without milliseconds, ms. */
const SECONDS_ENOUGH = 10_000;

/** The range of an address, `from` and `to` as unix ms; `null` when it has none or it makes no sense. */
export function parseRange(from: string | undefined, to: string | undefined): TimeRange | null {
  const [start, end] = [from, to].map((text) => (/^\d{1,15}$/.test(text ?? '') ? Number(text) : Number.NaN));
  return start !== undefined && end !== undefined && start < end ? { from: start, to: end } : null;
}

/** One end in local time, as exact as something of `length` ms needs. */
export function momentText(at: number, length: number): string {
  return length < SECONDS_ENOUGH ? clock(at) : clock(at).slice(0, 8);
}

/** `12:01:03 – 12:04:10`; with its day when it is another one than that of `now`. Local time. */
export function rangeText({ from, to }: TimeRange, now: number): string {
  const day = (at: number) => dateTime(at).slice(0, 10);
  const text = (at: number, withDay: boolean) => `${withDay ? `${day(at)} ` : ''}${momentText(at, to - from)}`;
  const over = day(from) !== day(to);
  return `${text(from, over || day(from) !== day(now))} – ${text(to, over)}`;
}
