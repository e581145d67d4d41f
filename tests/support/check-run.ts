/** One of the project's checks, run on a tree of its own. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ROOT } from './core.ts';

/** Runs `scripts/lib/check/<name>` where `file` is all there is. @returns its exit code, and the lines of the file that it names */
export async function runCheck(name: string, file: string, lines: readonly string[]) {
  const tree = await mkdtemp(path.join(tmpdir(), 'tabagent-check-'));
  try {
    await mkdir(path.join(tree, path.dirname(file)), { recursive: true });
    await writeFile(path.join(tree, file), `${lines.join('\n')}\n`);
    execFileSync('git', ['init', '--quiet'], { cwd: tree });
    return await new Promise<{ code: unknown; named: string[] }>((resolve) => {
      execFile(process.execPath, [path.join(ROOT, 'scripts/lib/check', name)], { cwd: tree }, (error, stdout) =>
        resolve({ code: error?.code, named: stdout.split('\n').filter((line) => line.startsWith(`${file}:`)) }),
      );
    });
  } finally {
    await rm(tree, { recursive: true, force: true });
  }
}
