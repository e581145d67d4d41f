/** The control tokens that a model expects around one text or a pair, so that tokens can be framed which were read before. */
import { AppError } from '../../../../contract/kernel/errors.ts';
import type { Encoded, TextTokenizer } from '../tokenizer.ts';

export interface Frame {
  /** Control tokens around one text, those of them before it, and those around a pair. */
  readonly sizes: { one: number; before: number; pair: number };
  one(ids: readonly number[]): Encoded;
  pair(first: readonly number[], second: readonly number[]): Encoded;
}

/** Tokens between texts, each with the text that it counts as a part of. */
type Part = Encoded;

const partOf = ({ ids, types }: Encoded, from: number, to: number): Part => ({
  ids: ids.slice(from, to),
  types: types.slice(from, to),
});

const joined = (parts: readonly Part[]): Encoded => ({
  ids: parts.flatMap(({ ids }) => ids),
  types: parts.flatMap(({ types }) => types),
});

/** Where `part` is in `ids`, from `from` on; -1 when it is not. */
function placeOf(ids: readonly number[], part: readonly number[], from = 0): number {
  for (let at = from; at + part.length <= ids.length; at++)
    if (part.every((id, index) => ids[at + index] === id)) return at;
  return -1;
}

/** @throws AppError `model-corrupted` for a tokenizer that changes a text by what it puts around it */
export function openFrame(tokenizer: TextTokenizer): Frame {
  const probe = tokenizer.tokenize('a', false);
  const [one, pair] = [tokenizer.encode('a'), tokenizer.encode('a', 'a')];
  const [inOne, first] = [placeOf(one.ids, probe), placeOf(pair.ids, probe)];
  const second = placeOf(pair.ids, probe, first + probe.length);
  if (probe.length === 0 || Math.min(inOne, first, second) < 0)
    throw new AppError('model-corrupted', 'What the tokenizer of the model puts around a text is not known here.');
  const end = (at: number) => at + probe.length;
  const [head, tail] = [partOf(one, 0, inOne), partOf(one, end(inOne), one.ids.length)];
  const before = partOf(pair, 0, first);
  const between = partOf(pair, end(first), second);
  const after = partOf(pair, end(second), pair.ids.length);
  const textOf = (ids: readonly number[], type = 0): Part => ({ ids, types: ids.map(() => type) });
  return {
    sizes: { one: one.ids.length - probe.length, before: inOne, pair: pair.ids.length - 2 * probe.length },
    one: (ids) => joined([head, textOf(ids, one.types[inOne]), tail]),
    pair: (a, b) => joined([before, textOf(a, pair.types[first]), between, textOf(b, pair.types[second]), after]),
  };
}

/** The tokenizer, but that names of control tokens in the texts of inputs stay text: a document could end itself with `[SEP]` and go on as the query. */
export function withLiteralInputs(tokenizer: TextTokenizer): TextTokenizer {
  let frame: Frame | undefined;
  return {
    ...tokenizer,
    encode(text, second) {
      if (!tokenizer.spellsControl(text) && !tokenizer.spellsControl(second ?? ''))
        return tokenizer.encode(text, second);
      frame ??= openFrame(tokenizer);
      const ids = tokenizer.tokenize(text, false);
      return second === undefined ? frame.one(ids) : frame.pair(ids, tokenizer.tokenize(second, false));
    },
  };
}
