/** Numbers within bounds, as expressions over their digits. */
import { either, literal } from './gbnf.ts';

/** Longest number that every JSON reader keeps exactly as a double. */
const MAX_DIGITS = 15;

const digit = (from: string, to: string) => (from === to ? literal(from) : `[${from}-${to}]`);
const any = (count: number) => (count === 0 ? '' : count === 1 ? '[0-9]' : `[0-9]{${count}}`);
const joined = (...parts: string[]) => parts.filter((part) => part !== '').join(' ');

/** Whole numbers from `low` to `high`, both of the same number of digits; leading zeros count. */
function sameLength(low: string, high: string): string {
  if (/^0*$/.test(low) && /^9*$/.test(high)) return any(low.length);
  const [l = '', h = ''] = [low[0], high[0]];
  const [lowRest, highRest] = [low.slice(1), high.slice(1)];
  if (l === h) return joined(literal(l), sameLength(lowRest, highRest));
  const options: string[] = [];
  let [from, to] = [Number(l), Number(h)];
  if (!/^0*$/.test(lowRest)) {
    options.push(joined(literal(l), sameLength(lowRest, '9'.repeat(lowRest.length))));
    from += 1;
  }
  let last: string | null = null;
  if (!/^9*$/.test(highRest)) {
    last = joined(literal(h), sameLength('0'.repeat(highRest.length), highRest));
    to -= 1;
  }
  if (from <= to) options.push(joined(digit(String(from), String(to)), any(lowRest.length)));
  if (last !== null) options.push(last);
  return either(options);
}

/** Whole numbers from `low`, at least 0, to `high`; null is unbounded. */
function natural(low: number, high: number | null): string {
  const options: string[] = [];
  const lowText = String(low);
  const highText = high === null ? null : String(high);
  const longest = highText?.length ?? lowText.length;
  for (let length = lowText.length; length <= longest; length++) {
    const from = length === lowText.length ? lowText : `1${'0'.repeat(length - 1)}`;
    const to = length === highText?.length ? highText : '9'.repeat(length);
    options.push(sameLength(from, to));
  }
  if (high === null && lowText.length < MAX_DIGITS) options.push(`[1-9] [0-9]{${lowText.length},${MAX_DIGITS - 1}}`);
  return either(options);
}

/** Bounds, both included. */
export interface Range {
  low: number | null;
  high: number | null;
}

/** Splits a range at 0; the negative part is a minus sign before the absolute value. */
function signed({ low, high }: Range, amount: (low: number, high: number | null) => string): string {
  const options: string[] = [];
  if (low === null || low < 0) {
    const least = high === null || high >= 0 ? 0 : -high;
    options.push(joined('"-"', amount(least, low === null ? null : -low)));
  }
  if (high === null || high >= 0) options.push(amount(Math.max(0, low ?? 0), high));
  return either(options);
}

/** Whole numbers in the range, which is not empty. */
export const integersIn = (range: Range) => signed(range, natural);

const FRACTION = '("." [0-9]{1,15})?';

/** Numbers in the range, whose bounds are whole. */
export const numbersIn = (range: Range) =>
  signed(range, (low, high) => {
    if (high === null) return joined(natural(low, null), FRACTION);
    const top = joined(literal(String(high)), '("." "0"{1,15})?');
    return low === high ? top : either([joined(natural(low, high - 1), FRACTION), top]);
  });
