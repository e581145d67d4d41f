/** Whether a model fits into memory, counted before anything is loaded. */
import { AppError } from '../../../../contract/kernel/errors.ts';
import type { InstalledModel, ModelSource } from '../deps.ts';

/** Memory that models leave to the rest of the machine, bytes. */
const RESERVE = 256 * 1024 * 1024;
/** The shortest context that is worth loading a model with. */
const LEAST_CONTEXT = 512;
const STEP = 256;
const MIB = 1024 * 1024;

export const roomOf = (available: number) => Math.max(0, available - RESERVE);

/** The longest context, in steps of 256 tokens, with which a model fits into `room` bytes; null when none does. */
export function largestContext(
  source: Pick<ModelSource, 'memory'>,
  model: InstalledModel,
  parallel: number,
  room: number,
): number | null {
  const fits = (contextLength: number) => source.memory(model, { contextLength, parallel }) <= room;
  let least = Math.min(LEAST_CONTEXT, model.contextLength);
  if (!fits(least)) return null;
  if (fits(model.contextLength)) return model.contextLength;
  let most = model.contextLength;
  while (most - least > STEP) {
    const middle = Math.floor((least + most) / 2 / STEP) * STEP || STEP;
    if (middle <= least) break;
    if (fits(middle)) least = middle;
    else most = middle;
  }
  return least;
}

export function doesNotFit(model: InstalledModel, required: number, room: number, largest: number | null): AppError {
  const [required_mb, available_mb] = [Math.ceil(required / MIB), Math.floor(room / MIB)];
  const advice =
    largest === null
      ? 'Unload another model, or use a smaller variant.'
      : `A context of ${largest} tokens would fit; or unload another model.`;
  return new AppError(
    'out-of-memory',
    `${model.id} needs ${required_mb} MB and ${available_mb} MB are free. ${advice}`,
    { extra: { model: model.id, required_mb, available_mb, largest_context_length: largest } },
  );
}
