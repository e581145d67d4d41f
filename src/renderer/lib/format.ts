/** Numbers, times and sizes as people read them. */
import { byteText } from '../../contract/kernel/text/byte-text.ts';

/** `812 ms`, `4.2 s`, `3 m 12 s`, `2 h 05 m`. */
export function duration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return '–';
  if (Math.round(ms) < 1_000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1_000;
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.floor(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} m ${String(Math.floor(seconds % 60)).padStart(2, '0')} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48
    ? `${hours} h ${String(minutes % 60).padStart(2, '0')} m`
    : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** `512 B`, `1.4 KB`, `23 MB` (1024-based). */
export const bytes = (count: number | null | undefined): string =>
  count === null || count === undefined ? '–' : byteText(count);

/** `1,234`. */
export const count = (value: number): string => value.toLocaleString('en');

/** `97 %`, from a share of one. */
export const percent = (share: number | null | undefined): string =>
  share === null || share === undefined
    ? '–'
    : `${share >= 0.9995 || share === 0 ? Math.round(share * 100) : (share * 100).toFixed(1)} %`;

/** `just now`, `42 s ago`, `5 min ago`, `in 3 h`, `Mon 07:30`, `12 Nov 2026`. */
export function ago(at: string | number | null | undefined, now: number): string {
  if (at === null || at === undefined) return '–';
  const time = typeof at === 'number' ? at : Date.parse(at);
  const seconds = Math.round(Math.abs(now - time) / 1_000);
  if (seconds < 5) return 'just now';
  const word = (text: string) => (time > now ? `in ${text}` : `${text} ago`);
  if (seconds < 60) return word(`${seconds} s`);
  if (seconds < 3_600) return word(`${Math.floor(seconds / 60)} min`);
  if (seconds < 86_400) return word(`${Math.floor(seconds / 3_600)} h`);
  const date = new Date(time);
  // Of a whole week the name of the day would mean today.
  if (seconds < 6 * 86_400) {
    const day = date.toLocaleDateString('en-GB', { weekday: 'short' });
    return `${day} ${pad(date.getHours())}:${pad(date.getMinutes())}`;
  }
  return date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
}

const pad = (value: number, width = 2) => String(value).padStart(width, '0');

/** Local `14:03:09.120`. */
export function clock(at: string | number): string {
  const date = new Date(at);
  return `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}.${pad(date.getMilliseconds(), 3)}`;
}

/** Local `2026-11-20 14:03:09`. */
export function dateTime(at: string | number | null | undefined): string {
  if (at === null || at === undefined) return '–';
  const date = new Date(at);
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())} ${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
}

/** `browser_not_found` → `Browser not found`. */
export function words(code: string): string {
  const text = code.replaceAll(/[_-]+/g, ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Last characters of an id, enough to tell rows apart: `tsk_…q7m2k9`. */
export const shortId = (id: string): string => (id.length > 16 ? `${id.slice(0, 4)}…${id.slice(-6)}` : id);

/** `1 entry`, `2 entries`. */
export const plural = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;
