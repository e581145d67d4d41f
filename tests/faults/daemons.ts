/**
 * A program that leaves daemons behind in every way that a daemon can leave its parent, and then ends as asked:
 * `node daemons.ts <folder> <succeed|fail|hang|kill>`. Each daemon writes its pid to `<folder>/<way>.pid`.
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import { groupFolder } from '../../src/main/core/process/cgroup.ts';

type Argv = readonly string[];

/** Programs that daemons are made with; what is not installed is left out. */
const installed = (program: string) =>
  (process.env.PATH ?? '').split(':').some((dir) => existsSync(join(dir, program)));

const PERL = `use POSIX; my $f = shift; exit if fork; POSIX::setsid(); exit if fork; chdir '/';
  open(F, '>', "$f~"); print F $$; close F; rename "$f~", $f; POSIX::close($_) for 0..63; %ENV = ();
  exec {'/bin/sleep'} 'kworker/u4:1', 300`;
// Becomes another process every few milliseconds, in a session of its own each time.
const HOPPER = `use POSIX; my $f = shift; %ENV = (); POSIX::close($_) for 0..2; my $end = time + 60;
  while (time < $end) { exit if fork; POSIX::setsid(); open(F, '>', "$f~"); print F $$; close F; rename "$f~", $f; select(undef, undef, undef, 0.005) }`;
const say = (file: string, then: string) => `echo $$ > '${file}~'; mv '${file}~' '${file}'; ${then}`;
const BARE = { detached: true, stdio: 'ignore', cwd: '/' } as const;

/** The way of a daemon that is found only as a whole. */
export const HOPPING = 'a new process again and again';

/** The ways, each with the program and arguments that take it. */
export const WAYS: Readonly<Record<string, (file: string) => Argv>> = {
  'a session of its own': (file) => ['setsid', 'sh', '-c', say(file, 'exec sleep 300')],
  'two forks': (file) => ['sh', '-c', `( (sh -c "${say(file, 'exec sleep 300').replaceAll('$', '\\$')}") & )`],
  'no environment, no descriptors, another folder': (file) => [
    'env',
    '-i',
    '/usr/bin/setsid',
    '/bin/sh',
    '-c',
    say(file, 'cd /; exec 0<&- 1>&- 2>&-; exec /bin/sleep 300'),
  ],
  'Node.js, detached': (file) => [
    process.execPath,
    '-e',
    `require('fs').writeFileSync(process.argv[1] + '~', String(process.pid)); require('fs').renameSync(process.argv[1] + '~', process.argv[1]); setInterval(() => {}, 1000)`,
    file,
  ],
  ...(installed('perl') ? { 'all of it, and another name': (file: string) => ['perl', '-e', PERL, file] } : {}),
  // Without a control group a process that is gone before the list is read to its end is found by luck.
  ...(installed('perl') && (await groupFolder('x')) !== null
    ? { [HOPPING]: (file: string) => ['perl', '-e', HOPPER, file] }
    : {}),
};

/** Pids of the daemons by way, as far as they have written them. */
export function pidsIn(folder: string): Record<string, number> {
  const files = readdirSync(folder).filter((name) => name.endsWith('.pid'));
  return Object.fromEntries(files.map((name) => [name.slice(0, -4), Number(readFileSync(join(folder, name), 'utf8'))]));
}

async function main(folder: string, end: string): Promise<void> {
  const ready = Promise.withResolvers<void>();
  const watcher = watch(folder, () => {
    if (Object.keys(pidsIn(folder)).length === Object.keys(WAYS).length) ready.resolve();
  });
  for (const [way, argv] of Object.entries(WAYS)) {
    const [program = '', ...args] = argv(join(folder, `${way}.pid`));
    const env = way === 'Node.js, detached' ? {} : process.env;
    spawn(program, args, { ...BARE, env }).unref();
  }
  await ready.promise;
  watcher.close();
  if (end === 'kill') process.kill(process.ppid, 'SIGKILL');
  process.stdout.write('daemons started\n');
  if (end === 'hang' || end === 'kill') setInterval(() => undefined, 1000);
  else process.exit(end === 'fail' ? 3 : 0);
}

const [, program, folder, end] = process.argv;
if (program === import.meta.filename && folder !== undefined) await main(folder, end ?? 'succeed');
