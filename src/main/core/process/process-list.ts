/** The processes of this machine, as far as the operating system shows them, for `process-tree.ts`. */
import { execFile } from 'node:child_process';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { RUN_ID_ENV } from '../../../contract/automation/executor.ts';

const run = promisify(execFile);

/** One living process. A pid may be reused; together with `started` it names one process. */
export interface ProcessInfo {
  pid: number;
  ppid: number;
  /** Process group; 0 where the system has none. */
  pgid: number;
  /** Session; 0 where the system has none. */
  sid: number;
  /** When it started, in the system's own unit; only equality means something. */
  started: string;
  /** Started in the time that was asked about. The members below are known of no other. */
  recent: boolean;
  /** Value of {@link RUN_ID_ENV} in its environment, null without one or where it cannot be read. */
  runId: string | null;
  /** Its soft limit of file locks, see `locksMark`; null without one, elsewhere than on Linux, and for processes of other users. */
  locks: string | null;
  /** Path of its control group, empty elsewhere than on Linux. */
  cgroup: string;
  /** Its environment is empty, as in the exec window: while a process becomes another program (Linux: `execve`). */
  blank: boolean;
  /** Changes with each program that the process becomes (Linux: where its code and stack lie); empty where that cannot be seen. */
  image: string;
}

const MARK = Buffer.from(`\0${RUN_ID_ENV}=`);

/** Value of the marker in a NUL-separated environment block. */
function markOf(environment: Buffer): string | null {
  const block = Buffer.concat([Buffer.from([0]), environment]);
  const at = block.indexOf(MARK);
  if (at < 0) return null;
  const from = at + MARK.length;
  const end = block.indexOf(0, from);
  return block.toString('utf8', from, end < 0 ? block.length : end);
}

/** Waits between looks at a process in the exec window, ms. */
const EXEC_WAITS_MS = [1, 2, 4, 8];

/**
 * The environment block of a process, null where it may not be read. Reading waits for the lock that `execve` holds and is woken inside the
 * exec window: without looking again, a process that becomes one program after the other would be empty almost every time.
 * @throws Error when the process has exited
 */
async function readEnvironment(pid: number): Promise<Buffer | null> {
  const read = () =>
    readFile(`/proc/${pid}/environ`).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EACCES' || error.code === 'EPERM') return null;
      throw error;
    });
  let environment = await read();
  for (const wait of EXEC_WAITS_MS) {
    if (environment?.length !== 0) break;
    await delay(wait);
    environment = await read();
  }
  return environment;
}

const page = Buffer.alloc(4096);

/**
 * A small file of /proc; empty when the process has gone. The kernel answers from memory: through the thread pool the same takes four times
 * the time of the event loop.
 */
function readSmall(path: string): string {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return '';
  }
  try {
    return page.toString('latin1', 0, readSync(fd, page, 0, page.length, 0));
  } catch {
    return '';
  } finally {
    closeSync(fd);
  }
}

/** `PF_KTHREAD` of linux/sched.h, in the field `flags` of /proc/PID/stat: a thread of the kernel. */
const KERNEL_THREAD = 0x0020_0000;

/**
 * Reads one process from /proc; null when it has exited, is a zombie, or is a thread of the kernel. In a pid namespace (a container), group and
 * session are 0 where their leader is outside of it.
 */
