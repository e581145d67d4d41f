/** Text for a terminal, and text of callers in what they are answered. */

/** C0 and C1 controls but tab and line feed, and the marks that change the direction of what follows. */
const UNPRINTABLE = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/g;

/** Without what a terminal obeys instead of showing: escape sequences, carriage returns, changes of direction. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, '\uFFFD');
}

/** {@link printable} text of at most `length` characters, without half of a surrogate pair; what is left out is an ellipsis. */
export function excerpt(text: string, length: number): string {
  const short = text.length <= length ? text : `${text.slice(0, length - 1)}…`;
  return printable(short.toWellFormed()).replaceAll(/[\t\n]/g, ' ');
}

/** JSON that a terminal shows and a program reads as it was: the same characters as escapes. */
export function printableJson(json: string): string {
  return json.replace(UNPRINTABLE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
