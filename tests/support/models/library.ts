/** The library that the ONNX engine is compared with. */
import { env } from '@huggingface/transformers';

/** Has the library see the models in `folder` and nothing else. @returns how it has to compute: as the engine does */
export function libraryOn(folder: string) {
  env.allowRemoteModels = false;
  env.useFSCache = false;
  env.localModelPath = folder;
  return { dtype: 'fp32', device: 'cpu' } as const;
}
