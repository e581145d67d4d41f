/** The machine as far as models are concerned: memory tiers, execution provider, recipes. */
import os from 'node:os';
import type { Operations } from '../../../../contract/index.ts';
import type { OutputOf } from '../../../../contract/kernel/define.ts';
import type { HardwareInfo, Provider } from '../../../../contract/models/hardware.ts';
import type { Gpu, Hardware } from '../../../core/hardware.ts';
import { MIB } from './estimate.ts';

type Tier = HardwareInfo['memory']['ram_tier'];
const GIB_MB = 1024;

/** The tier of a size in MiB; the tuple holds where the next tiers begin, GiB. */
function tier(mb: number, [medium, high, most]: readonly [number, number, number]): Tier {
  if (mb < medium * GIB_MB) return 'low';
  if (mb < high * GIB_MB) return 'medium';
  return mb < most * GIB_MB ? 'high' : 'very_high';
}
/** A machine sold with 16 GB reports a little less. */
const ramTier = (mb: number) => tier(Math.ceil(mb / GIB_MB) * GIB_MB, [8, 16, 32]);
const vramTier = (mb: number) => tier(mb, [4, 8, 16]);

interface Choice {
  provider: Provider;
  fallbacks: Provider[];
  reason: string;
}

/** The execution provider for these cards. */
export function chooseProvider(cards: readonly Gpu[], platform: NodeJS.Platform): Choice {
  const named = (pattern: RegExp) => cards.find(({ vendor, name }) => pattern.test(`${vendor} ${name}`));
  if (platform === 'darwin')
    return { provider: 'metal', fallbacks: ['coreml', 'cpu'], reason: 'Macs compute models with Metal.' };
  const nvidia = named(/nvidia|geforce|quadro|tesla/i);
  if (nvidia)
    return { provider: 'cuda', fallbacks: ['vulkan', 'cpu'], reason: `${nvidia.name} computes models with CUDA.` };
  const amd = named(/\bamd\b|advanced micro|radeon|\bati\b/i);
  if (amd) {
    const provider = platform === 'win32' ? 'directml' : 'rocm';
    return { provider, fallbacks: ['vulkan', 'cpu'], reason: `${amd.name} is an AMD card.` };
  }
  const intel = named(/intel/i);
  if (intel) return { provider: 'openvino', fallbacks: ['vulkan', 'cpu'], reason: `${intel.name} is an Intel card.` };
  return { provider: 'cpu', fallbacks: [], reason: 'No graphics card was found that computes models.' };
}

const wordOrNull = (value: string | undefined) => (value === undefined || value === '' ? null : value);

/** Answer of `get_hardware_info`. */
export async function hardwareInfo(hardware: Hardware): Promise<HardwareInfo> {
  const [cards, cpu, cores] = await Promise.all([hardware.graphics(), hardware.cpu(), hardware.physicalCores()]);
  const threads = os.cpus();
  const total = Math.round(os.totalmem() / MIB);
  const available = Math.round(hardware.freeMemory() / MIB);
  const vram = Math.round(cards.reduce((sum, { totalMb }) => sum + (totalMb ?? 0), 0));
  const { provider, fallbacks, reason } = chooseProvider(cards, process.platform);
  return {
    cpu: {
      vendor: wordOrNull(cpu?.vendor) ?? 'unknown',
      architecture: process.arch,
      model_name: threads[0]?.model.trim() ?? 'unknown',
      cores,
      threads: threads.length,
      family: wordOrNull(cpu?.family),
      model: wordOrNull(cpu?.model),
      stepping: wordOrNull(cpu?.stepping),
    },
    memory: {
      total_ram_mb: total,
      available_ram_mb: available,
      used_ram_mb: Math.max(0, total - available),
      ram_tier: ramTier(total),
    },
    gpus: cards.map(({ name, vendor, totalMb }, index) => ({
      ...{ index, name, vendor, vram_mb: totalMb === null ? null : Math.round(totalMb), driver_version: null },
    })),
    vram: { total_vram_mb: vram, vram_tier: vramTier(vram) },
    execution_provider: provider,
    fallbacks,
    reason,
  };
}

