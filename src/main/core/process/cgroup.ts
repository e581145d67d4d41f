/**
 * Control groups of runs (Linux, cgroup v2; https://docs.kernel.org/admin-guide/cgroup-v2.html). A process cannot leave the group by what daemons
 * do, and the kernel ends all of it at once, also what becomes another process faster than a list of processes can be read. A group can be made
 * where this user may write: under a systemd user session, as root, in a container with a delegated hierarchy.
 */
import { access, constants, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const nameOf = (runId: string) => `tabagent-${runId}`;

/** Where the hierarchy is mounted, and which part of it; null where there is none. */
async function mount(): Promise<{ root: string; point: string } | null> {
  const table = await readFile('/proc/self/mountinfo', 'utf8');
  // proc_pid_mountinfo(5): optional fields end with a hyphen, the type follows. Blanks in paths are octal escapes.
  const line = table.split('\n').find((text) => / - cgroup2 /.test(text));
  const [, , , root, point] = (line?.split(' ') ?? []).map((field) =>
    field.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))),
  );
  return root === undefined || point === undefined ? null : { root, point };
}

/** Folder of a group, by its path as `/proc/<pid>/cgroup` shows it; null for one outside of what is mounted. */
async function folderAt(group: string): Promise<string | null> {
  const mounted = await mount();
  if (mounted === null || group.split('/').includes('..')) return null;
  const below = path.posix.relative(mounted.root, group);
  return below.startsWith('..') ? null : path.posix.join(mounted.point, below);
}

async function findOwn(): Promise<string | null> {
  if (process.platform !== 'linux') return null;
  try {
    const group = /^0::(.*)$/m.exec(await readFile('/proc/self/cgroup', 'utf8'))?.[1];
    const folder = group === undefined ? null : await folderAt(group);
    if (folder === null) return null;
    await access(folder, constants.W_OK);
    await access(path.join(folder, 'cgroup.procs'), constants.W_OK);
    return folder;
  } catch {
    return null;
  }
}

let own: Promise<string | null> | undefined;

/** Folder of the group that a run's first process makes and enters, see {@link ExecutorJob}; null where this user can make none. */
export async function groupFolder(runId: string): Promise<string | null> {
  // A run without a plain name would be another group, such as the host's own.
  if (!/^[\w-]+$/.test(runId)) return null;
  own ??= findOwn();
  const folder = await own;
  return folder === null ? null : path.join(folder, nameOf(runId));
}

/** Whether a process whose group has this path belongs to the run. */
export const isInGroup = (group: string, runId: string): boolean => `${group}/`.includes(`/${nameOf(runId)}/`);

/** Folder of the run's group, as one of its processes shows it: that of an earlier host may lie elsewhere. */
export async function folderOf(group: string, runId: string): Promise<string | null> {
  if (!/^[\w-]+$/.test(runId)) return null;
  const parts = group.split('/');
  return folderAt(parts.slice(0, parts.indexOf(nameOf(runId)) + 1).join('/'));
}

/** Ends every process in a group and the groups below it. @returns whether one is still there; false where there is no group */
export async function killGroup(folder: string): Promise<boolean> {
  try {
    // Since Linux 5.14; before that the group only tells which processes belong to the run.
    await writeFile(path.join(folder, 'cgroup.kill'), '1', { flag: 'r+' }).catch(() => undefined);
    return /^populated 1$/m.test(await readFile(path.join(folder, 'cgroup.events'), 'utf8'));
  } catch {
    return false;
  }
}

/** How long a group whose last process has just ended may still be busy, ms: the kernel takes it out of the group a moment after it tells that it is empty. */
const BUSY_MS = 1_000;

/** Removes an empty group with the empty groups below it; one that stays busy is left. */
export async function removeGroup(folder: string, until = performance.now() + BUSY_MS): Promise<void> {
  try {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (entry.isDirectory()) await removeGroup(path.join(folder, entry.name), until);
    }
    for (;;) {
      const error = await rmdir(folder).catch((error: NodeJS.ErrnoException) => error);
      if (error?.code !== 'EBUSY' || performance.now() >= until) return;
      await delay(20);
    }
  } catch {
    // It was never made.
  }
}
