/** Facts about the machine and its load, read when asked. */
import fs from 'node:fs/promises';
import os from 'node:os';
import type { z } from 'zod';
import type { Resources, SystemInfo } from '../../../contract/host/system.ts';
import { type Clock, iso } from '../../core/clock.ts';
import type { Hardware } from '../../core/hardware.ts';
import { machineTicks } from './metrics-probe.ts';

const MIB = 1024 * 1024;

/** Shortest stretch that a figure of the load covers, ms: two callers that ask at once would measure a few ticks. */
const LOAD_MS = 1_000;

/** Reads the busy share of all cores, percent, over at least {@link LOAD_MS}. */
function createLoadReader(clock: Clock): () => number {
  let before = machineTicks();
  let at = clock.now();
  let usage: number | null = null;
  return () => {
    if (usage !== null && clock.now() - at < LOAD_MS) return usage;
    const after = machineTicks();
    const total = after.machine_total - before.machine_total;
    usage = total <= 0 ? 0 : Math.round(((after.machine_busy - before.machine_busy) / total) * 1000) / 10;
    before = after;
    at = clock.now();
    return usage;
  };
}

/** Models in memory. */
export type LoadedModels = () => { loaded: { model: string; bytes: number; device: string }[] };

/** Creates the reader. */
export function createSystemReader(deps: {
  clock: Clock;
  version: string;
  dataDir: string;
  hardware: Hardware;
  models: LoadedModels;
}) {
  const { clock, version, dataDir } = deps;
  const load = createLoadReader(clock);
  const { graphics, physicalCores } = deps.hardware;

  return {
    /** Facts about the machine. */
    async info(): Promise<z.infer<typeof SystemInfo>> {
      const list = os.cpus();
      const gpu = (await graphics())[0];
      const physical = await physicalCores();
      return {
        cpu: { model: list[0]?.model.trim() ?? 'unknown', cores: physical, threads: list.length },
        memory: { total_bytes: os.totalmem(), available_bytes: os.freemem() },
        gpu: gpu
          ? {
              name: gpu.name,
              vendor: gpu.vendor,
              memory_bytes: gpu.totalMb === null ? null : Math.round(gpu.totalMb * MIB),
            }
          : null,
        system: 'tabagent',
        version,
        arch: process.arch,
        os: `${os.type()} ${os.release()}`,
        memory_total: os.totalmem(),
        cpu_cores: physical,
        timestamp: iso(clock.now()),
      };
    },
    /** Load of the machine. `cpu_usage` covers the time since the figure before, at least a second. */
    async resources(): Promise<Resources> {
      const total = os.totalmem();
      const free = os.freemem();
      const [disk, cards] = await Promise.all([fs.statfs(dataDir), graphics()]);
      const first = cards[0];
      return {
        cpu_ram: {
          total_mb: Math.round(total / MIB),
          available_mb: Math.round(free / MIB),
          used_mb: Math.round((total - free) / MIB),
        },
        gpus: cards.map((gpu, index) => ({
          index,
          name: gpu.name,
          vram_total_mb: gpu.totalMb === null ? null : Math.round(gpu.totalMb),
          vram_used_mb: gpu.usedMb === null ? null : Math.round(gpu.usedMb),
          vram_available_mb: gpu.totalMb === null || gpu.usedMb === null ? null : Math.round(gpu.totalMb - gpu.usedMb),
        })),
        loaded_models: deps.models().loaded.map(({ model, bytes, device }) => ({
          model_id: model,
          memory_mb: Math.ceil(bytes / MIB),
          device,
        })),
        cpu_usage: load(),
        memory_usage: total - free,
        memory_total: total,
        gpu_usage: first?.usage ?? null,
        gpu_memory_usage: first?.usedMb === null || first === undefined ? null : Math.round(first.usedMb * MIB),
        gpu_memory_total: first?.totalMb === null || first === undefined ? null : Math.round(first.totalMb * MIB),
        disk_usage: (disk.blocks - disk.bavail) * disk.bsize,
        disk_total: disk.blocks * disk.bsize,
      };
    },
    graphics,
  };
}
export type SystemReader = ReturnType<typeof createSystemReader>;
