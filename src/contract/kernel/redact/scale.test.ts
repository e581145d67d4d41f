/**
 * The redactor with secrets as large and as many as a caller may give. One regular expression of all of them could not be built, or
 * took seconds for a hundred lines, and that ended or froze the host.
 */
import { describe, expect, it } from 'vitest';
import { createRedactor, REDACTED } from './redact.ts';

const FORMS = [
  (s: string) => s,
  encodeURIComponent,
  (s: string) => JSON.stringify(s).slice(1, -1),
  (s: string) => Buffer.from(`x${s}`).toString('base64'),
  (s: string) => Buffer.from(s).toString('hex'),
];
const numbered = (count: number) => Array.from({ length: count }, (_, i) => `s3cr3t value ~${i * 7919 + 1_000_000}`);

/** CPU time of the fastest of some runs, ms: other processes do not count. Never 0, which is what the system says of a very short run. */
function fastest(work: () => void, runs = 5): number {
  const times = Array.from({ length: runs }, () => {
    const start = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  });
  return Math.max(1, Math.min(...times));
}

it('a secret of 64 KiB is found in every form, also when it comes in pieces', () => {
  const value = `${'"ü% '.repeat(13_000)}end`;
  const redactor = createRedactor([value]);
  for (const form of FORMS) {
    const stream = redactor.stream();
    const text = `before ${form(value)} after`;
    let out = '';
    for (let at = 0; at < text.length; at += 5000) out += stream.push(text.slice(at, at + 5000));
    expect(out + stream.flush()).toMatch(/^before \w{0,2}\[redacted\]=* after$/);
  }
});

it('each of 5 000 secrets is found in every form', () => {
  const secrets = numbered(5000);
  const redactor = createRedactor(secrets);
  for (const secret of secrets.filter((_, i) => i % 50 === 0)) {
    for (const form of FORMS) expect(redactor.text(form(secret))).toMatch(/^\w{0,2}\[redacted\]=*$/);
  }
  expect(redactor.text('s3cr3t value ~1')).toBe('s3cr3t value ~1');
});

describe('time', () => {
  const lines = Array.from(
    { length: 100 },
    (_, i) => `s3cr3t value ~${i} of "GET https://shop.example/?page=${i}%20" in s3cr3t`,
  );

  it('of 100 lines does not grow with the secrets: 2 500 cost about as much as 10', () => {
    const few = createRedactor(numbered(10));
    const many = createRedactor(numbered(2500));
    const redact = (redactor: typeof few) => () => {
      for (let round = 0; round < 100; round++) for (const line of lines) redactor.text(line);
    };
    expect(fastest(redact(many)) / fastest(redact(few))).toBeLessThan(10);
  });

  it.each([
    ['a secret begins everywhere', ['a'.repeat(65_535), `${'a'.repeat(65_000)}b`], 'aaaaaaac'],
    [
      'thousands of secrets are prefixes of each other',
      Array.from({ length: 1000 }, (_, i) => 'a'.repeat(i + 6)),
      'aaaaaaac',
    ],
    ['every word begins like thousands of secrets', numbered(2500), 's3cr3t value s3cr3t '],
    ['escapes are within escapes', ['p"a%s&s'.repeat(100)], '\\\\\\"%25252525&amp;amp;'],
  ])('grows in proportion to the text where %s', (_, secrets, begun) => {
    const redactor = createRedactor(secrets);
    const short = begun.repeat(4000);
    const long = begun.repeat(4000 * 8);
    const eightTimes = () => {
      for (let n = 0; n < 8; n++) redactor.text(short);
    };
    redactor.text(long);
    expect(fastest(() => redactor.text(long)) / fastest(eightTimes)).toBeLessThan(4);
  });
});

it('secrets that come and go leave nothing behind', () => {
  const redactor = createRedactor(['lasting value']);
  for (let round = 0; round < 20; round++) {
    const own = numbered(200).map((secret) => `${secret} of ${round}`);
    redactor.hold('task', own);
    expect(redactor.text(own[7] ?? '')).toBe(REDACTED);
    expect(redactor.text(`s3cr3t value ~1000000 of ${round - 1}`)).not.toBe(REDACTED);
  }
  redactor.release('task');
  expect(redactor.text('s3cr3t value ~1000000 of 19')).toBe('s3cr3t value ~1000000 of 19');
  expect(redactor.text('lasting value')).toBe(REDACTED);
  expect(redactor.reach).toBe(createRedactor(['lasting value']).reach);
});
