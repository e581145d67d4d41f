/** Entities of a text: the labels of its tokens, joined to what they name. */
import { type Aggregation, type Entity, MAX_ENTITIES } from '../../../../contract/models/analysis.ts';
import type { EngineAnswer, EngineAsk, EngineItem } from '../../../../contract/models/engine.ts';
import type { Call } from '../../../shared/serve.ts';
import { createPause } from '../../text/deadline.ts';
import { type Classifier, classifyRows, softmax } from './model.ts';
import { readText, type Span } from './places.ts';
import { windowsOf } from './windows.ts';

/** A token with its likeliest label. */
export interface Labelled extends Span {
  label: string;
  score: number;
}

/** The label of tokens that are part of nothing. */
const NOTHING = 'O';

/** `B-PER` is the first token of a `PER`, `I-PER` a later one; `E` ends and `S` is one alone. A label without such a mark goes on. */
function tagOf(label: string): { mark: string; tag: string } {
  const found = /^([BIES])-(.+)$/s.exec(label);
  return found === null ? { mark: 'I', tag: label } : { mark: found[1] ?? 'I', tag: found[2] ?? '' };
}

const isLetter = /^[\p{L}\p{N}\p{M}]$/u;

/** Whether the letters on both sides of a place are of one word. */
function isInside(text: string, at: number): boolean {
  const [before = ''] = [...text.slice(Math.max(0, at - 2), at)].slice(-1);
  return isLetter.test(before) && isLetter.test(String.fromCodePoint(text.codePointAt(at) ?? 0));
}

/** Words, each with the label of its first token. */
function wordsOf(tokens: readonly Labelled[], text: string): Labelled[] {
  const words: Labelled[] = [];
  for (const token of tokens) {
    const word = words.at(-1);
    if (word !== undefined && token.start <= word.end && isInside(text, token.start)) word.end = token.end;
    else words.push({ ...token });
  }
  return words;
}

/** Joins neighbours of one entity, whose score is the mean of its parts. */
function joined(parts: readonly Labelled[]): Labelled[] {
  const groups: (Labelled & { count: number })[] = [];
  /** Tag of the entity that goes on; null when none does. */
  let open: string | null = null;
  for (const { label, score, start, end } of parts) {
    if (label === NOTHING) {
      open = null;
      continue;
    }
    const { mark, tag } = tagOf(label);
    const group = groups.at(-1);
    if (group !== undefined && open === tag && mark !== 'B' && mark !== 'S') {
      group.score += score;
      group.count += 1;
      group.end = Math.max(group.end, end);
    } else groups.push({ label: tag, score, start, end, count: 1 });
    open = mark === 'E' || mark === 'S' ? null : tag;
  }
  return groups.map(({ count, score, ...group }) => ({ ...group, score: score / count }));
}

/** Entities of labelled tokens, without spaces at their ends, in the order of the text. */
export function entitiesOf(tokens: readonly Labelled[], text: string, aggregation: Aggregation): Entity[] {
  const found =
    aggregation === 'none'
      ? tokens.filter(({ label }) => label !== NOTHING)
      : joined(aggregation === 'word' ? wordsOf(tokens, text) : tokens);
  return found.flatMap(({ label, score, start, end }) => {
    const named = text.slice(start, end);
    const inner = named.trim();
    if (inner === '') return [];
    const from = start + named.indexOf(inner);
    return [{ label, score, start: from, end: from + inner.length }];
  });
}

export async function findEntities(
  classifier: Classifier<'ner'>,
  { text, aggregation, threshold }: Extract<EngineAsk, { op: 'entities' }>,
  { signal, emit }: Call<EngineItem>,
): Promise<EngineAnswer> {
  const { tokenizer, frame, labels, facts } = classifier;
  const { ids, spans } = await readText(tokenizer, text, createPause(signal));
  const windows = windowsOf(ids.length, facts.context_length - frame.sizes.one);
  const labelled: Labelled[] = [];
  await classifyRows(
    classifier,
    ids.length === 0 ? [] : windows.map(({ from, to }) => frame.one(ids.slice(from, to))),
    (row, numbers) => {
      const { from = 0, first = 0, last = 0 } = windows[row] ?? {};
      for (let at = first; at < last; at++) {
        const scores = softmax(numbers(frame.sizes.before + at - from));
        const best = scores.indexOf(Math.max(...scores));
        const { start, end } = spans[at] ?? { start: 0, end: 0 };
        labelled[at] = { label: labels[best] ?? NOTHING, score: scores[best] ?? 0, start, end };
      }
    },
    { signal, done: (rows) => emit({ t: 'reading', percent: Math.floor((rows * 100) / windows.length) }) },
  );
  const entities = entitiesOf(labelled, text, aggregation).filter(({ score }) => score >= threshold);
  return {
    t: 'entities',
    entities: entities.slice(0, MAX_ENTITIES),
    omitted: Math.max(0, entities.length - MAX_ENTITIES),
    tokens: ids.length,
    windows: windows.length,
  };
}
