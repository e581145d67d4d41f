/**
 * Finds and ends every process of one attempt of a task: the executor, its browser, and whatever a script started, also daemons
 * that left the process group.
 *
 * No single sign is enough, so several are combined. A process belongs to a run if
 * 1. its environment has the run's marker (Linux; macOS for programs that are not the system's own), or
 * 2. it belongs to this user, started after the executor, and has the run's limit of file locks (Linux), or
 * 3. it descends from a process of the run, or
 * 4. it is in a process group or session that a process of the run leads, or led when it was seen; then one of its members has to be about as old as that look, or known, or
 * 5. it is in an earlier snapshot of the run and still the same process (pid and start time), or
 * 6. it is in the run's control group (Linux, where this user can make one), or
 * 7. its standard output, input or error is a pipe that belonged to the run (Linux).
 *
 * Sign 2 stays with a process that starts a session of its own, is orphaned, clears its environment, closes its descriptors, and changes its
 * folder and name; the group also ends what becomes another process again and again. What can still escape on Linux: a program that leaves the group
 * and changes that limit on purpose; without a group one that clears its environment where there is no `prlimit` (util-linux), or that becomes
 * another process faster than the list is read. On macOS one that clears its environment and is orphaned between two snapshots. On Windows only 3 and 5 hold: a
 * grandchild whose parent had gone before the first snapshot escapes; a job object would close that hole, which Node.js cannot make.
 *
 * Nothing here runs on a timer while tasks run: snapshots are taken when the caller has a reason to (a process was started, a
 * cancel came). Only {@link reapRun} looks repeatedly, until the processes that it has just killed are gone.
 */
import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { locksMark } from '../../../contract/automation/executor.ts';
import { folderOf, groupFolder, isInGroup, killGroup, removeGroup } from './cgroup.ts';
import { listProcesses, type ProcessInfo, standardPipes, startOf, TICK_MS } from './process-list.ts';

/** What is known about the processes of a run; hand it from call to call, it only grows. */
export interface TreeSnapshot {
  readonly runId: string;
  /** The limit that its processes have, see `locksMark`. */
  readonly locks: string;
  /** When its first process started, see `startOf`; 0 when that is not known. */
  readonly since: number;
  /** Pid → start time of every process seen in the run. */
  readonly seen: Map<number, string>;
  /** Pid → leader of a group or session of the run, and the start of the newest process in the last look that saw the run in it. */
  readonly leaders: Map<number, { started: string; until: number }>;
  /** Pipes that only the run holds. */
  readonly pipes: Set<string>;
  /** Folders of its control groups. */
  readonly groups: Set<string>;
}

/**
 * Starts the record of a run; an empty one is enough to find what carries a mark (recovery after a crash).
 * @param rootPid its first process, while it lives: what is older is looked at less closely
 */
export function createSnapshot(runId: string, rootPid?: number): TreeSnapshot {
  const since = rootPid === undefined ? 0 : startOf(rootPid);
  const locks = locksMark(runId);
  return { runId, locks, since, seen: new Map(), leaders: new Map(), pipes: new Set(), groups: new Set() };
}

/** A group that lost its leader after the last look may have members that are younger than that look by this much, ms. */
const UNSEEN_MS = 5_000;

/** When a process started, ms since an instant that is the same for all of them. */
function timeOf({ started }: ProcessInfo): number {
  return /^\d+$/.test(started) ? Number(started) * TICK_MS : Date.parse(started);
}

