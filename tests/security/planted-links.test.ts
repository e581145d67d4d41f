/**
 * Tasks run as the same user and can put links where the host writes next. Generated over what a host writes in one run: each name is
 * planted once, as a symbolic link, as a second name of a file outside, and as a link in the place of its folder.
 */
import fs from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRedactor } from '../../src/contract/kernel/redact/redact.ts';
import { createFaults } from '../../src/main/core/faults.ts';
import { openLogFiles } from '../../src/main/core/log/log-files.ts';
import { createLogger } from '../../src/main/core/log/logger.ts';
import { createUncaught } from '../../src/main/core/process/crash-report.ts';
import { createStorageStore } from '../../src/main/features/storage/store.ts';
import { createUploads } from '../../src/main/features/storage/uploads.ts';
import { openLogFile } from '../../src/main/features/tasks/log/log-file.ts';
import { saveShellState } from '../../src/main/shell/window/window-state.ts';
import { createArtifacts } from '../../src/workers/executor/output/artifacts.ts';
import { writeInstead } from '../../src/workers/executor/output/new-file.ts';
import { openTestCore, type TestCore } from '../support/core.ts';
import { base, dir, outside, runHost, untouched } from '../support/planted.ts';

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

test('a script is written in place of a link', async () => {
  plant('link', 'script.mjs');
  await writeInstead(path.join(dir, 'script.mjs'), 'export default 1');
  untouched();
  expect(fs.readFileSync(path.join(dir, 'script.mjs'), 'utf8')).toBe('export default 1');
});
