import fs from 'node:fs';
import { expect, test } from 'vitest';
import { memoryLog, openTestCore } from '../../../../tests/support/core.ts';
import { AppError, toAppError } from '../../../contract/kernel/errors.ts';
import { storageFaultCode } from '../../../contract/kernel/storage-faults.ts';
import { guardProcess } from '../process/fault-policy.ts';
import { createStorageHealth } from './storage-health.ts';

const refusedBy = (code: string, more: object = {}) => Object.assign(new Error(`${code}: no`), { code, ...more });

// Would catch: a class of errors that is taken for a bug of the program, or a bug that is taken for a full disk.
test.each<[name: string, error: unknown, isFault: boolean]>([
  ...['ENOSPC', 'EDQUOT', 'EFBIG', 'EROFS', 'SQLITE_FULL', 'SQLITE_IOERR', 'SQLITE_IOERR_WRITE', 'SQLITE_READONLY'].map(
    (code): [string, unknown, boolean] => [code, refusedBy(code), true],
  ),
  ['a cause', new Error('outer', { cause: refusedBy('ENOSPC') }), true],
  ['too many watched files', refusedBy('ENOSPC', { syscall: 'watch' }), false],
  ['another code', refusedBy('ENOENT'), false],
  ['a constraint', refusedBy('SQLITE_CONSTRAINT'), false],
  ['no error at all', 'ENOSPC', false],
  ['a code that is no text', { code: 28 }, false],
])('%s is told apart', (_name, error, isFault) => {
  expect(storageFaultCode(error) !== null).toBe(isFault);
  expect(toAppError(error).slug === 'storage-full').toBe(isFault);
});

// Would catch: 6 600 lines on the terminal, a probe that gives up, and a host that never finds out that there is space again.
test('the operator is told once a minute, the disk is tried each second, and the end is told', () => {
  using core = openTestCore();
  const { clock, dir } = core;
  const log = memoryLog();
  const health = createStorageHealth(dir, clock);
  let full = true;
  health.watch(log, () => {
    if (full) throw refusedBy('SQLITE_FULL');
  });
  let changes = 0;
  health.onChange(() => {
    changes += 1;
  });
  for (let second = 0; second < 150; second++) {
    for (let n = 0; n < 10; n++) expect(health.report(refusedBy('SQLITE_FULL'))).toBe(true);
    clock.advance(1000);
  }
  expect(log.lines).toHaveLength(3);
  expect(log.lines[0]).toContain(dir);
  expect(changes).toBe(1);
  expect(createStorageHealth(dir, clock).endedFull).toBe(true);
  full = false;
  clock.advance(1000);
  expect(health.refusal()).toBeNull();
  expect(changes).toBe(2);
  expect(log.lines).toHaveLength(4);
  expect(fs.readdirSync(dir).filter((name) => name.startsWith('storage'))).toEqual([]);
  // A disk that is full again and again does not make it talk more.
  for (let second = 0; second < 50; second++) {
    health.report(refusedBy('ENOSPC'));
    clock.advance(1000);
  }
  expect(log.lines.length).toBeLessThanOrEqual(6);
});

test('the caller learns where, how much is left and what to do', () => {
  using core = openTestCore();
  const error = core.storage.typed(refusedBy('ENOSPC'));
  expect(error).toBeInstanceOf(AppError);
  expect(error).toMatchObject({ slug: 'storage-full', status: 507 });
  expect(error.extra).toMatchObject({ path: core.dir, free_bytes: expect.any(Number), reason: 'ENOSPC' });
  expect(core.storage.typed(new AppError('conflict')).slug).toBe('conflict');
});

// Would catch: a timer whose write was refused, which ends the host, and three times ends it for good.
test('an uncaught refusal of the disk does not crash the host', () => {
  const seen: string[] = [];
  const before = process.listeners('uncaughtException');
  const release = guardProcess({ rejected: () => seen.push('rejected'), crashed: () => seen.push('crashed') });
  const [handler] = process.listeners('uncaughtException').filter((one) => !before.includes(one));
  handler?.(refusedBy('SQLITE_FULL'), 'uncaughtException');
  handler?.(new Error('a bug'), 'uncaughtException');
  release();
  expect(seen).toEqual(['rejected', 'crashed']);
});

// Would catch: an audit line that is lost, or a call that fails because its line cannot be written.
test('writes that only accompany something do not fail it; other errors are thrown', () => {
  using core = openTestCore();
  core.db.bestEffort(() => {
    throw refusedBy('SQLITE_FULL');
  });
  expect(core.storage.refusal()).toMatch(/space/);
  expect(core.faults.count()).toBe(0);
  expect(() =>
    core.db.bestEffort(() => {
      throw new Error('a bug');
    }),
  ).toThrow('a bug');
});
