import fs from 'node:fs';
import { expect, test } from 'vitest';
import { MIGRATIONS, openTestCore, ROOT } from '../../../../tests/support/core.ts';
import { type Db, foreignSchema } from '../../core/db/index.ts';
import { createHardware } from '../../core/hardware.ts';
import { createAudit } from '../../core/log/audit.ts';
import { threadModule } from '../../core/process/modules.ts';
import { type DoctorDeps, diagnose } from './doctor.ts';
import { createSystemReader } from './system.ts';

const never = new AbortController().signal;

function doctor(core: ReturnType<typeof openTestCore>): DoctorDeps {
  const { db, secrets, dir, clock } = core;
  return {
    db,
    audit: createAudit(core),
    dbThread: threadModule(ROOT, 'telemetry', 'db-check'),
    foreignSchema: () => null,
    secrets,
    system: createSystemReader({
      clock,
      version: '0',
      dataDir: dir,
      hardware: createHardware(),
      models: () => ({ loaded: [] }),
    }),
    dataDir: dir,
    browsers: async () => [],
    http: () => ({ url: null, error: null }),
    electron: null,
  };
}

const databaseCheck = async (deps: DoctorDeps) => (await diagnose(deps, never)).find(({ id }) => id === 'database');

/** Fills the database with `rows` kilobytes, all of it in the file. */
function fill({ db }: { db: Db }, rows: number): void {
  db.raw.exec('CREATE TABLE filler (text TEXT)');
  const insert = db.raw.prepare('INSERT INTO filler VALUES (hex(randomblob(500)))');
  db.transaction(() => {
    for (let n = 0; n < rows; n++) insert.run();
  });
  db.raw.pragma('wal_checkpoint(TRUNCATE)');
}

// Would catch: a damaged database called sound, or a doctor that fails as a whole when the database does.
test('a damaged database is told, with what to do', async () => {
  using core = openTestCore();
  fill(core, 1000);
  expect(await databaseCheck(doctor(core))).toMatchObject({ status: 'ok' });
  const file = fs.openSync(core.db.path, 'r+');
  // Among the rows, which stand behind what the migrations have made.
  const { size } = fs.fstatSync(file);
  fs.writeSync(file, Buffer.alloc(100_000, 0xff), 0, 100_000, size - 200_000);
  fs.closeSync(file);
  const found = await databaseCheck(doctor(core));
  expect(found).toMatchObject({ status: 'error', advice: expect.stringContaining('tabagent restore') });
  expect(found?.detail).toMatch(/ page \d+/);
});

// Would catch: a diagnosis that calls a database sound of which health says something else.
test('tables that another program changed are told, and are no damage', async () => {
  using core = openTestCore();
  core.db.raw.exec('CREATE TRIGGER quiet BEFORE INSERT ON audit BEGIN SELECT RAISE(IGNORE); END');
  const found = await databaseCheck({ ...doctor(core), foreignSchema: () => foreignSchema(core.db.raw, MIGRATIONS) });
  expect(found).toMatchObject({
    status: 'error',
    detail: expect.stringContaining('has a trigger quiet that TabAgent did not make'),
  });
  expect(found?.detail).not.toContain('damaged');
});

// Would catch: a check on the main thread, which stops every door while a large database is read.
test('the host goes on while the database is read', async () => {
  using core = openTestCore();
  fill(core, 60_000);
  const start = performance.now();
  core.db.raw.pragma('quick_check(1)');
  const held = performance.now() - start;
  async function longestPause(): Promise<number> {
    let longest = 0;
    let last = performance.now();
    const watch = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 1);
    await databaseCheck(doctor(core));
    clearInterval(watch);
    return longest;
  }
  // Other tests make the machine pause too: the best of four is what the doctor does.
  const pauses = [await longestPause(), await longestPause(), await longestPause(), await longestPause()];
  expect(Math.min(...pauses)).toBeLessThan(held * 0.8);
});

test('a caller who leaves ends the check', async () => {
  using core = openTestCore();
  fill(core, 20_000);
  const leave = new AbortController();
  const asking = diagnose(doctor(core), leave.signal);
  leave.abort();
  await expect(asking).rejects.toThrow(expect.objectContaining({ slug: 'cancelled' }));
});
