/** What the machine is made of. systeminformation is loaded at first use: it costs start-up time. */
import os from 'node:os';

/** Graphics card as far as it can be detected. */
interface Gpu {
  name: string;
  vendor: string;
  totalMb: number | null;
  usedMb: number | null;
  usage: number | null;
}

/** Creates the reader; each fact is read once. */
export function createHardware() {
  let cores: Promise<number> | undefined;
  let gpus: Promise<Gpu[]> | undefined;

  const physicalCores = () => {
    cores ??= import('systeminformation')
      .then(({ default: si }) => si.cpu())
      .then((cpu) => cpu.physicalCores || os.cpus().length)
      .catch(() => os.cpus().length);
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
      .catch(() => []);
    return gpus;
  };

  return { physicalCores, graphics };
}
