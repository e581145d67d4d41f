/** Models and quantizations as inputs name them, under either of two names. */
import { either, oneOf } from '../../../core/operation/either.ts';

/** @throws AppError `validation-error` when both names say different things, or neither is there */
export const refIn = (input: { model?: string | undefined; model_id?: string | undefined }): string =>
  oneOf(['model', 'model_id'], input.model, input.model_id);

/** @throws AppError `validation-error` when both names say different things */
export const variantIn = (input: { variant?: string | undefined; quantization?: string | undefined }) =>
  either(['variant', 'quantization'], input.variant, input.quantization);
