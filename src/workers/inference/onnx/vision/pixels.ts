/** What models that see are given: pixels of one size as numbers, by what `preprocessor_config.json` asks for. */
import { AppError } from '../../../../contract/kernel/errors.ts';
import { isJsonObject } from '../../../../contract/kernel/json.ts';
import type { Json, JsonObject } from '../../../../contract/kernel/scalars.ts';
import { MAX_PICTURE } from '../../../../contract/models/analysis.ts';
import { useless } from '../folder.ts';
import type { Picture } from '../media/png.ts';
import { FILTERS, type Raster, resized } from './resize.ts';

interface Size {
  width: number;
  height: number;
}

export interface Pixels {
  /** What the model gets. */
  readonly size: Size;
  /** All red numbers, then green, then blue. @param pause awaited now and then */
  of(picture: Picture, pause: () => Promise<void>): Promise<Float32Array>;
}

/** Pixels of a picture that was resized by its shorter side. */
const MAX_RESIZED = 16_000_000;
/** Steps that some models ask for and nothing here does. */
const UNKNOWN_STEPS = ['do_pad', 'do_thumbnail', 'do_crop_margin', 'do_align_long_axis', 'do_image_splitting'];
const BILINEAR = 2;

const isSide = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MAX_PICTURE.given;

/** How a picture is resized: to a size, or so that its shorter side has a length. */
type Target = Size | { shortest: number };

function targetOf(value: Json | undefined, isCropped: boolean): Target | null {
  // Before sizes had names, a number was a square, but for models that crop.
  if (isSide(value)) return isCropped ? { shortest: value } : { width: value, height: value };
  if (!isJsonObject(value)) return null;
  if (isSide(value.width) && isSide(value.height)) return { width: value.width, height: value.height };
  return isSide(value.shortest_edge) ? { shortest: value.shortest_edge } : null;
}

function sizeFor({ width, height }: Size, target: Target): Size {
  if (!('shortest' in target)) return target;
  const [short, long] = [Math.min(width, height), Math.max(width, height)];
  const other = Math.trunc((target.shortest * long) / short);
  if (other * target.shortest > MAX_RESIZED)
    throw new AppError(
      'unprocessable-entity',
      'The picture is far longer than it is wide. Cut out what is to be described.',
      {
        extra: { param: 'file' },
      },
    );
  return width <= height ? { width: target.shortest, height: other } : { width: other, height: target.shortest };
}

/** Three numbers of the file, or the same three times. */
function threeOf(value: Json | undefined, usual: number): readonly number[] {
  const all = Array.isArray(value) ? value : [value ?? usual];
  if (all.length !== 3 && all.length !== 1)
    throw useless('its preprocessor_config.json does not describe three colours');
  return [0, 1, 2].map((at) => {
    const one = all[all.length === 1 ? 0 : at];
    if (typeof one === 'number' && Number.isFinite(one)) return one;
    throw useless('its preprocessor_config.json names a mean or deviation that is no number');
  });
}

/** The middle of a picture; what it does not reach is black. */
function cropped(raster: Raster, { width, height }: Size): Raster {
  const [left, top] = [Math.floor((raster.width - width) / 2), Math.floor((raster.height - height) / 2)];
  const data = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [fromX, fromY] = [x + left, y + top];
      if (fromX < 0 || fromY < 0 || fromX >= raster.width || fromY >= raster.height) continue;
      const at = 3 * (fromY * raster.width + fromX);
      data.set(raster.data.subarray(at, at + 3), 3 * (y * width + x));
    }
  return { width, height, data };
}

/** @throws AppError `model-corrupted` for steps that are not known here and numbers that cannot be */
export function openPixels(config: JsonObject): Pixels {
  const step = UNKNOWN_STEPS.find((name) => config[name] === true);
  if (step !== undefined) throw useless(`its pictures are prepared in a way that is not known here (${step})`);
  const isCropped = config.do_center_crop === true;
  const target = config.do_resize === false ? null : targetOf(config.size, isCropped);
  const crop = isCropped ? targetOf(config.crop_size ?? config.size, false) : null;
  const size = crop ?? target;
  if (target === null || size === null || 'shortest' in size)
    throw useless('its preprocessor_config.json names no size of pictures that is known here');
  const filter = FILTERS[typeof config.resample === 'number' ? config.resample : BILINEAR];
  if (filter === undefined) throw useless('its preprocessor_config.json names no filter that is known here');
  const factor = config.do_rescale === false ? 1 : config.rescale_factor;
  const scale = typeof factor === 'number' && Number.isFinite(factor) ? factor : 1 / 255;
  const isNormal = typeof config.do_normalize === 'boolean' ? config.do_normalize : config.image_mean !== undefined;
  const mean = isNormal ? threeOf(config.image_mean, 0.5) : [0, 0, 0];
  const deviation = isNormal ? threeOf(config.image_std, 0.5) : [1, 1, 1];
  if (deviation.includes(0)) throw useless('its preprocessor_config.json names a deviation of 0');
  const isBackwards = config.do_flip_channel_order === true;

  return {
    size,
    async of(picture, pause) {
      const raster = await resized(picture, sizeFor(picture, target), filter, pause);
      const { width, height, data } = crop === null ? raster : cropped(raster, size);
      const area = width * height;
      const out = new Float32Array(3 * area);
      for (let part = 0; part < 3; part++) {
        const from = isBackwards ? 2 - part : part;
        const [less, by] = [mean[from] ?? 0, deviation[from] ?? 1];
        for (let at = 0; at < area; at++) out[part * area + at] = ((data[3 * at + from] ?? 0) * scale - less) / by;
      }
      return out;
    },
  };
}
