/** Opens the files of a model and says what it is, or why it cannot be used. */
import path from 'node:path';
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
  const name = path.basename(main);
  const [graph = 0, ...weights] = files
    .filter((file) => file.path === main || ofWeights(path.basename(file.path)) === name)
    .map(({ bytes }) => bytes);
  const outside = weights.reduce((sum, bytes) => sum + bytes, 0);
  return onnxFacts(folderOf(main), variant ?? 'fp32', { inside: graph, outside });
}
