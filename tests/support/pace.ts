/** How slow this machine is right now, so that limits in time hold on a busy one too: they are ratios against a start of Node. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** What starting an empty Node program takes on an idle machine of the size that limits are written for, ms. */
const IDLE_START_MS = 40;
const ROUNDS = 3;

async function startNode(): Promise<number> {
  const began = performance.now();
  await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit');
  return performance.now() - began;
}

/**
 * A limit as it has to be now.
 * @param idleMs limit on an idle machine, ms
 * @returns the same, or more in proportion to how much longer an empty Node program takes to start
 */
export async function limitNow(idleMs: number): Promise<number> {
  let slowest = 0;
  for (let round = 0; round < ROUNDS; round++) slowest = Math.max(slowest, await startNode());
  return idleMs * Math.max(1, slowest / IDLE_START_MS);
}
