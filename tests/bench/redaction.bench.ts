/**
 * What redaction costs: 100 MB of log with 10 000 secrets, and with ten, beside a bare loop over the same bytes and `Buffer.indexOf`
 * of one value. CPU time counts, so that other processes do not; rounds alternate, and medians count.
 */
import { randomBytes } from 'node:crypto';
import { createRedactor, type Redactor } from '../../src/contract/kernel/redact/redact.ts';

const MEGABYTE = 1e6;
const MANY = 10_000;
const TOTAL = 100 * MEGABYTE;
const ROUNDS = 5;
/** MB/s with all secrets. */
const BAR = 100;

const say = (line: string) => process.stdout.write(`${line}\n`);

/** CPU time, ms. */
function timed(work: () => void): number {
  const begin = process.cpuUsage();
  work();
  return process.cpuUsage(begin).user / 1000;
}

const middle = (took: readonly number[]) => [...took].sort((a, b) => a - b)[Math.floor(took.length / 2)] ?? 0;

/** As they are in practice: half of them begin alike. */
function secretsOf(count: number): string[] {
  return Array.from({ length: count }, (_, i) =>
    i % 2 === 0 ? `sk-live-${randomBytes(12).toString('hex')}` : randomBytes(18).toString('base64'),
  );
}

/** A megabyte of log lines; one in a thousand holds a secret. */
function logOf(secrets: readonly string[]): string {
  let log = '';
  for (let i = 0; log.length < MEGABYTE; i++) {
    const secret = i % 1000 === 0 ? ` with ${secrets[i % secrets.length]}` : '';
    log += `2026-01-01T10:00:00.${i % 1000}Z info step ${i % 7}: GET https://shop.example/items/${i}?page=${i % 13} answered 200 in ${i % 300} ms${secret}\n`;
  }
  return log;
}

/** Reads every byte once. */
function bareLoop(bytes: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at++) sum = (Math.imul(sum, 31) + (bytes[at] ?? 0)) | 0;
  return sum;
}

/** Runs the benchmark and prints its figures. @returns false when the bar is missed */
export async function bench(): Promise<boolean> {
  const secrets = secretsOf(MANY);
  const many = createRedactor();
  const hold = timed(() => many.hold('tasks', secrets));
  const few = createRedactor(secrets.slice(0, 10));
  const log = logOf(secrets);
  const bytes = Buffer.from(log);
  const lines = log.split(/(?<=\n)/);
  const clean = (redactor: Redactor) => () => void redactor.bytes(bytes);
  const stream = many.stream();
  const works: Record<string, () => void> = {
    'bare loop': () => void bareLoop(bytes),
    'Buffer.indexOf of one value': () => void bytes.indexOf('sk-live-nowhere'),
    [`${MANY} secrets, bytes`]: clean(many),
    [`${MANY} secrets, a stream of text`]: () => void stream.push(log),
    [`${MANY} secrets, line by line`]: () => {
      for (const line of lines) many.text(line);
    },
    '10 secrets, bytes': clean(few),
  };
  const took: Record<string, number[]> = {};
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, work] of Object.entries(works)) {
      const times = Math.ceil(TOTAL / bytes.length / ROUNDS);
      const ms = timed(() => {
        for (let n = 0; n < times; n++) work();
      });
      took[name] = [...(took[name] ?? []), ms / times];
    }
  }
  const rateOf = (name: string) => bytes.length / 1000 / middle(took[name] ?? []);
  say(
    `${MANY} secrets known after ${hold.toFixed(0)} ms, forgotten after ${timed(() => many.release('tasks')).toFixed(0)} ms`,
  );
  for (const name of Object.keys(works)) {
    say(
      `  ${name}: ${rateOf(name).toFixed(0)} MB/s, ${(rateOf(name) / rateOf('bare loop')).toFixed(2)} of a bare loop`,
    );
  }
  const rate = rateOf(`${MANY} secrets, bytes`);
  say(`  ${TOTAL / MEGABYTE} MB with ${MANY} secrets: ${rate.toFixed(0)} MB/s (bar ${BAR})`);
  return rate >= BAR;
}

if (import.meta.main) process.exitCode = (await bench()) ? 0 : 1;
