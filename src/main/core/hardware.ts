/** What the machine is made of, and the memory that is free. systeminformation is loaded at first use: it costs start-up time. */
import os from 'node:os';

/** Graphics card as far as it can be detected. */
export interface Gpu {
  name: string;
  vendor: string;
  totalMb: number | null;
  usedMb: number | null;
  usage: number | null;
}

/** Processor as far as it can be detected. */
interface Cpu {
  physicalCores: number;
  vendor: string;
  family: string;
  model: string;
  stepping: string;
}

/** Memory that programs of this host can still take, bytes; a container's limit counts. */
const freeMemory = (): number => Math.min(os.freemem(), process.availableMemory());

/** Creates the reader; each fact is read once. */
export function createHardware() {
  let known: Gpu[] = [];
  let cpus: Promise<Cpu | null> | undefined;
  let cores: Promise<number> | undefined;
  let gpus: Promise<Gpu[]> | undefined;

  const cpu = () => {
    cpus ??= import('systeminformation').then(({ default: si }) => si.cpu()).catch(() => null);
    return cpus;
  };

  const physicalCores = () => {
    cores ??= cpu().then((found) => found?.physicalCores || os.cpus().length);
    return cores;
  };

  // Probing graphics starts helper programs: once per run is enough for names and totals.
  const graphics = () => {
    gpus ??= import('systeminformation')
      .then(({ default: si }) => si.graphics())
      .then(({ controllers }) =>
        controllers
          .filter((gpu) => gpu.model !== '' && !/virtual|basic|llvmpipe/i.test(`${gpu.vendor} ${gpu.model}`))
          .map((gpu) => ({
            name: gpu.model,
            vendor: gpu.vendor,
            totalMb: gpu.memoryTotal ?? (gpu.vram || null),
            usedMb: gpu.memoryUsed ?? null,
            usage: gpu.utilizationGpu ?? null,
          })),
      )
      .then((found) => {
        known = found;
        return found;
      })
      .catch(() => []);
    return gpus;
  };

  return {
    freeMemory,
    physicalCores,
    graphics,
    cpu,
    /** The cards as far as they have been detected; begins to detect them. */
    graphicsNow(): readonly Gpu[] {
      void graphics();
      return known;
    },
  };
}
export type Hardware = ReturnType<typeof createHardware>;
