/** What the whole host costs: cold start of the built program to its ready line, against an empty Node program; memory and processor time at rest. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { writeLlama } from '../support/models/llama-model.ts';
import { writeOnnxGenerator } from '../support/models/onnx-models.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const CLI = path.join(ROOT, 'out/main/cli.js');
const ROUNDS = 7;
const IDLE_MS = 5000;
/** Ms to ready; percent of one core and MB resident at rest; ready with a model of each engine ÷ ready with none. */
const bars = { readyMs: 500, idleCpu: 1, idleMb: 140, models: 1.05 };
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

/** A data directory whose models folder has a model of each engine. */
function withModels(dir: string): string {
  const folder = path.join(dir, 'models', 'test');
  fs.mkdirSync(path.join(folder, 'gguf'), { recursive: true });
  writeLlama(path.join(folder, 'gguf', 'gguf-F16.gguf'));
  writeOnnxGenerator(path.join(folder, 'onnx'));
  return dir;
}

/** Runs the benchmark and prints its figures. @returns false when a bar is missed */
export async function bench(): Promise<boolean> {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-bench-'));
  const dirOfModels = withModels(fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-bench-models-')));
  const ratios: number[] = [];
  const empty: number[] = [];
  const ready: number[] = [];
  try {
    // The first start makes the database and Node's compile cache; it is not one that people wait for twice.
    for (let round = 0; round <= ROUNDS; round++) {
      const node = start(['-e', 'console.log(1)'], dir);
      const nodeMs = await node.firstLine;
      const host = start([CLI, 'serve', '--port', '0'], dir);
      const hostMs = await host.firstLine;
      await stop(host.child);
      const other = start([CLI, 'serve', '--port', '0'], dirOfModels);
      const otherMs = await other.firstLine;
      await stop(other.child);
      if (round > 0) {
        empty.push(nodeMs);
        ready.push(hostMs);
        ratios.push(otherMs / hostMs);
      }
    }
    const nodeMs = median(empty);
    const afterNode = median(ready) - nodeMs;
    console.log(
      `cold start to ready: ${median(ready).toFixed(0)} ms; an empty Node program: ${nodeMs.toFixed(0)} ms; after Node has started: ${afterNode.toFixed(0)} ms (bar ${bars.readyMs})`,
    );

    console.log(
      `ready with a model of each engine ÷ with none: ${median(ratios).toFixed(3)} (bar ${bars.models}); no engine is started by either`,
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
      const resident = rssMb(pid);
      idleOk = percent <= bars.idleCpu && resident <= bars.idleMb;
      console.log(
        `at rest: ${resident.toFixed(0)} MB resident (bar ${bars.idleMb}), ${percent.toFixed(1)} % of one core (bar ${bars.idleCpu} %)`,
      );
      await stop(host.child);
    } else console.log('at rest: measured on Linux only');
    return afterNode <= bars.readyMs && median(ratios) <= bars.models && idleOk;
  } finally {
    for (const one of [dir, dirOfModels]) fs.rmSync(one, { recursive: true, force: true });
  }
}
