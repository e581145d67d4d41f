/** Opens the files of a model and says what it is, or why it cannot be used. */
import path from 'node:path';
import { graphsOf } from '../../../../contract/models/encoder-decoder.ts';
import { MalformedFile } from './byte-reader.ts';
import { type Candidate, folderOf, ofWeights } from './discover.ts';
import type { ModelFacts } from './facts.ts';
import { headerBudget, readGguf } from './gguf.ts';
import { ggufFacts } from './gguf-facts.ts';
import { checkNumbers } from './gguf-sanity.ts';
import { readOnnx } from './onnx.ts';
import { onnxFacts } from './onnx-facts.ts';

/** Facts, or the reason in words why there are none. */
export type Inspected = { facts: ModelFacts; problem: null } | { facts: null; problem: string };

/** Never throws: whatever is wrong with the files is the model's problem. */
export async function inspect(candidate: Candidate): Promise<Inspected> {
  try {
    const facts = candidate.format === 'gguf' ? await inspectGguf(candidate) : await inspectOnnx(candidate);
    return { facts, problem: null };
  } catch (error) {
    if (error instanceof MalformedFile) return { facts: null, problem: error.message };
    return { facts: null, problem: `It cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'}).` };
  }
}

async function inspectGguf({ files }: Candidate): Promise<ModelFacts> {
  const [first, ...rest] = files;
  const budget = headerBudget();
  const head = await readGguf(first.path, budget);
  const parts = head.values.get('split.count');
  if (typeof parts === 'number' && parts > 1 && files.length !== parts)
    throw new MalformedFile(`It has ${parts} parts, of which ${files.length} are here.`);
  checkNumbers(head);
  const totals = { ...head.totals };
  for (const file of rest) {
    const { bytes, parameters } = (await readGguf(file.path, budget)).totals;
    totals.bytes += bytes;
    totals.parameters += parameters;
  }
  return ggufFacts(head, totals);
}

async function inspectOnnx({ path: main, variant, files }: Candidate): Promise<ModelFacts> {
  const present = new Set(files.map((file) => file.path));
  for (const file of files.filter((one) => /\.onnx$/i.test(one.path))) {
    const { external } = await readOnnx(file.path);
    const absent = external.find((name) => !present.has(path.join(path.dirname(file.path), name)));
    if (absent !== undefined)
      throw new MalformedFile(`Its weights are in ${JSON.stringify(absent)}, which is not here.`);
  }
  const others = graphsOf(path.basename(main));
  const beside = (name: string | undefined | null) => {
    const file = name == null ? null : path.join(path.dirname(main), name);
    return file !== null && present.has(file) ? [file] : [];
  };
  const encoder = beside(others?.encoder);
  // Without an encoder it only writes, and nothing else than its main file is opened.
  const graphs = [main, ...encoder, ...(encoder.length > 0 ? beside(others?.later) : [])];
  const names = graphs.map((file) => path.basename(file));
  const isOwn = (file: string) => graphs.includes(file) || names.includes(ofWeights(path.basename(file)));
  const weights = files.filter((file) => isOwn(file.path)).reduce((sum, { bytes }) => sum + bytes, 0);
  const encoderDecoder = others === null ? null : { encoder: others.encoder, isThere: encoder.length > 0 };
  return onnxFacts(folderOf(main), variant ?? 'fp32', weights, encoderDecoder);
}
