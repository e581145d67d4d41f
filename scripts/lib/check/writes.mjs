// Files are written through core/disk/owned-files.ts and the executor's output/new-file.ts, which follow no link; whole folders are removed through
// core/disk/owned-trees.ts, which leaves no folder that is ours.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const WRITE =
  /\b(?:writeFile|writeFileSync|appendFileSync|createWriteStream|copyFile|copyFileSync|openSync|promises\.open)\(|VACUUM INTO|\brm(?:Sync)?\(.*recursive: true/;

/** Where else it may stand, and why. */
const ALLOWED = new Map([
  ['src/main/core/disk/owned-files.ts', 'the helper'],
  ['src/main/core/disk/owned-trees.ts', 'the helper that removes folders'],
  ['src/workers/executor/output/new-file.ts', 'the helper of executors'],
  ['src/main/core/log/audit-head.ts', 'opens the log of the database to flush it'],
  ['src/main/core/db/migrate.ts', 'SQLite writes under a name that nobody knows'],
  ['src/main/core/db/restore.ts', 'no host and no task runs'],
  ['src/main/features/storage/backup.thread.ts', 'SQLite writes under a name that nobody knows'],
  ['src/main/core/process/process-list.ts', 'reads /proc'],
  ['src/main/core/process/cgroup.ts', 'files of the kernel'],
  ['src/workers/executor/mark.ts', 'files of the kernel'],
  ['src/main/features/profiles/launch/chrome-lock.ts', 'writes nothing: asks whether a file is locked'],
  ['src/main/shell/desktop/autostart.ts', 'a place of the desktop, outside of our folders'],
  ['src/main/shell/operations.ts', 'where the operator chose'],
  ['src/main/cli/local-client.ts', 'where the operator chose'],
  ['src/main/cli/remote-client.ts', 'where the operator chose'],
  ['src/workers/executor/process/runner.ts', 'new files in a folder of this attempt, made a moment before'],
]);

const listed = execFileSync(
  'git',
  ['ls-files', '-z', '--cached', '--others', '--exclude-standard', 'src/main', 'src/workers'],
  {
    encoding: 'utf8',
  },
);
let found = 0;
for (const file of new Set(listed.split('\0'))) {
  if (!file.endsWith('.ts') || /\.(?:test|harness)\.ts$/.test(file) || ALLOWED.has(file)) continue;
  let text;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    continue; // deleted, not yet committed
  }
  for (const [index, line] of text.split('\n').entries()) {
    if (!WRITE.test(line) || /^\s*(?:\*|\/\/|\/\*)/.test(line)) continue;
    found += 1;
    process.stdout.write(`${file}:${index + 1}: ${line.trim().slice(0, 120)}\n`);
  }
}
if (found > 0) {
  process.stdout.write(
    'Write through core/disk/owned-files.ts (or output/new-file.ts in executors), remove folders through core/disk/owned-trees.ts: no link and no id may redirect it.\n',
  );
  process.exitCode = 1;
}
