import { describe, expect, test } from 'vitest';
import { TestEvent } from './events.ts';

const place = { file: 'a.spec.ts', line: 3, column: 1 };
const error = { message: 'no', place, excerpt: { first_line: 1, lines: ['a', 'b'] } };
const attachment = { name: 'note', mime: 'text/plain', path: null, body: 'YQ==' };
/** One of each, as the reporter sends it. */
const GOOD: Record<TestEvent['t'], TestEvent> = {
  begin: { t: 'begin', total: 2 },
  group: { t: 'group', id: 1, parent: null, title: 'a.spec.ts', at: 1 },
  group_end: { t: 'group_end', id: 1, ok: true, at: 2 },
  test: { t: 'test', id: 2, parent: 1, title: 'adds', retry: 0, skipped: false, at: 1 },
  step: { t: 'step', id: 3, parent: 2, title: 'Click', at: 1 },
  step_end: { t: 'step_end', id: 3, error, at: 2 },
  test_end: {
    ...{ t: 'test_end', id: 2, path: ['a.spec.ts', 'adds'], project: '', place, status: 'failed', outcome: 'failed' },
    ...{ retry: 0, duration_ms: 1.5, errors: [error], attachments: [attachment], at: 2 },
  },
  error: { t: 'error', error },
  end: { t: 'end', status: 'failed', duration_ms: 2 },
};
const isTaken = (event: unknown) => TestEvent.safeParse(event).success;

/** All paths of members of an event, through its lists and objects. */
function paths(value: unknown, at: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [at];
  return [
    ...(at.length === 0 ? [] : [at]),
    ...Object.entries(value).flatMap(([name, member]) => paths(member, [...at, name])),
  ];
}
/** A copy in which one member is replaced, or without it. */
function changed(event: TestEvent, path: readonly string[], value?: unknown): unknown {
  const copy = structuredClone(event) as unknown as Record<string, unknown>;
  let holder = copy;
  for (const name of path.slice(0, -1)) holder = holder[name] as Record<string, unknown>;
  const last = path.at(-1) ?? '';
  if (value === undefined) delete holder[last];
  else holder[last] = value;
  return copy;
}

describe.each(Object.values(GOOD))('an event $t', (event) => {
  // Would catch: an event of the reporter that is refused, so that a test is missing in the task.
  test('is taken as the reporter sends it', () => {
    expect(TestEvent.parse(structuredClone(event))).toEqual(event);
  });

  // Would catch: a member that is believed whatever it is: an object where a number is computed with, a text without end.
  test('is refused when any member of it is something else', () => {
    for (const path of paths(event)) {
      // Items of lists that are taken out leave a shorter list.
      const isItem = /^\d+$/.test(path.at(-1) ?? '');
      if (!isItem) expect(isTaken(changed(event, path)), `without ${path.join('.')}`).toBe(false);
      const odd = [{ length: 1 }, [[]], Number.NaN, 'x'.repeat(1_600_000)];
      for (const [n, value] of odd.entries())
        expect(isTaken(changed(event, path, value)), `${path.join('.')} as odd value ${n}`).toBe(false);
    }
    expect(isTaken({ ...event, more: 1 })).toBe(false);
  });
});

describe('an event', () => {
  // Would catch: what is no event at all that ends the executor or is taken for one.
  test.each([
    null,
    undefined,
    7,
    'begin',
    [],
    [GOOD.begin],
    {},
    { t: 'nothing' },
    { t: ['begin'], total: 1 },
  ])('is not %j', (raw) => {
    expect(isTaken(raw)).toBe(false);
  });

  // Would catch: lists without bounds, and numbers that no counter, line or time can be.
  test.each<[TestEvent['t'], string, unknown]>([
    ['begin', 'total', -1],
    ['begin', 'total', 2 ** 53],
    ['group', 'id', 1.5],
    ['group', 'parent', -1],
    ['test', 'retry', -1],
    ['test', 'at', Number.POSITIVE_INFINITY],
    ['test_end', 'duration_ms', -1],
    ['test_end', 'status', 'flaky'],
    ['test_end', 'outcome', 'expected'],
    ['test_end', 'path', Array(51).fill('x')],
    ['test_end', 'errors', Array(11).fill(error)],
    ['test_end', 'attachments', Array(51).fill(attachment)],
    ['test_end', 'project', 'x'.repeat(1001)],
    ['error', 'error', { ...error, excerpt: { first_line: 0, lines: [] } }],
    ['error', 'error', { ...error, excerpt: { first_line: 1, lines: Array(10).fill('') } }],
    ['error', 'error', { ...error, place: { ...place, file: 'x'.repeat(4097) } }],
    ['step', 'title', 'x'.repeat(200_001)],
    ['end', 'status', 'ok'],
  ])('%s is refused when its %s is out of bounds (%#)', (t, name, value) => {
    expect(isTaken({ ...GOOD[t], [name]: value })).toBe(false);
  });
});
