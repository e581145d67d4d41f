/** What the machine can hold and run: estimates, feasibility, recommendations. */
import { z } from 'zod';
import { call } from '../kernel/define.ts';
import { EngineUse } from './engine.ts';
import { namedModel, namedVariant } from './reference.ts';

const RamTier = z.enum(['low', 'medium', 'high', 'very_high']);

/** What computes models on this machine, best first. */
export const Provider = z.enum(['cuda', 'rocm', 'vulkan', 'metal', 'coreml', 'directml', 'openvino', 'cpu']);
export type Provider = z.infer<typeof Provider>;

/** R43. What cannot be detected is null. */
export const HardwareInfo = z.object({
  cpu: z.object({
    vendor: z.string(),
    architecture: z.string(),
    model_name: z.string(),
    cores: z.int(),
    threads: z.int(),
    family: z.string().nullable(),
    model: z.string().nullable(),
    stepping: z.string().nullable(),
  }),
  memory: z.object({ total_ram_mb: z.int(), available_ram_mb: z.int(), used_ram_mb: z.int(), ram_tier: RamTier }),
  gpus: z.array(
    z.object({
      index: z.int(),
      name: z.string(),
      vendor: z.string(),
      vram_mb: z.int().nullable(),
      driver_version: z.string().nullable(),
    }),
  ),
  vram: z.object({ total_vram_mb: z.int(), vram_tier: RamTier }),
  execution_provider: Provider,
  fallbacks: z.array(z.string()),
  reason: z.string(),
});
export type HardwareInfo = z.infer<typeof HardwareInfo>;

/** R41. `basis` says whether the estimate follows from files on this machine or from a name. */
const MemoryEstimate = z.object({
  model: z.string(),
  quantization: z.string().nullable(),
  estimated_mb: z.int(),
  estimated_memory_mb: z.int(),
  estimated_vram_mb: z.int().nullable(),
  available_ram_mb: z.int(),
  available_vram_mb: z.int().nullable(),
  fits_in_ram: z.boolean(),
  fits_in_vram: z.boolean(),
  can_load: z.boolean(),
  loading_strategy: z.object({
    target: z.enum(['gpu', 'split', 'cpu', 'none']),
    gpu_index: z.int().nullable(),
    gpu_percent: z.int(),
    cpu_percent: z.int(),
    reason: z.string(),
  }),
  reason: z.string().nullable(),
  /** Largest context that fits now; null when that is not known, or not even the smallest does. */
  largest_context: z.int().nullable(),
  basis: z.enum(['file', 'name']),
});
export type MemoryEstimate = z.infer<typeof MemoryEstimate>;

const Compatibility = z.object({
  model: z.string(),
  compatible: z.boolean(),
  message: z.string(),
  estimated_memory_mb: z.int(),
  available_memory_mb: z.int(),
  recommended_device: z.string(),
  requirements: z.array(z.string()),
  missing_requirements: z.array(z.string()),
  recommendations: z.array(z.string()),
});

const Feasibility = z.object({
  can_load: z.boolean(),
  model_size_mb: z.int(),
  available_ram_mb: z.int(),
  available_vram_mb: z.int(),
  recommendation: z.string(),
});

/** One model of the catalogue, which comes with the program. */
export const CatalogueEntry = z.strictObject({
  repo: z.string().regex(/^[A-Za-z0-9._-]+\/[A-Za-z0-9._-]+$/),
  name: z.string().min(1).max(100),
  type: EngineUse,
  format: z.enum(['gguf', 'onnx']),
  /** Quantization that is offered. */
  variant: z.string().min(1).max(40),
  parameters: z.int().min(1),
  /** About what is downloaded, bytes. */
  bytes: z.int().min(1),
  license: z.string().min(1).max(60),
  /** Memory from which on it runs well, GB. */
  ram_gb: z.int().min(1),
  summary: z.string().min(1).max(200),
});
export type CatalogueEntry = z.infer<typeof CatalogueEntry>;

const Recommendations = z.object({
  available_ram_mb: z.int(),
  available_vram_mb: z.int(),
  safe_ram_mb: z.int(),
  safe_vram_mb: z.int(),
  recommended_sizes: z.array(z.string()),
  recommendation: z.string(),
  /** Of the catalogue, what this machine can hold. */
  models: z.array(CatalogueEntry.extend({ fits: z.boolean(), installed: z.boolean() })),
});

/** R30. */
const Recipes = z.object({
  recipes: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      engine: z.enum(['llama.cpp', 'onnx']),
      hardware: z.array(z.string()),
      available: z.boolean(),
      ram_gb: z.int(),
      gpu_required: z.boolean(),
      suitable: z.boolean(),
    }),
  ),
  current_system: z.object({
    ram_gb: z.int(),
    gpu_available: z.boolean(),
    recommended_provider: z.string(),
    reason: z.string(),
    tier: RamTier,
  }),
});

const shared = { area: 'models', scope: 'read', localWithoutKey: true } as const;

export const hardwareOperations = {
  estimate_memory: call(
    z.object({
      ...namedModel,
      ...namedVariant,
      context_length: z.int().min(1).max(1_048_576).default(4096),
    }),
    MemoryEstimate,
    {
      ...shared,
      row: 'R41',
      tags: ['Resources'],
      summary: 'Memory that a model would take, and where it would go',
      tier: 'none',
      idempotent: true,
      audited: false,
      http: { method: 'POST', path: '/v1/resources/estimate' },
    },
  ),
  compatibility: call(
    z.object({ ...namedModel, ...namedVariant, device: z.string().max(40).optional() }),
    Compatibility,
    {
      ...shared,
      row: 'R42',
      tags: ['Resources'],
      summary: 'Whether a model can be loaded on this machine now',
      tier: 'none',
      idempotent: true,
      audited: false,
      http: { method: 'POST', path: '/v1/resources/compatibility' },
    },
  ),
  get_hardware_info: call(z.object({}), HardwareInfo, {
    ...shared,
    row: 'R43',
    tags: ['Hardware'],
    summary: 'Processor, memory and graphics cards of this machine, and what computes models on it',
    tier: 'none',
    http: { method: 'GET', path: '/v1/hardware/info' },
  }),
  check_model_feasibility: call(z.object({ model_size_mb: z.int().min(1).max(100_000_000) }), Feasibility, {
    ...shared,
    row: 'R44',
    tags: ['Hardware'],
    summary: 'Whether a model of a size can be loaded',
    tier: 'none',
    idempotent: true,
    audited: false,
    http: { method: 'POST', path: '/v1/hardware/feasibility' },
  }),
  get_recommended_models: call(z.object({}), Recommendations, {
    ...shared,
    row: 'R45',
    tags: ['Hardware'],
    summary: 'Sizes of models that suit this machine, and models of the catalogue',
    tier: 'none',
    http: { method: 'GET', path: '/v1/hardware/recommendations' },
  }),
  get_recipes: call(z.object({}), Recipes, {
    ...shared,
    row: 'R30',
    aliases: ['recipes'],
    tags: ['Management'],
    summary: 'Ways to run models, and which suit this machine',
    tier: 'low',
    http: { method: 'GET', path: '/v1/recipes' },
  }),
};
