/**
 * Tasks run as the same user and can put links where the host writes next. Generated over what a host writes in one run: each name is
 * planted once, as a symbolic link, as a second name of a file outside, and as a link in the place of its folder.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createRedactor } from '../../src/contract/kernel/redact/redact.ts';
import { createFaults } from '../../src/main/core/faults.ts';
import { openLogFiles } from '../../src/main/core/log/log-files.ts';
import { createLogger } from '../../src/main/core/log/logger.ts';
import { deleteBefore } from '../../src/main/core/log/segments.ts';
import { createUncaught } from '../../src/main/core/process/crash-report.ts';
import { createBulkFiles } from '../../src/main/features/bulk/files.ts';
import { createStorageStore } from '../../src/main/features/storage/store.ts';
import { createUploads } from '../../src/main/features/storage/uploads.ts';
import { openLogFile } from '../../src/main/features/tasks/log/log-file.ts';
import { createHost } from '../../src/main/host.ts';
import { createNodePlatform } from '../../src/main/platform/node.ts';
import { saveShellState } from '../../src/main/shell/window/window-state.ts';
import { createArtifacts } from '../../src/workers/executor/output/artifacts.ts';
import { writeInstead } from '../../src/workers/executor/output/new-file.ts';
import { openTestCore, ROOT, type TestCore } from '../support/core.ts';
import { openTaskHost } from '../support/tasks.ts';

const SECRET = 'what is outside stays as it is';
let base: string;
let dir: string;
let outside: string;
beforeEach(() => {
  base = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-links-'));
  dir = path.join(base, 'data');
  outside = path.join(base, 'outside');
  fs.mkdirSync(dir, { mode: 0o700 });
  fs.mkdirSync(outside);
  fs.writeFileSync(path.join(outside, 'file'), SECRET);
});
afterEach(() => fs.rmSync(base, { recursive: true, force: true }));

const untouched = () => {
  expect(fs.readFileSync(path.join(outside, 'file'), 'utf8')).toBe(SECRET);
  expect(fs.readdirSync(outside)).toEqual(['file']);
};

type Plant = 'link' | 'dangling' | 'hardlink' | 'folder';
const PLANTS: readonly Plant[] = ['link', 'dangling', 'hardlink', 'folder'];

/** Puts it under the name of a file below the data directory. @returns false where the name has no folder of its own */
function plant(kind: Plant, name: string): boolean {
  const target = path.join(dir, name);
  const folder = path.dirname(target);
  if (kind === 'folder') {
    if (folder === dir) return false;
    fs.mkdirSync(path.dirname(folder), { recursive: true });
    fs.symlinkSync(outside, folder);
    return true;
  }
  fs.mkdirSync(folder, { recursive: true });
  if (kind === 'hardlink') fs.linkSync(path.join(outside, 'file'), target);
  else fs.symlinkSync(path.join(outside, kind === 'link' ? 'file' : 'made'), target);
  return true;
}

/** One run of a whole host: start, a call that is audited, stop. */
async function runHost(): Promise<void> {
  process.env.TABAGENT_KEYRING = 'off';
  const host = await createHost(createNodePlatform({ appRoot: ROOT }), {
    dataDir: dir,
    overrides: { host: '127.0.0.1', port: 0 },
    http: true,
    contentPort: 0,
    browserArgs: [],
  });
  try {
    await host.start();
    await host.client.call('profiles_create', { name: 'p' });
    host.reportCrash(new Error('for the report'));
    host.log.error('test', 'a line');
  } finally {
    await host.stop('test');
  }
}

/** SQLite opens these itself. They are there as long as a host runs, and no task runs without one. */
const SQLITE = /^(tabagent|lock)\.db/;

function filesBelow(folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
}

// Would catch: a file that is written with plain `fs` and follows what lies under its name.
test('no name that a host writes under leads its write outside', async () => {
  await runHost();
  const names = filesBelow(dir)
    .filter((name) => !SQLITE.test(name))
    // Reports carry their time.
    .filter((name) => !name.startsWith('crashes'));
  const written = [...names, ...names.map((name) => `${name}.new`), 'host.json', 'storage-probe', 'crashes/x'];
  expect(names.length).toBeGreaterThan(4);
  for (const name of new Set(written)) {
    for (const kind of PLANTS) {
      fs.rmSync(dir, { recursive: true, force: true });
      fs.mkdirSync(dir, { mode: 0o700 });
      if (!plant(kind, name)) continue;
      // Whether it starts then is another question: it says why, and writes nothing outside.
      await runHost().catch((error: unknown) => expect(String(error)).toMatch(/AppError|Error: .*(secret\.key|lock)/));
      untouched();
    }
  }
}, 120_000);

