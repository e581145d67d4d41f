/** The processes of this machine, as far as the operating system shows them, for `process-tree.ts`. */
import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
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
  /** Value of {@link RUN_ID_ENV} in its environment, null without one or where it cannot be read. */
  runId: string | null;
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

/** Reads one process from /proc; null when it has exited, is a zombie, or is a thread of the kernel. */
async function readProc(pid: number): Promise<ProcessInfo | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'latin1');
    // The name is in parentheses and may hold anything, also parentheses.
    const [state, ppid, pgid, sid, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z' || state === 'X' || sid === '0') return null;
    const environment = await readEnvironment(pid);
    return {
      pid,
      ppid: Number(ppid),
      pgid: Number(pgid),
      sid: Number(sid),
      started: rest[15] ?? '',
      runId: environment === null ? null : markOf(environment),
      blank: environment?.length === 0,
      image: `${rest[19]} ${rest[21]}`,
    };
  } catch {
    return null;
  }
}

async function linux(): Promise<ProcessInfo[]> {
  const names = await readdir('/proc');
  const all = await Promise.all(names.filter((name) => /^\d+$/.test(name)).map((name) => readProc(Number(name))));
  return all.filter((info) => info !== null);
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
        runId: mark.exec(command)?.[1] ?? null,
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
    return [{ pid: Number(pid), ppid: Number(ppid), pgid: 0, sid: 0, started, runId: null, blank: false, image: '' }];
  });
  // Windows keeps the pid of a parent that has gone, and may have reused it since.
  const startOf = new Map(all.map((info) => [info.pid, BigInt(info.started)]));
  return all.map((info) => ((startOf.get(info.ppid) ?? 0n) > BigInt(info.started) ? { ...info, ppid: 0 } : info));
}

/**
 * Every process that this user may look at; zombies are left out. One pass over /proc on Linux (10 to 30 ms), one `ps` on macOS,
 * one PowerShell query on Windows (about half a second).
 */
export function listProcesses(): Promise<ProcessInfo[]> {
  if (process.platform === 'linux') return linux();
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