function readStat(pid: number, since: number): ProcessInfo | null {
  const stat = readSmall(`/proc/${pid}/stat`);
  // The name is in parentheses and may hold anything, also parentheses.
  const [state, ppid, pgid, sid, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (state === undefined || state === '' || state === 'Z' || state === 'X') return null;
  if ((Number(rest[2]) & KERNEL_THREAD) !== 0) return null;
  return {
    pid,
    ppid: Number(ppid),
    pgid: Number(pgid),
    sid: Number(sid),
    started: rest[15] ?? '',
    recent: Number(rest[15]) >= since,
    runId: null,
    locks: null,
    cgroup: '',
    blank: false,
    image: `${rest[19]} ${rest[21]}`,
  };
}

function readLocks(pid: number): string | null {
  const locks = /^Max file locks +(\d+) /m.exec(readSmall(`/proc/${pid}/limits`))?.[1];
  if (locks === undefined) return null;
  const owner = statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid;
  return owner === process.getuid?.() ? locks : null;
}

/** Adds what only candidates are asked for; null when the process has exited. */
async function readMarks(info: ProcessInfo): Promise<ProcessInfo | null> {
  if (!info.recent) return info;
  const locks = readLocks(info.pid);
  const cgroup = /^0::(.*)$/m.exec(readSmall(`/proc/${info.pid}/cgroup`))?.[1] ?? '';
  try {
    const environment = await readEnvironment(info.pid);
    return { ...info, locks, cgroup, runId: environment && markOf(environment), blank: environment?.length === 0 };
  } catch {
    return null;
  }
}

/** Processes read in one turn of the event loop: about a millisecond. */
const BATCH = 32;

async function linux(since: number): Promise<ProcessInfo[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const all: Promise<ProcessInfo | null>[] = [];
  for (const [i, pid] of pids.entries()) {
    if (i % BATCH === BATCH - 1) await nextTurn();
    const info = readStat(pid, since);
    if (info !== null) all.push(readMarks(info));
  }
  return (await Promise.all(all)).filter((info) => info !== null);
}

/** When a process started, for {@link listProcesses}; 0 where that is not known. */
export function startOf(pid: number): number {
  return process.platform === 'linux' ? Number(readStat(pid, 0)?.started ?? 0) : 0;
}

/** Length of the clock ticks in which Linux counts start times and processor time (`USER_HZ`), ms. */
export const TICK_MS = 10;

/** Processor time that a living process has used, ms; 0 where that is not known. */
export function processorMs(pid: number | undefined): number {
  if (process.platform !== 'linux' || pid === undefined) return 0;
  const stat = readSmall(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * TICK_MS;
}

/** macOS and the BSDs. `ps -E` shows the environment of the user's own processes, but not of the system's own programs. */
async function bsd(): Promise<ProcessInfo[]> {
  const { stdout } = await run('ps', ['-axEww', '-o', 'pid=,ppid=,pgid=,sess=,stat=,lstart=,command='], {
    maxBuffer: 64 * 1024 * 1024,
  });
  const mark = new RegExp(`\\s${RUN_ID_ENV}=(\\S+)`);
  return stdout.split('\n').flatMap((line): ProcessInfo[] => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\S+)\s+(\S+ +\S+ +\S+ +\S+ +\S+)\s(.*)$/.exec(line);
    if (match === null || match[5]?.startsWith('Z')) return [];
    const [, pid, ppid, pgid, , , started = '', command = ''] = match;
    // `sess` is a kernel address there, not a pid: sessions say nothing, groups do.
    return [
      {
        pid: Number(pid),
        ppid: Number(ppid),
        pgid: Number(pgid),
        sid: 0,
        started,
        recent: true,
        runId: mark.exec(command)?.[1] ?? null,
        locks: null,
        cgroup: '',
        blank: false,
        image: '',
      },
    ];
  });
}

const WINDOWS_QUERY =
  'Get-CimInstance Win32_Process | ForEach-Object { "$($_.ProcessId) $($_.ParentProcessId) $($_.CreationDate.Ticks)" }';

async function windows(): Promise<ProcessInfo[]> {
  const { stdout } = await run('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', WINDOWS_QUERY], {
    windowsHide: true,
    maxBuffer: 16 * 1024 * 1024,
  });
  const all = stdout.split(/\r?\n/).flatMap((line): ProcessInfo[] => {
    const [pid, ppid, started] = line.trim().split(' ');
    if (pid === undefined || ppid === undefined || started === undefined) return [];
    const common = { recent: true, runId: null, locks: null, cgroup: '', blank: false, image: '' };
    return [{ pid: Number(pid), ppid: Number(ppid), pgid: 0, sid: 0, started, ...common }];
  });
  // Windows keeps the pid of a parent that has gone, and may have reused it since.
  const starts = new Map(all.map((info) => [info.pid, BigInt(info.started)]));
  return all.map((info) => ((starts.get(info.ppid) ?? 0n) > BigInt(info.started) ? { ...info, ppid: 0 } : info));
}

/**
 * Every process that this user may look at; zombies are left out. One pass over /proc on Linux (4 to 10 ms for 300 processes, in turns of
 * a millisecond), one `ps` on macOS, one PowerShell query on Windows (about half a second).
 * @param since what {@link startOf} says of the oldest process that may be of interest; the marks of older ones are not read
 */
export function listProcesses(since = 0): Promise<ProcessInfo[]> {
  if (process.platform === 'linux') return linux(since);
  return process.platform === 'win32' ? windows() : bsd();
}

/**
 * Names of the pipes and sockets behind a process's standard input, output and error, such as `pipe:[4711]`. A name belongs to one
 * pipe as long as any process holds it. Empty where /proc is missing.
 */
export async function standardPipes(pid: number): Promise<string[]> {
  if (process.platform !== 'linux') return [];
  const links = await Promise.all([0, 1, 2].map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')));
  return links.filter((link) => /^(pipe|socket):\[/.test(link));
}
