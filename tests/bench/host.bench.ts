/** What the whole host costs: cold start of the built program to its ready line, against an empty Node program; memory and processor time at rest. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const ROOT = path.resolve(import.meta.dirname, '../..');
const CLI = path.join(ROOT, 'out/main/cli.js');
const ROUNDS = 7;
const IDLE_MS = 5000;
/** Bars of the issue: ms to ready, percent of one core at rest. */
const bars = { readyMs: 500, idleCpu: 1 };
/** Ticks a second of /proc/<pid>/stat on Linux. */
const HERTZ = 100;

const median = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

function start(args: string[], dir: string): { child: ChildProcess; firstLine: Promise<number> } {
  const began = performance.now();
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { ...process.env, TABAGENT_KEYRING: 'off', TABAGENT_DATA_DIR: dir },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return {
    child,
    firstLine: once(child.stdout as NodeJS.ReadableStream, 'data').then(() => performance.now() - began),
  };
}

async function stop(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}

function cpuSeconds(pid: number): number {
  const fields = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / HERTZ;
}

function rssMb(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

/** Runs the benchmark and prints its figures. @returns false when a bar is missed */
export async function bench(): Promise<boolean> {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-bench-'));
  const empty: number[] = [];
  const ready: number[] = [];
  try {
    // The first start makes the database and Node's compile cache; it is not one that people wait for twice.
    for (let round = 0; round <= ROUNDS; round++) {
      const node = start(['-e', 'console.log(1)'], dir);
      const nodeMs = await node.firstLine;
      const host = start([CLI, 'serve', '--port', '0'], dir);
      const hostMs = await host.firstLine;
      if (round > 0) {
        empty.push(nodeMs);
        ready.push(hostMs);
      }
      await stop(host.child);
    }
    const nodeMs = median(empty);
    const afterNode = median(ready) - nodeMs;
    console.log(
      `cold start to ready: ${median(ready).toFixed(0)} ms; an empty Node program: ${nodeMs.toFixed(0)} ms; after Node has started: ${afterNode.toFixed(0)} ms (bar ${bars.readyMs})`,
    );

    let idleOk = true;
    if (process.platform === 'linux') {
      const host = start([CLI, 'serve', '--port', '0'], dir);
      await host.firstLine;
      const pid = host.child.pid ?? 0;
      await delay(2000);
      const before = cpuSeconds(pid);
      await delay(IDLE_MS);
      const percent = ((cpuSeconds(pid) - before) / (IDLE_MS / 1000)) * 100;
      idleOk = percent <= bars.idleCpu;
      console.log(
        `at rest: ${rssMb(pid).toFixed(0)} MB resident, ${percent.toFixed(1)} % of one core (bar ${bars.idleCpu} %)`,
      );
      await stop(host.child);
    } else console.log('at rest: measured on Linux only');
    return afterNode <= bars.readyMs && idleOk;
  } finally {
    fs.rmSync(dir, { recursive: true, force: true });
  }
}
