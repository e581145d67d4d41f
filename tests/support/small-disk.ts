/** A data directory on a disk that can be filled, and freed again. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** See {@link openSmallDisk}. */
export interface SmallDisk extends Disposable {
  /** A file system of its own, or (without the right to mount one) a size limit for the files of the process, which answers EFBIG. */
  world: 'tmpfs' | 'rlimit';
  dir: string;
  /** From now on `pid` can store nothing more. */
  fill(pid: number): void;
  free(pid: number): void;
}

function mount(dir: string, mib: number): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mib}m,mode=700`, 'tabagent-test', dir], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Writes until there is no byte left. */
function fillFile(file: string): void {
  const fd = fs.openSync(file, 'a');
  try {
    for (let size = 1_048_576; size >= 1; size = Math.floor(size / 2)) {
      try {
        for (;;) fs.writeSync(fd, Buffer.alloc(size));
      } catch {
        // Smaller pieces may still fit.
      }
    }
  } finally {
    fs.closeSync(fd);
  }
}

/** Makes one, and says which kind it is. */
export function openSmallDisk(mib: number): SmallDisk {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-disk-'));
  const world = process.platform === 'linux' && mount(root, mib) ? 'tmpfs' : 'rlimit';
  process.stdout.write(
    `full disk: ${world === 'tmpfs' ? `a tmpfs of ${mib} MiB` : 'a file size limit (no right to mount)'}\n`,
  );
  const filler = path.join(root, 'filler');
  const limit = (pid: number, bytes: string) => execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:`]);
  return {
    world,
    dir: path.join(root, 'data'),
    fill: (pid) => (world === 'tmpfs' ? fillFile(filler) : limit(pid, '1')),
    free(pid) {
      if (world === 'tmpfs') fs.rmSync(filler);
      // The limit of a process that is gone went with it.
      else if (fs.existsSync(`/proc/${pid}`)) limit(pid, 'unlimited');
    },
    [Symbol.dispose]() {
      if (world === 'tmpfs') execFileSync('umount', ['-l', root]);
      fs.rmSync(root, { recursive: true, force: true });
    },
  };
}
