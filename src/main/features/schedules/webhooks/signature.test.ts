import { expect, test } from 'vitest';
import { githubHeaders, standardHeaders } from '../../../../../tests/support/webhooks.ts';
import { newSecret, signed, verify } from './signature.ts';

const NOW = Date.parse('2026-01-01T12:00:00Z');
const secret = newSecret();
const body = '{"a":1}';
const reason = (headers: object, text = body, now = NOW) => {
  const verdict = verify(secret, headers, text, now);
  return verdict.valid ? 'valid' : verdict.reason;
};

// The example of the Standard Webhooks specification, and GitHub's of its documentation.
test('the published examples are valid, also signed by our own hand', () => {
  const key = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const payload = '{"test": 2432232314}';
  const headers = {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  };
  expect(verify(key, headers, payload, 1_614_265_330_000)).toMatchObject({ valid: true, id: headers['webhook-id'] });
  expect(signed(key, headers['webhook-id'], payload, 1_614_265_330_999)).toEqual(headers);
  const github = { 'x-hub-signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17' };
  expect(verify("It's a Secret to Everybody", github, 'Hello, World!', 0)).toMatchObject({ valid: true });
});

// Would catch: a signature that leaves out the time, the id or a part of the body.
test('whatever of a signed delivery is changed, it is refused', () => {
  const headers = standardHeaders(secret, 'msg_1', body, NOW);
  expect(reason(headers)).toBe('valid');
  expect(reason(headers, `${body} `)).toBe('Its signature is wrong');
  expect(reason({ ...headers, 'webhook-id': 'msg_2' })).toBe('Its signature is wrong');
  const later = String(Number(headers['webhook-timestamp']) + 1);
  expect(reason({ ...headers, 'webhook-timestamp': later })).toBe('Its signature is wrong');
  expect(reason(githubHeaders(secret, 'a', body), `${body} `)).toBe('Its signature is wrong');
  expect(verify(newSecret(), headers, body, NOW).valid).toBe(false);
  expect(verify(newSecret(), githubHeaders(secret, 'a', body), body, NOW).valid).toBe(false);
});

// Would catch: a clock that is looked at in one direction only, and a second at the edge.
test.for([
  [-300, 'valid'],
  [300, 'valid'],
  [-301, 'off'],
  [301, 'off'],
  [86_400 * 365, 'off'],
] as const)('a clock that is %i s off is %s', ([seconds, what]) => {
  const headers = standardHeaders(secret, 'msg_1', body, NOW + seconds * 1000);
  expect(reason(headers)).toMatch(what === 'valid' ? /^valid$/ : /five minutes off/);
});

// Would catch: a comparison that throws, or is true, for what is no signature of its length.
test.for([
  ['nothing', {}, 'It has no signature'],
  ['another scheme', { 'webhook-signature': 'v2,abc' }, /missing/],
  ['no id', { 'webhook-timestamp': '1', 'webhook-signature': 'v1,abc' }, /missing/],
  ['an empty GitHub signature', { 'x-hub-signature-256': '' }, 'Its signature is wrong'],
  ['a short one', { 'x-hub-signature-256': 'sha256=00' }, 'Its signature is wrong'],
  ['SHA-1', { 'x-hub-signature-256': `sha1=${'0'.repeat(40)}` }, 'Its signature is wrong'],
] as const)('%s is refused', ([_what, headers, told]) => {
  expect(reason(headers)).toMatch(told);
});

test.for([
  ['text', 'soon'],
  ['a fraction', '1767268800.5'],
  ['a sign', '-1767268800'],
  ['nothing', ''],
  ['a number without end', '9'.repeat(400)],
])('a time that is %s is none', ([, sent]) => {
  expect(reason({ ...standardHeaders(secret, 'msg_1', body, NOW), 'webhook-timestamp': sent })).toMatch(/is none/);
});

// Would catch: a sender that changes its key, and sends the new signature after the old one, or hides one behind many.
test('of several signatures one has to be right, among the first ten', () => {
  const headers = standardHeaders(secret, 'msg_1', body, NOW);
  const wrong = standardHeaders(newSecret(), 'msg_1', body, NOW)['webhook-signature'];
  const right = headers['webhook-signature'];
  const told = (all: (string | undefined)[]) => reason({ ...headers, 'webhook-signature': all.join(' ') });
  expect(told([wrong, 'v1a,xyz', right])).toBe('valid');
  expect(told([wrong, wrong])).toBe('Its signature is wrong');
  expect(told([...Array.from({ length: 10 }, () => wrong), right])).toBe('Its signature is wrong');
});

// Would catch: a signature of GitHub's form that passes where the time is asked for, so that a delivery could be repeated for ever.
test('a delivery with a time is judged by its time, whatever else it has', () => {
  const old = standardHeaders(secret, 'msg_1', body, NOW - 3_600_000);
  expect(reason({ ...old, ...githubHeaders(secret, 'a', body) })).toMatch(/five minutes off/);
});

// Would catch: a repeated delivery that counts as another one because its unsigned id was changed.
test('what a delivery proves stays the same when its unsigned headers change', () => {
  const first = verify(secret, githubHeaders(secret, 'one', body), body, NOW);
  const again = verify(secret, githubHeaders(secret, 'two', body, 'release'), body, NOW);
  if (!first.valid || !again.valid) throw new Error('refused');
  expect([first.id, again.id]).toEqual(['one', 'two']);
  expect(again.proof).toEqual(first.proof);
  const bare = verify(secret, githubHeaders(secret, '', body), body, NOW);
  expect(bare).toMatchObject({ valid: true, id: first.proof.toString('hex') });
  expect(reason(githubHeaders(secret, 'x'.repeat(201), body))).toMatch(/too long/);
  expect(reason(standardHeaders(secret, 'x'.repeat(201), body, NOW))).toMatch(/is none/);
});
