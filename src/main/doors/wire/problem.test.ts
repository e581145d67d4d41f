import { describe, expect, test } from 'vitest';
import { AppError, ERRORS, type ErrorSlug } from '../../../contract/kernel/errors.ts';
import { problemBody, problemHeaders } from './problem.ts';

const slugs = Object.keys(ERRORS) as ErrorSlug[];

describe('headers', () => {
  // Catches a client that hammers what cannot succeed, or gives up on what would.
  test('say that trying again is useless for faults of the caller, but not for limits and what is in progress', () => {
    const useless = slugs.filter((slug) => problemHeaders(new AppError(slug))['x-should-retry'] === 'false');
    const retryable = slugs.filter((slug) => !useless.includes(slug));
    expect(retryable).not.toContain('validation-error');
    expect(retryable).toEqual(
      expect.arrayContaining([
        'too-many-requests',
        'resource-limit-exceeded',
        'idempotency-in-progress',
        'service-unavailable',
        'gateway-timeout',
        'internal-server-error',
      ]),
    );
    expect(useless).toEqual(
      expect.arrayContaining(['unauthorized', 'not-found', 'conflict', 'not-implemented', 'out-of-memory']),
    );
  });

  test.each([
    [{ retry_after: 2 }, '2', '2000'],
    [{ retry_after: 0.2 }, '1', '200'],
    [{ retry_after: 1, retry_after_ms: 350 }, '1', '350'],
    [{}, undefined, undefined],
    [{ retry_after: 'soon' }, undefined, undefined],
  ])('with %o Retry-After is %s s, %s ms', (extra, seconds, ms) => {
    const headers = problemHeaders(new AppError('too-many-requests', undefined, { extra }));
    expect([headers['retry-after'], headers['retry-after-ms']]).toEqual([seconds, ms]);
  });

  test('401 names the scheme and 405 the methods', () => {
    expect(problemHeaders(new AppError('unauthorized'))['www-authenticate']).toBe('Bearer');
    const wrong = new AppError('method-not-allowed', undefined, { extra: { allowed: ['GET', 'HEAD'] } });
    expect(problemHeaders(wrong).allow).toBe('GET, HEAD');
  });

  test('status 412 in place of 409 is still a fault of the caller', () => {
    expect(problemHeaders(new AppError('version-conflict', undefined, { status: 412 }))['x-should-retry']).toBe(
      'false',
    );
  });
});

describe('the body', () => {
  test('has what RFC 9457 asks for, for every error of the catalogue', () => {
    for (const slug of slugs) {
      expect(problemBody(new AppError(slug), { instance: '/x', requestId: 'r' })).toEqual({
        type: `https://tabagent.dev/errors/${slug}`,
        title: expect.stringMatching(/^[A-Z]/),
        status: ERRORS[slug].status,
        detail: ERRORS[slug].hint,
        instance: '/x',
        request_id: 'r',
        code: slug.replaceAll('-', '_'),
      });
    }
  });

  test('keeps what is for the header alone, and the cause, to itself', () => {
    const error = new AppError('too-many-requests', 'slow down', {
      extra: { retry_after: 1, retry_after_ms: 350 },
      cause: new Error('a secret'),
    });
    const body = problemBody(error, {});
    expect(body).not.toHaveProperty('retry_after_ms');
    expect(JSON.stringify(body)).not.toContain('secret');
    expect(error.extra.retry_after_ms).toBe(350);
  });

  test.each([
    ['unauthorized', 'authentication_error', null],
    ['forbidden', 'permission_error', null],
    ['too-many-requests', 'rate_limit_error', null],
    ['not-found', 'invalid_request_error', null],
    ['internal-server-error', 'server_error', null],
  ] as const)('for OpenAI’s clients %s is of type %s', (slug, type, param) => {
    const { error } = problemBody(new AppError(slug), { openai: true });
    expect(error).toEqual({ message: ERRORS[slug].hint, type, param, code: slug.replaceAll('-', '_') });
    expect(problemBody(new AppError(slug), {})).not.toHaveProperty('error');
  });

  test('for OpenAI’s clients the parameter is the first wrong field, or the one that is named', () => {
    const wrong = new AppError('validation-error', undefined, { errors: { 'a.b': 'x', c: 'y' } });
    expect(problemBody(wrong, { openai: true }).error).toMatchObject({ param: 'a.b' });
    const named = new AppError('unsupported-parameter', undefined, { extra: { param: 'logit_bias' } });
    expect(problemBody(named, { openai: true }).error).toMatchObject({ param: 'logit_bias' });
  });
});