/** Marks everything of a run in one list of processes, by the signs 1 to 6. */
function members(
  all: readonly ProcessInfo[],
  snapshot: TreeSnapshot,
  roots: ReadonlySet<number>,
): Map<number, ProcessInfo> {
  const own = all.find((info) => info.pid === process.pid);
  const found = new Map<number, ProcessInfo>();
  const children = Map.groupBy(all, (info) => info.ppid);
  const byGroup = Map.groupBy(all, (info) => info.pgid);
  const bySession = Map.groupBy(all, (info) => info.sid);

  function take(info: ProcessInfo): void {
    if (found.has(info.pid) || info.pid === process.pid) return;
    found.set(info.pid, info);
    for (const child of children.get(info.pid) ?? []) take(child);
    leadBy(info.pid);
  }
  /** Everything in the group and session that a pid leads, unless they are the host's. */
  function leadBy(pid: number): void {
    if (pid <= 1 || pid === own?.pgid || pid === own?.sid) return;
    for (const info of byGroup.get(pid) ?? []) take(info);
    for (const info of bySession.get(pid) ?? []) take(info);
  }

  const starts = new Map(all.map((info) => [info.pid, info.started]));
  for (const info of all) {
    const marked =
      info.runId === snapshot.runId || info.locks === snapshot.locks || isInGroup(info.cgroup, snapshot.runId);
    if (marked || roots.has(info.pid) || snapshot.seen.get(info.pid) === info.started) take(info);
  }
  for (const [pid, { started, until }] of snapshot.leaders) {
    if ((starts.get(pid) ?? started) !== started) continue;
    // A leader that has gone keeps its number reserved while its group lives. An empty group frees it, and a later one may have the number:
    // its members are much younger than the last look at ours.
    const all = [...(byGroup.get(pid) ?? []), ...(bySession.get(pid) ?? [])];
    if (all.some((info) => found.has(info.pid) || timeOf(info) <= until + UNSEEN_MS)) leadBy(pid);
  }
  return found;
}

/** Sign 7: processes outside the tree that hold a pipe of the run. */
async function pipeHolders(
  all: readonly ProcessInfo[],
  found: Map<number, ProcessInfo>,
  snapshot: TreeSnapshot,
): Promise<void> {
  if (process.platform !== 'linux') return;
  const ours = new Set(await standardPipes(process.pid));
  for (const pid of found.keys()) {
    for (const pipe of await standardPipes(pid)) if (!ours.has(pipe)) snapshot.pipes.add(pipe);
  }
  if (snapshot.pipes.size === 0) return;
  await Promise.all(
    all.map(async (info) => {
      if (!info.recent || found.has(info.pid) || info.pid === process.pid) return;
      const pipes = await standardPipes(info.pid);
      if (pipes.some((pipe) => snapshot.pipes.has(pipe))) found.set(info.pid, info);
    }),
  );
}

/** @param newest start of the youngest process of all */
function remember({ seen, leaders }: TreeSnapshot, found: readonly ProcessInfo[], newest: number): void {
  for (const { pid, pgid, sid, started } of found) {
    seen.set(pid, started);
    if (pid === pgid || pid === sid) leaders.set(pid, { started, until: newest });
  }
  for (const { pgid, sid } of found) {
    for (const id of [pgid, sid]) {
      const leader = leaders.get(id);
      if (leader) leader.until = newest;
    }
  }
}

interface Look {
  found: ProcessInfo[];
  /** Other processes in the exec window (no environment yet), by pid and start: whether they belong to the run shows in a moment. */
  blank: string[];
}

async function look(snapshot: TreeSnapshot, rootPid?: number): Promise<Look> {
  const all = await listProcesses(snapshot.since);
  const found = members(all, snapshot, new Set(rootPid === undefined ? [] : [rootPid]));
  await pipeHolders(all, found, snapshot);
  remember(snapshot, [...found.values()], Math.max(...all.map(timeOf)));
  for (const group of new Set([...found.values()].map((info) => info.cgroup))) {
    const folder = isInGroup(group, snapshot.runId) ? await folderOf(group, snapshot.runId) : null;
    if (folder !== null) snapshot.groups.add(folder);
  }
  return { found: [...found.values()], blank: blankOf(all.filter((info) => !found.has(info.pid))) };
}

/** Longer than any exec window, ms. */
const SETTLED_MS = 1_000;
/**
 * Programs without an environment and when that was seen first: those that stay so really have none. A process that becomes one program
 * after the other is in the exec window in look after look, but never with the same program.
 */
let blanks = new Map<string, number>();

