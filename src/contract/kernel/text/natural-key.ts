/** Natural order of names: "profile 2" stands before "profile 10", case and accents do not matter. */

/** Digits of the length that stands before a number in a key; a longer number than that can tell is compared as text. */
const LENGTH_DIGITS = 3;
const LONGEST = 10 ** LENGTH_DIGITS - 1;

/**
 * A text that orders by code point, and so by SQLite's `BINARY` collation, as the name orders naturally. Names that differ in case,
 * accents or leading zeros only have the same key. The host stores it beside the name, the panel computes it.
 */
export function naturalKey(name: string): string {
  return name
    .normalize('NFD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .normalize('NFC')
    .replaceAll(/\d+/g, (digits) => {
      const number = digits.replace(/^0+(?=\d)/, '');
      return String(Math.min(number.length, LONGEST)).padStart(LENGTH_DIGITS, '0') + number;
    });
}
