/** How weights come into memory. */
import { readFileSync } from 'node:fs';

function cpuInfo(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return '';
  }
}

/**
 * Whether the file of a model is mapped. On processors with AMX the library computes with copies of the weights in an order of their own: a mapped
 * file would stay in memory beside them, and a model would take its weights twice. Known on Linux only.
 */
export const mapsWeights = (cpu: string = cpuInfo()): boolean => !/\bamx_tile\b/.test(cpu);
