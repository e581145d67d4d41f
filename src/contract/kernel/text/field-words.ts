/** Sentences for people from what validation errors say by path; the texts on the wire name members, not labels. */
import type { AppError } from '../errors.ts';

/** Labels of a form by path, such as `input.url` → `Address`. */
export type Titles = Readonly<Record<string, string>>;

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Name of a member without a label: `retry.backoff_seconds` → `Backoff seconds`, `argv.0` → `Argv 1`. */
export function nameOf(path: string): string {
  const parts = path.split(/[./]/).filter((part) => part !== '');
  const last = parts.at(-1) ?? 'input';
  const named = /^\d+$/.test(last) ? `${parts.at(-2) ?? 'item'} ${Number(last) + 1}` : last;
  return capital(named.replaceAll(/[_-]+/g, ' '));
}

/** What is wrong at a path: `url is required` at `input.url`, called “Address” → `Address is required`. */
export function fieldText(path: string, message: string, titles: Titles = {}): string {
  const last = path.split(/[./]/).at(-1) ?? path;
  const title = titles[path] ?? nameOf(path);
  if (message === 'unknown field') return `${title} is not a known field`;
  const reason = [path, last].reduce(
    (text, name) => (name !== '' && text.startsWith(`${name} `) ? text.slice(name.length + 1) : text),
    message,
  );
  return /^[a-z]/.test(reason) ? `${title} ${reason}` : reason;
}

/** A path with dots, also of a JSON Pointer: `/input/url` → `input.url`. */
const dotted = (path: string): string => (path.startsWith('/') ? path.slice(1).replaceAll('/', '.') : path);

/** {@link fieldText} of every path; the paths are as forms name their fields, {@link dotted}. */
export const fieldTexts = (errors: Readonly<Record<string, string>>, titles?: Titles): Record<string, string> =>
  Object.fromEntries(
    Object.entries(errors).map(([path, message]) => [dotted(path), fieldText(dotted(path), message, titles)]),
  );

/** What an error says to a person: its detail, or for a validation error the first thing that is wrong. */
export function errorText(error: AppError, titles?: Titles): string {
  const all = Object.entries(error.errors ?? {});
  const [first] = all;
  if (first === undefined || !error.message.startsWith("Field '")) return error.message;
  const more = all.length > 1 ? ` (and ${all.length - 1} more)` : '';
  return `${fieldText(...first, titles)}${more}`;
}
