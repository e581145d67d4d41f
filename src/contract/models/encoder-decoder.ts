/** Names of the files of ONNX models that are made of an encoder and a decoder, as exporters (Optimum) write them. */

/** What a decoder's file is called; the rest of its name tells the number type. */
const DECODER = /^decoder_model(_merged)?(_\w+)?\.onnx$/i;

/** The graphs that belong together. */
export interface Graphs {
  encoder: string;
  /** Of a decoder that was not merged: the graph for all tokens but the first ones, if it is there. */
  later: string | null;
}

/** By the name of the decoder's file; null when it is none. */
export function graphsOf(decoder: string): Graphs | null {
  const parts = DECODER.exec(decoder);
  if (parts === null) return null;
  const [, merged, type = ''] = parts;
  return {
    encoder: `encoder_model${type}.onnx`,
    later: merged === undefined ? `decoder_with_past_model${type}.onnx` : null,
  };
}

/** A merged decoder takes the place of the two that it was made of. @returns whether a file with its weights is not needed beside it */
export const isBesideMerged = (name: string) => /decoder_(model(?!_merged)|with_past_model)/i.test(name);
export const isMergedDecoder = (name: string) => /decoder_model_merged/i.test(name);