let core: TestCore;
beforeAll(() => {
  core = openTestCore();
});
afterAll(() => core[Symbol.dispose]());

interface Writer {
  /** The file that it writes. */
  name: string;
  write(): Promise<void>;
}

const executor = (work: (artifacts: ReturnType<typeof createArtifacts>) => Promise<unknown>) => async () => {
  const report = { send: () => undefined, progress: () => undefined, flush: () => undefined };
  const runDir = path.join(dir, 'tasks/tsk_1/1');
  fs.mkdirSync(runDir, { recursive: true });
  const redactor = createRedactor();
  await work(createArtifacts(runDir, redactor, report));
};

/** What carries an id in its name, or is written by a child. */
const WRITERS: Writer[] = [
  ...['log.jsonl', 'log.idx'].map(
    (name): Writer => ({
      name: `tasks/tsk_1/${name}`,
      async write() {
        const log = await openLogFile(path.join(dir, 'tasks/tsk_1'), { write: true });
        await log?.append([{ seq: 1, lines: 1, text: `${'x'.repeat(70_000)}\n` }]);
        await log?.append([{ seq: 2, lines: 1, text: '{}\n' }]);
        await log?.close();
      },
    }),
  ),
  {
    name: 'uploads/upl.part',
    async write() {
      const store = createStorageStore(core.db, core.events);
      const uploads = createUploads(store, core.clock, path.join(dir, 'uploads'));
      const { id } = uploads.begin({ name: 'a', mime: 'text/plain', principal: 'p' });
      // The id is known now: the link is put where its bytes go.
      const planted = path.join(dir, 'uploads/upl.part');
      if (fs.lstatSync(path.dirname(planted)).isDirectory())
        fs.renameSync(planted, path.join(dir, `uploads/${id}.part`));
      await uploads.write(id, Readable.from([Buffer.from('bytes')]));
    },
  },
  {
    name: 'logs/host-1.jsonl',
    async write() {
      const files = openLogFiles(path.join(dir, 'logs'), () => 1e8, createFaults());
      createLogger({ files, level: 'info', redact: (line) => line }).info('test', 'one');
      await files.flush();
      await files.clear(Number.MAX_SAFE_INTEGER);
      await files.close();
    },
  },
  {
    name: `crashes/crash-${new Date(1000).toISOString().replace(/[:.]/g, '-')}.json`,
    async write() {
      const clock = { ...core.clock, now: () => 1000 };
      const context = { version: '0', startedAt: '', redact: (text: string) => text, clock, log: core.log };
      createUncaught({ ...context, dir: path.join(dir, 'crashes'), faults: core.faults }).reportCrash(new Error('x'));
    },
  },
  {
    name: 'desktop/window.json',
    write: async () => saveShellState(path.join(dir, 'desktop/window.json'), {} as never),
  },
  {
    name: 'tasks/tsk_1/1/artifacts/a.txt',
    write: executor((made) => made.add({ kind: 'download', name: 'a.txt' }, 'text')),
  },
  {
    name: 'tasks/tsk_1/1/artifacts/b.txt',
    write: executor(async (made) => {
      const source = path.join(base, 'source');
      fs.writeFileSync(source, 'bytes');
      await made.addFile({ kind: 'download', name: 'b.txt' }, source);
    }),
  },
  {
    name: 'tasks/tsk_1/1/artifacts/c.txt',
    write: executor(async (made) => {
      const source = path.join(base, 'source');
      fs.writeFileSync(source, 'bytes');
      await made.move({ kind: 'download', name: 'c.txt' }, source);
    }),
  },
];

describe.each(WRITERS)('$name', ({ name, write }) => {
  test.each(PLANTS)('a planted %s is not written through', async (kind) => {
    // The data directory of the desktop's own files is the root of theirs.
    if (kind === 'folder' && name.startsWith('desktop')) return;
    if (!plant(kind, name)) return;
    await write().catch((error: unknown) => {
      expect(error).toMatchObject({ message: expect.stringMatching(/link|second name|there already|no folder/) });
    });
    untouched();
  });
});

