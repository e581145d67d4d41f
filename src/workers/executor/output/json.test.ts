import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../../contract/kernel/redact/redact.ts';
import { NotJson, toLogJson, toStrictJson } from './json.ts';

const NONE = createRedactor();

describe('strict', () => {
  // Catches an output that changes on its way: what JSON holds comes through as it is.
  it('keeps every JSON value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.stringify(toStrictJson(value, 'output'))).toBe(JSON.stringify(value));
      }),
    );
  });

  it.each<[string, unknown, string]>([
    ['a Map', { rows: [{ at: new Map() }] }, 'output.rows[0].at: a Map'],
    ['a Set', [new Set()], 'output[0]: a Set'],
    ['NaN', { n: Number.NaN }, 'output.n: NaN'],
    ['an infinity', [1, -Number.POSITIVE_INFINITY], 'output[1]: -Infinity'],
    ['a bigint', { big: 1n }, 'output.big: a bigint'],
    ['a symbol', Symbol('x'), 'output: a symbol'],
    ['a function', { f: () => 1 }, 'output.f: a function'],
    ['a promise', { later: Promise.resolve(1) }, 'output.later: a Promise (is an await missing?)'],
    ['bytes', { file: new Uint8Array(3) }, 'output.file: bytes (use artifact() for files)'],
    ['an error', [new Error('x')], 'output[0]: an Error'],
    ['a handle of Playwright', { page: { _guid: 'page@1', _type: 'Page' } }, 'output.page: a Playwright Page'],
  ])('refuses %s and names its place', (_what, value, message) => {
    expect(() => toStrictJson(value, 'output')).toThrow(NotJson);
    expect(() => toStrictJson(value, 'output')).toThrow(message);
  });

  it('leaves undefined members out, and makes undefined itself and in lists null', () => {
    expect(toStrictJson(undefined, 'output')).toBeNull();
    expect(toStrictJson({ a: undefined, b: [undefined, 1] }, 'output')).toEqual({ b: [null, 1] });
  });

  it('honours toJSON, also that of a toJSON', () => {
    const value = { at: new Date(0), where: new URL('http://a.test/'), deep: { toJSON: () => ({ toJSON: () => 5 }) } };
    expect(toStrictJson(value, 'output')).toEqual({
      at: '1970-01-01T00:00:00.000Z',
      where: 'http://a.test/',
      deep: 5,
    });
  });

  // Catches a script that ends its process with a stack overflow in place of an error.
  it('refuses cycles and bottomless nesting, and takes what is merely used twice', () => {
    const cycle: Record<string, unknown> = {};
    cycle.self = [cycle];
    expect(() => toStrictJson(cycle, 'output')).toThrow('output.self[0]: refers to something that contains it');
    let deep: unknown = 1;
    for (let n = 0; n < 5000; n += 1) deep = [deep];
    expect(() => toStrictJson(deep, 'output')).toThrow('nested more than 64 levels');
    const shared = { a: 1 };
    expect(toStrictJson([shared, shared], 'output')).toEqual([{ a: 1 }, { a: 1 }]);
  });

  it('keeps a member called __proto__ a member', () => {
    const value: unknown = JSON.parse('{"__proto__":{"x":1}}');
    expect(JSON.stringify(toStrictJson(value, 'output'))).toBe('{"__proto__":{"x":1}}');
  });
});

describe('for the log', () => {
  // Catches a log call that throws into the script.
  it('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withMap: true, withSet: true, withDate: true }), (value) => {
        expect(() => JSON.stringify(toLogJson(value, NONE))).not.toThrow();
      }),
    );
  });

  it('shows an error as its name and message, and what JSON cannot hold as a text of bounded depth', () => {
    expect(toLogJson(new RangeError('too far'), NONE)).toEqual({ name: 'RangeError', message: 'too far' });
    expect(toLogJson(new Map([['a', 1]]), NONE)).toBe("Map(1) { 'a' => 1 }");
    const cycle: Record<string, unknown> = { n: 1 };
    cycle.self = cycle;
    expect(toLogJson(cycle, NONE)).toContain('[Circular');
    expect(String(toLogJson([new Map([['x', 'y'.repeat(50_000)]])], NONE)).length).toBeLessThan(33_000);
  });
});
