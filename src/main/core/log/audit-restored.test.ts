import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { all, core, cut, headFile, reopen, rewrite, run } from '../../../../tests/support/audit.ts';
import { anchorRestored } from './audit-restored.ts';

describe('an older copy of the database that the operator restores', () => {
  const restored = async () => {
    fs.rmSync(headFile());
    await anchorRestored(core, 'bak_1.db');
  };

  // Would catch: a restore, as the guide tells it, after which the host says that it was attacked.
  test('is on record, and no problem at the next start', async () => {
    await run(10);
    cut(5);
    await restored();
    expect(all().at(-1)).toMatchObject({ op: 'restore', target: 'bak_1.db', principal: 'host' });
    const { audit, problems } = await reopen();
    expect(problems).toEqual([]);
    expect(await audit.verify()).toMatchObject({ ok: true, entries: 6 });
  });

  // Would catch: a forgery that a restore seals.
  test('is told when its lines were changed', async () => {
    await run(10);
    rewrite((row) => (row.seq === 4 ? { target: 'forged' } : {}));
    await restored();
    const { problems } = await reopen();
    expect(problems).toEqual(['head_missing']);
    expect(all()).toHaveLength(11);
  });

  // Would catch: a head that covers a restore which is not on record.
  test('is not anchored when the database drops the line that tells it', async () => {
    await run(3);
    fs.rmSync(headFile());
    core.db.raw.exec('CREATE TRIGGER t BEFORE INSERT ON audit BEGIN SELECT RAISE(IGNORE); END');
    expect(await anchorRestored(core, 'bak_1.db')).toBe('dropped');
    expect(fs.existsSync(headFile())).toBe(false);
  });

  // Would catch: a full disk that is taken for a key store that is locked.
  test('is not anchored without the key, which is said; other errors are not hidden', async () => {
    await run(3);
    const derive = () => Promise.reject(new Error('locked'));
    expect(await anchorRestored({ ...core, secrets: { derive } }, 'bak_1.db')).toBe('no_key');
    core.db.raw.exec("CREATE TRIGGER t BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'full'); END");
    await expect(anchorRestored(core, 'bak_1.db')).rejects.toThrow('full');
  });
});
