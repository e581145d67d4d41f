// Tasks run as the same user and plant links and named pipes; ids come from a database that may be somebody else's. So files of the data
// directory are written through core/disk/owned-files.ts (in executors through output/new-file.ts) and read through core/disk/owned-reads.ts,
// which follow no link and wait for no pipe; databases are opened through core/db/file/open-file.ts; files are removed and folders listed through core/disk/owned-trees.ts, which leaves no folder of ours.
import { sourceLines } from './source-lines.mjs';

const WRITE =
  /\b(?:writeFile|writeFileSync|appendFileSync|createWriteStream|copyFile|copyFileSync|openSync|promises\.open)\(|VACUUM INTO|\brm(?:Sync)?\(.*recursive: true/;
/** An executor that waits for a pipe holds up its own attempt and nothing else. */
const HOST_ONLY =
  /(?<!handle\.)\b(?:readFile|readFileSync|createReadStream|readdir|readdirSync|opendir|opendirSync|rm|rmSync|rmdir|rmdirSync|unlink|unlinkSync)\(|\bopen\([^)]*'r\+?'\)|\bfsp?\.open\(|from 'node:fs\/promises'.*\bopen\b|\bopen\b.*from 'node:fs\/promises'/;

/** SQLite follows links and waits at pipes, also beside its file. */
const DATABASE =
  /\bnew Database\((?!':memory:')|\bdrizzle\((?!raw\))|import\((['"])better-sqlite3\1\)|import (?!type\b)(?!Database from\b).* from 'better-sqlite3'/;
const DATABASE_HELPER = 'src/main/core/db/file/open-file.ts';

/** Where else it may stand, and why. */
const ALLOWED = new Map([
  ['src/main/core/disk/owned-files.ts', 'the helper'],
  ['src/main/core/disk/owned-reads.ts', 'the helper that reads'],
  ['src/main/core/disk/owned-copies.ts', 'the helper that copies folders'],
  ['src/main/core/disk/owned-trees.ts', 'the helper that lists and removes'],
  ['src/workers/executor/output/new-file.ts', 'the helper of executors'],
  ['src/main/core/log/audit-head.ts', 'opens the log of the database to flush it'],
  ['src/main/core/db/file/migrate.ts', 'SQLite writes under a name that nobody knows'],
  ['src/main/core/db/file/restore.ts', 'no host and no task runs'],
  ['src/main/features/storage/backup.thread.ts', 'SQLite writes under a name that nobody knows'],
  ['src/main/core/process/process-list.ts', 'reads /proc'],
  ['src/main/core/process/cgroup.ts', 'files of the kernel'],
  ['src/main/features/proxies/forward/peer.ts', 'reads /proc'],
  ['src/workers/executor/mark.ts', 'files of the kernel'],
  ['src/main/features/profiles/launch/chrome-lock.ts', 'writes nothing: asks whether a file is locked'],
  ['src/main/shell/desktop/autostart.ts', 'a place of the desktop, outside of our folders'],
  ['src/main/shell/operations.ts', 'where the operator chose'],
  ['src/main/cli/local-client.ts', 'where the operator chose'],
  ['src/main/cli/remote-client.ts', 'where the operator chose'],
  ['src/main/cli/profile-files.ts', 'where the operator chose'],
  ['src/main/cli/command-input.ts', 'what the operator names'],
  ['src/main/core/web/content-pages.ts', 'reads the built trace viewer'],
  ['src/main/shell/panel/panel-protocol.ts', 'reads the built panel'],
  ['src/main/platform/node.ts', 'reads the package of the program'],
  ['src/main/features/demo/examples.ts', 'reads examples of the program'],
  ['src/main/doors/http/port-owner.ts', 'reads /proc'],
  ['src/main/features/telemetry/metrics-probe.ts', 'reads /proc'],
  ['src/main/features/profiles/launch/browsers.ts', 'looks for installed browsers'],
  ['src/main/features/profiles/launch/leftovers.ts', 'reads /proc'],
  ['src/main/features/profiles/occupancy/lock-book.ts', 'names alone, to read the links below them that Chrome makes'],
  ['src/workers/executor/process/runner.ts', 'new files in a folder of this attempt, made a moment before'],
]);

let found = 0;
for (const { file, line, where } of sourceLines(['src/main', 'src/workers'])) {
  const isDatabase = DATABASE.test(line) && file !== DATABASE_HELPER;
  const isFile = WRITE.test(line) || (file.startsWith('src/main/') && HOST_ONLY.test(line));
  if (!isDatabase && (!isFile || ALLOWED.has(file))) continue;
  found += 1;
  process.stdout.write(`${where}\n`);
}
if (found > 0) {
  process.stdout.write(
    'Write through core/disk/owned-files.ts (or output/new-file.ts in executors), read through core/disk/owned-reads.ts, list and remove through core/disk/owned-trees.ts, open databases through core/db/file/open-file.ts: no link, pipe or id may redirect or hold up the host.\n',
  );
  process.exitCode = 1;
}