// Would catch: a write whose root is below the data directory, so that a link in the place of that root is followed.
test.each(
  WRITERS.filter(({ name }) => name.startsWith('tasks/')),
)('$name is not written when the folder of all tasks is a link', async ({ write }) => {
  const elsewhere = path.join(base, 'elsewhere');
  fs.mkdirSync(path.join(elsewhere, 'tsk_1/1/artifacts'), { recursive: true });
  fs.symlinkSync(elsewhere, path.join(dir, 'tasks'));
  await expect(write()).rejects.toMatchObject({ message: expect.stringMatching(/link|no folder/) });
  expect(filesBelow(elsewhere)).toEqual([]);
});

/** What removes by itself: the work of chores, and of what makes room. Each is given the names that it would remove. */
const REMOVERS: { folder: string; entries: readonly string[]; remove(): Promise<unknown> }[] = [
  {
    folder: 'bulk',
    entries: ['job_old.ids', 'job_old.results'],
    remove: () =>
      createBulkFiles(dir).prune(
        () => false,
        () => true,
      ),
  },
  {
    folder: 'tasks',
    entries: ['tsk_old/1/artifacts/a.txt', 'tsk_other'],
    async remove() {
      const host = openTaskHost({ dir });
      await host.tasks.prune().finally(() => host.dispose({ keep: true }));
    },
  },
  {
    folder: 'profiles',
    entries: ['Default/Cookies'],
    async remove() {
      const host = openTaskHost({ dir });
      const { id } = host.profile('Anna');
      fs.mkdirSync(path.join(dir, 'profiles', id), { recursive: true });
      host.db.raw.exec('UPDATE profile SET deleted_at = 1');
      await host.profileService.purge(Date.now()).finally(() => host.dispose({ keep: true }));
      fs.rmSync(path.join(dir, 'profiles', id), { recursive: true, force: true });
    },
  },
  {
    folder: 'uploads',
    entries: ['left.part', 'upl_old'],
    remove: runHost,
  },
  {
    folder: 'backups',
    entries: ['left.part', 'bak_old.db'],
    remove: runHost,
  },
  {
    folder: 'logs',
    entries: ['host-1.jsonl'],
    remove: () => deleteBefore(path.join(dir, 'logs'), Number.MAX_SAFE_INTEGER, 100),
  },
  {
    folder: 'crashes',
    entries: Array.from({ length: 12 }, (_, n) => `crash-2020-01-0${n}.json`),
    async remove() {
      const context = { version: '0', startedAt: '', redact: (text: string) => text, clock: core.clock, log: core.log };
      createUncaught({ ...context, dir: path.join(dir, 'crashes'), faults: core.faults }).reportCrash(new Error('x'));
    },
  },
];

// Would catch: a chore whose root is the folder itself, or that lists a folder through a link and removes what is behind it.
test.each(REMOVERS)('nothing behind a link in the place of $folder is removed', async ({ folder, entries, remove }) => {
  for (const name of entries) {
    fs.mkdirSync(path.dirname(path.join(outside, name)), { recursive: true });
    fs.writeFileSync(path.join(outside, name), 'precious');
  }
  const before = fs.readdirSync(outside, { recursive: true }).sort();
  fs.symlinkSync(outside, path.join(dir, folder));
  await remove().catch((error: unknown) =>
    expect(error).toMatchObject({ message: expect.stringMatching(/is a link|no folder/) }),
  );
  expect(fs.readdirSync(outside, { recursive: true }).sort()).toEqual(before);
});

test('a script is written in place of a link', async () => {
  plant('link', 'script.mjs');
  await writeInstead(path.join(dir, 'script.mjs'), 'export default 1');
  untouched();
  expect(fs.readFileSync(path.join(dir, 'script.mjs'), 'utf8')).toBe('export default 1');
});

// Would catch: the parts of uploads and backups of a killed host, which nobody ever removed.
test('parts that a killed host has left go at the next start, whole files stay', async () => {
  for (const folder of ['uploads', 'backups']) {
    fs.mkdirSync(path.join(dir, folder));
    fs.writeFileSync(path.join(dir, folder, 'left.part'), 'half');
    fs.writeFileSync(path.join(dir, folder, 'whole'), 'all of it');
  }
  fs.symlinkSync(path.join(outside, 'file'), path.join(dir, 'uploads/link.part'));
  await runHost();
  for (const folder of ['uploads', 'backups']) expect(fs.readdirSync(path.join(dir, folder))).toEqual(['whole']);
  untouched();
});
