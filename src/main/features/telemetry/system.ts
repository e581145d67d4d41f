/** Facts about the machine and its load, read when asked. */
import fs from 'node:fs/promises';
import os from 'node:os';
import type { z } from 'zod';
import type { Resources, SystemInfo } from '../../../contract/host/system.ts';
import { type Clock, iso } from '../../core/clock.ts';
import { createHardware } from './hardware.ts';

const MIB = 1024 * 1024;

/** Busy share of all cores between two readings of {@link os.cpus}, percent. */
function cpuBusy(before: os.CpuInfo[], after: os.CpuInfo[]): number {
  let busy = 0;
  let total = 0;
  after.forEach((cpu, index) => {
    const old = before[index];
    if (!old) return;
    const sum = (times: os.CpuInfo['times']) => times.user + times.nice + times.sys + times.idle + times.irq;
    const all = sum(cpu.times) - sum(old.times);
    total += all;
    busy += all - (cpu.times.idle - old.times.idle);
  });
  return total === 0 ? 0 : Math.round((busy / total) * 1000) / 10;
}

/** Creates the reader. */
export function createSystemReader(deps: { clock: Clock; version: string; dataDir: string }) {
  const { clock, version, dataDir } = deps;
  let cpus = os.cpus();
  const { graphics, physicalCores } = createHardware();

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
    /** Load of the machine. `cpu_usage` covers the time since the call before. */
    async resources(): Promise<Resources> {
      const before = cpus;
      cpus = os.cpus();
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
        loaded_models: [],
        cpu_usage: cpuBusy(before, cpus),
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
