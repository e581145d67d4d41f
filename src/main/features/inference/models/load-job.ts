/** Loading a model as a job, so that every door can follow its progress and cancel it. */
import { z } from 'zod';
import { invalidField } from '../../../../contract/kernel/errors.ts';
import type { JobKind } from '../../jobs/index.ts';
import type { ModelLookup } from '../deps.ts';
import type { LoadOptions } from './resident.ts';
import type { Residents } from './residents.ts';

const Input = z.object({
  model: z.string(),
  /** Null: not given; here and below. */
  contextLength: z.int().nullable(),
  gpuLayers: z.int().nullable(),
  ttlSeconds: z.int().nullable(),
  forceReload: z.boolean(),
  /** `cpu`, `cuda`, …; null takes what there is. */
  device: z.string().nullable(),
});
type Input = z.infer<typeof Input>;
export type LoadJobInput = Input;

/** Load options as the job stores them. */
export const loadJobInput = (
  model: string,
  device: string | undefined,
  { contextLength, gpuLayers, ttlSeconds, forceReload }: LoadOptions,
): Input => ({
  model,
  contextLength: contextLength ?? null,
  gpuLayers: gpuLayers ?? null,
  ttlSeconds: ttlSeconds ?? null,
  forceReload: forceReload ?? false,
  device: device === undefined || device === 'auto' ? null : (device.split(':')[0] ?? null),
});

const optionsOf = ({ contextLength, gpuLayers, ttlSeconds, forceReload }: Input): LoadOptions => ({
  ...(contextLength === null ? {} : { contextLength }),
  ...(gpuLayers === null ? {} : { gpuLayers }),
  ...(ttlSeconds === null ? {} : { ttlSeconds }),
  forceReload,
});

const PROGRESS_MS = 250;

/** Refuses, and unloads, a model that the engine has loaded on another device than the one asked for. @throws AppError `validation-error` */
async function checkDevice(wanted: string | null, device: string, unload: () => Promise<void>): Promise<void> {
  if (wanted === null || wanted === device) return;
  await unload();
  const reason = `the engine computes on ${device} here`;
  throw invalidField('device', reason, { param: true });
}

export function loadJobKind(source: ModelLookup, residents: Residents): JobKind<Input, null> {
  return {
    name: 'model_load',
    input: Input,
    checkpoint: z.null(),
    // Models do not survive the host, so there is nothing to resume.
    resumable: false,
    async run({ input, signal, progress }) {
      const model = await source.resolve(input.model, null, residents.ids(null), true);
      progress({ message: `Loading ${model.id}`, percent: 0 });
      const tell = setInterval(() => progress({ percent: residents.get(model.id)?.percent ?? 0 }), PROGRESS_MS);
      const cancel = () => void residents.unload(model).catch(() => undefined);
      signal.addEventListener('abort', cancel, { once: true });
      try {
        const { facts } = await residents.load(model, optionsOf(input));
        await checkDevice(input.device, facts?.device ?? 'cpu', () => residents.unload(model));
        progress({ message: `Loaded ${model.id}`, percent: 100 });
        return { model: model.id, context_length: facts?.context_length ?? 0, device: facts?.device ?? 'cpu' };
      } finally {
        clearInterval(tell);
        signal.removeEventListener('abort', cancel);
      }
    },
  };
}