type Recipes = OutputOf<Operations['get_recipes']>;
type Recipe = Recipes['recipes'][number];

/** Ways to run models; each needs one of its providers. */
const RECIPES: readonly (Omit<Recipe, 'available' | 'suitable'> & { needs: readonly Provider[] })[] = [
  {
    id: 'llama-cpu',
    name: 'GGUF on the processor',
    engine: 'llama.cpp',
    hardware: ['cpu'],
    ram_gb: 8,
    gpu_required: false,
    needs: [],
  },
  {
    id: 'llama-cuda',
    name: 'GGUF on NVIDIA cards',
    engine: 'llama.cpp',
    hardware: ['cuda'],
    ram_gb: 8,
    gpu_required: true,
    needs: ['cuda'],
  },
  {
    id: 'llama-metal',
    name: 'GGUF on Macs',
    engine: 'llama.cpp',
    hardware: ['metal'],
    ram_gb: 8,
    gpu_required: true,
    needs: ['metal'],
  },
  {
    id: 'llama-vulkan',
    name: 'GGUF on any card with Vulkan',
    engine: 'llama.cpp',
    hardware: ['vulkan'],
    ram_gb: 8,
    gpu_required: true,
    needs: ['vulkan', 'rocm', 'openvino', 'directml'],
  },
  {
    id: 'onnx-cpu',
    name: 'ONNX on the processor',
    engine: 'onnx',
    hardware: ['cpu'],
    ram_gb: 4,
    gpu_required: false,
    needs: [],
  },
  {
    id: 'onnx-cuda',
    name: 'ONNX on NVIDIA cards',
    engine: 'onnx',
    hardware: ['cuda'],
    ram_gb: 8,
    gpu_required: true,
    needs: ['cuda'],
  },
  {
    id: 'onnx-directml',
    name: 'ONNX on Windows cards',
    engine: 'onnx',
    hardware: ['directml'],
    ram_gb: 8,
    gpu_required: true,
    needs: ['directml'],
  },
  {
    id: 'onnx-coreml',
    name: 'ONNX on Macs',
    engine: 'onnx',
    hardware: ['coreml'],
    ram_gb: 8,
    gpu_required: true,
    needs: ['metal', 'coreml'],
  },
  {
    id: 'onnx-npu',
    name: 'ONNX on neural processors',
    engine: 'onnx',
    hardware: ['npu'],
    ram_gb: 16,
    gpu_required: true,
    needs: ['openvino'],
  },
  {
    id: 'low_memory',
    name: 'Small models',
    engine: 'llama.cpp',
    hardware: ['cpu'],
    ram_gb: 8,
    gpu_required: false,
    needs: [],
  },
  {
    id: 'balanced',
    name: 'Middle models',
    engine: 'llama.cpp',
    hardware: ['cpu'],
    ram_gb: 16,
    gpu_required: false,
    needs: [],
  },
  {
    id: 'high_performance',
    name: 'Large models',
    engine: 'llama.cpp',
    hardware: ['gpu'],
    ram_gb: 32,
    gpu_required: true,
    needs: ['cuda', 'rocm', 'metal', 'directml', 'vulkan'],
  },
];

/** Answer of `get_recipes`. */
export function recipesFor(info: HardwareInfo): Recipes {
  const present = new Set<string>([info.execution_provider, ...info.fallbacks]);
  const ram = Math.ceil(info.memory.total_ram_mb / GIB_MB);
  return {
    recipes: RECIPES.map(({ needs, ...recipe }) => {
      const available = needs.length === 0 || needs.some((provider) => present.has(provider));
      return { ...recipe, available, suitable: available && ram >= recipe.ram_gb };
    }),
    current_system: {
      ram_gb: ram,
      gpu_available: info.execution_provider !== 'cpu',
      recommended_provider: info.execution_provider,
      reason: info.reason,
      tier: info.memory.ram_tier,
    },
  };
}
