import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  AppError,
  codeOf,
  ERRORS,
  type ErrorSlug,
  errorOf,
  framesOf,
  Problem,
  problemOf,
  titleOf,
  toAppError,
} from './errors.ts';

const slugs = Object.keys(ERRORS) as ErrorSlug[];

// Would catch: a message that is read twice, once by itself and once as the head of its stack.
test('a stack is shown without the message that stands above it, whatever its shape', () => {
  const detail = 'TypeError: first\nsecond';
  expect(framesOf({ detail, stack: `${detail}\n    at script.ts:1:2\n    at script.ts:9:1` })).toBe(
    'at script.ts:1:2\nat script.ts:9:1',
  );
  expect(framesOf({ detail, stack: 'at elsewhere' })).toBe('at elsewhere');
  expect(framesOf({ detail, stack: detail })).toBeNull();
  expect(framesOf({ detail })).toBeNull();
});

// Catches a client that sees another error than the one the host threw.
test('every error crosses a door and is the same on the other side', () => {
  const extra = fc.dictionary(
    fc
      .string({ minLength: 1 })
      .filter(
        (name) =>
          !(name in problemOf(new AppError('conflict'))) &&
          !['errors', 'instance', 'request_id', '__proto__'].includes(name),
      ),
    fc.jsonValue(),
    { maxKeys: 4 },
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...slugs),
      fc.string(),
      extra,
      fc.option(
        fc.dictionary(
          fc.string().filter((name) => name !== '__proto__'),
          fc.string(),
        ),
        { nil: undefined },
      ),
      (slug, detail, members, errors) => {
        const sent = new AppError(slug, detail, { extra: members, ...(errors === undefined ? {} : { errors }) });
        const problem = Problem.parse(JSON.parse(JSON.stringify(problemOf(sent, { requestId: 'r', instance: '/i' }))));
        const got = errorOf(problem);
        expect([got.slug, got.message, got.status]).toEqual([slug, detail, sent.status]);
        expect(JSON.parse(JSON.stringify(got.errors ?? null))).toEqual(JSON.parse(JSON.stringify(errors ?? null)));
        expect(got.extra).toEqual({ ...JSON.parse(JSON.stringify(members)), request_id: 'r', instance: '/i' });
      },
    ),
  );
});

// Would catch: an answer without the id under which the log has its cause, because the worker behind it gave none.
test('an error that was rebuilt without a request id takes the one of the next door', () => {
  const rebuilt = errorOf(problemOf(new AppError('conflict')));
  expect(problemOf(rebuilt, { requestId: 'r', instance: '/i' })).toMatchObject({ request_id: 'r', instance: '/i' });
});

test('a code that this version does not know becomes an internal error and keeps its text and status', () => {
  const error = errorOf({ type: '', title: '', status: 418, detail: 'from the future', code: 'teapot' });
  expect([error.slug, error.message, error.status]).toEqual(['internal-server-error', 'from the future', 418]);
  // Not what objects inherit.
  expect(errorOf({ type: '', title: '', status: 500, detail: '', code: 'constructor' }).slug).toBe(
    'internal-server-error',
  );
});

test('whatever is thrown becomes an error of the catalogue, an abort a cancel, and the cause is kept', () => {
  const known = new AppError('conflict');
  expect(toAppError(known)).toBe(known);
  const abort = new DOMException('gone', 'AbortError');
  expect(toAppError(abort)).toMatchObject({ slug: 'cancelled', status: 499, cause: abort });
  for (const thrown of [new TypeError('x'), 'text', 7, { status: 404 }]) {
    expect(toAppError(thrown)).toMatchObject({ slug: 'internal-server-error', cause: thrown });
  }
  expect(toAppError(undefined).slug).toBe('internal-server-error');
});

describe('the catalogue', () => {
  test('has an HTTP status and a next step for each error', () => {
    for (const [slug, { status, hint }] of Object.entries(ERRORS)) {
      expect([slug, status >= 400 && status < 600]).toEqual([slug, true]);
      expect(hint, slug).toMatch(/\.$/);
      expect(slug).toMatch(/^[a-z]+(-[a-z]+)*$/);
    }
  });

  test('titles and codes are read off the slug', () => {
    expect([titleOf('model-not-loaded'), codeOf('model-not-loaded')]).toEqual(['Model Not Loaded', 'model_not_loaded']);
    expect(new Set(slugs.map(codeOf)).size).toBe(slugs.length);
  });
});