function blankOf(others: readonly ProcessInfo[]): string[] {
  const now = performance.now();
  const before = blanks;
  blanks = new Map();
  const names: string[] = [];
  for (const { blank, pid, started, image } of others) {
    if (!blank) continue;
    const program = `${pid} ${started} ${image}`;
    const since = before.get(program) ?? now;
    blanks.set(program, since);
    if (now - since < SETTLED_MS) names.push(`${pid} ${started}`);
  }
  return names;
}

/**
 * The living processes of a run.
 * @param known what earlier calls learned; grows by what this call sees
 */
export async function findProcesses(runId: string, known: TreeSnapshot = createSnapshot(runId)): Promise<number[]> {
  return (await look(known)).found.map((info) => info.pid);
}

/**
 * Remembers the processes of a run while their relations can still be seen. Call it when something was started or is about to be
 * stopped; each call costs one pass over the process list.
 * @param rootPid the executor, while it lives: a pid that was reused would draw in processes of others
 */
export async function snapshotTree(rootPid: number, known: TreeSnapshot): Promise<void> {
  await look(known, rootPid);
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has exited, or may not be signalled by this user; the next snapshot shows which.
  }
}

function taskkill(pid: number): Promise<void> {
  return new Promise((resolve) => {
    execFile('taskkill', ['/PID', String(pid), '/T', '/F'], { windowsHide: true }, () => resolve());
  });
}

async function signalAll(processes: readonly ProcessInfo[], signal: NodeJS.Signals): Promise<void> {
  if (process.platform === 'win32') {
    // Windows has no signals: everything but a plain end is ignored there.
    if (signal === 'SIGKILL' || signal === 'SIGTERM') await Promise.all(processes.map((info) => taskkill(info.pid)));
    return;
  }
  const pids = new Set(processes.map((info) => info.pid));
  // A group is signalled at once, so that a program that forks faster than we look cannot run away from it.
  for (const pgid of new Set(processes.map((info) => info.pgid))) if (pids.has(pgid)) send(-pgid, signal);
  for (const { pid } of processes) send(pid, signal);
}

/** Ends what is in the control groups of a run. @returns whether something is still there */
async function killGroups({ runId, groups }: TreeSnapshot): Promise<boolean> {
  const own = await groupFolder(runId);
  if (own !== null) groups.add(own);
  return (await Promise.all([...groups].map(killGroup))).includes(true);
}

/**
 * Sends a signal to every process of a run.
 * @param rootPid the executor, while it lives
 * @param known what earlier calls learned; grows by what this call sees, pass it on to {@link reapRun}
 * @returns how many processes were signalled
 */
export async function killTree(
  rootPid: number,
  runId: string,
  signal: NodeJS.Signals,
  known: TreeSnapshot = createSnapshot(runId),
): Promise<number> {
  const { found } = await look(known, rootPid);
  if (signal === 'SIGKILL') await killGroups(known);
  await signalAll(found, signal);
  return found.length;
}

/** Options of {@link reapRun}. */
export interface ReapOptions {
  /** How long to go on, ms. */
  deadlineMs: number;
  known?: TreeSnapshot;
}

/**
 * Kills every process of a run and resolves when none is left, or at the deadline. A process list is not atomic: one look misses what
 * was started by a process that ended meanwhile. Two looks in a row have to find nothing, and no process that was in the exec window in both.
 * @returns how many processes were still there at the deadline: 0, unless one is stuck in the kernel or belongs to another user
 */
export async function reapRun(runId: string, options: ReapOptions): Promise<number> {
  const known = options.known ?? createSnapshot(runId);
  const end = performance.now() + options.deadlineMs;
  let clear = 0;
  let blankBefore: readonly string[] = [];
  for (let wait = 5; ; wait = Math.min(wait * 2, 100)) {
    const held = await killGroups(known);
    const { found, blank } = await look(known);
    clear = found.length === 0 && !held && !blank.some((name) => blankBefore.includes(name)) ? clear + 1 : 0;
    blankBefore = blank;
    if (clear === 2 || performance.now() >= end) {
      await Promise.all([...known.groups].map((group) => removeGroup(group)));
      return found.length;
    }
    await signalAll(found, 'SIGKILL');
    // Only a parent is notified of the end of its child: look again shortly.
    if (clear === 0) await delay(wait);
  }
}
