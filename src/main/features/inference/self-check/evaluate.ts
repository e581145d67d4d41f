/** Evaluates the answers of a model, and says what may be wrong with it. */
import type { ClassScore, Entity } from '../../../../contract/models/analysis.ts';
import type { SelfCheck } from '../../../../contract/models/self-check.ts';
import { NAMES, QUESTIONS } from './questions.ts';

export type Evaluated = Pick<SelfCheck, 'verdict' | 'findings' | 'right' | 'asked'>;

/** Marks of chat templates. A model that writes them itself was given another template than it was trained with. */
const MARKS =
  /<\|(?:im_start|im_end|im_sep|eot_id|start_header_id|end_header_id|end|user|assistant)\|>|<\/?start_of_turn>|<end_of_turn>|\[\/?INST\]|<\/?s>|### (?:Instruction|Response):/;
/** Cosine similarity from which vectors of different texts count as equal. */
const SAME = 0.9999;

function evaluated(right: number, asked: number, findings: readonly (string | false)[]): Evaluated {
  const found = findings.filter((finding) => finding !== false);
  return { verdict: found.length === 0 ? 'passed' : 'suspect', findings: found, right, asked };
}

/** Characters of an answer that are told. */
const TOLD = 80;

/** What was asked, what was expected, and what came. */
function told({ ask, word }: (typeof QUESTIONS)[number], text: string): string {
  const came = text.replaceAll(/\s+/g, ' ').trim();
  const answer = came === '' ? 'nothing' : `“${came.slice(0, TOLD)}${came.length > TOLD ? '…' : ''}”`;
  return `To “${ask}” the answer should have had “${word}” in it; it was ${answer}.`;
}

/** @param answers to {@link QUESTIONS}, reasoning included; `ended`: not cut off by the limit of tokens */
export function evaluateAnswers(answers: readonly { text: string; ended: boolean }[]): Evaluated {
  const right = answers.filter(({ text }, at) => QUESTIONS[at]?.expect.test(text)).length;
  const mark = answers.map(({ text }) => MARKS.exec(text)?.[0]).find((found) => found !== undefined);
  const [[first], [firstAnswer]] = [QUESTIONS, answers];
  const endless = right === 0 && answers.every(({ ended }) => !ended);
  return evaluated(right, answers.length, [
    mark !== undefined &&
      `Its answers contain ${mark}: the chat template of its file is not the one that it was trained with.`,
    right === 0 && first !== undefined && firstAnswer !== undefined && told(first, firstAnswer.text),
    right === 0 &&
      'It knew none of the simple questions: its chat template may be the wrong one, or its file is damaged or of a model that does not chat.',
    endless && 'It ended none of its answers by itself: the mark for the end of a turn may be missing.',
  ]);
}

/** @param similarities of each triple: to the sentence that means the same, and to the other */
export function evaluateSimilarities(similarities: readonly (readonly [same: number, other: number])[]): Evaluated {
  const right = similarities.filter(([same, other]) => same > other).length;
  const flat = similarities.flat().every((value) => value > SAME);
  return evaluated(right, similarities.length, [
    flat && 'All texts get the same vector: its pooling is not the one that it was trained with.',
    !flat &&
      right * 2 < similarities.length &&
      'Sentences that mean the same are not closer to each other than others: its pooling or its prefixes may be the wrong ones.',
  ]);
}

/** @param scores of the documents of each query; the first is the one that answers it */
export function evaluateScores(scores: readonly (readonly number[])[]): Evaluated {
  const right = scores.filter(([first = 0, ...others]) => others.every((other) => first > other)).length;
  return evaluated(right, scores.length, [
    right === 0 &&
      'It put no answer before documents that have nothing to do with the query: it may not be a model for ranking.',
  ]);
}

/** @param found entities in each of {@link NAMES} */
export function evaluateNames(found: readonly (readonly Entity[])[]): Evaluated {
  const right = NAMES.filter(({ text, name }, index) => {
    const at = text.indexOf(name);
    return found[index]?.some(({ start, end }) => start < at + name.length && end > at);
  }).length;
  const everything = found.every((entities, index) => {
    const length = entities.reduce((sum, { start, end }) => sum + end - start, 0);
    return length * 2 > (NAMES[index]?.text.length ?? 0);
  });
  return evaluated(right, NAMES.length, [
    right === 0 &&
      'It found none of the names in simple sentences: it may look for other things than names, or its labels may be wrong.',
    everything && 'It takes nearly every word for a name: its labels may be in another order than its numbers.',
  ]);
}

/** Difference from which two scores are not the same. */
const DIFFERENT = 1e-4;

/** @param scores of each opinion */
export function evaluateClasses(scores: readonly (readonly ClassScore[])[]): Evaluated {
  const scoreOf = (of: readonly ClassScore[], label: string) => of.find((one) => one.label === label)?.score ?? 0;
  const differ = (one: readonly ClassScore[], other: readonly ClassScore[]) =>
    one.some(({ label, score }) => Math.abs(score - scoreOf(other, label)) > DIFFERENT);
  const right = scores.filter((one, at) => scores.every((other, index) => index === at || differ(one, other))).length;
  return evaluated(right, scores.length, [
    right === 0 &&
      'It says the same of every text: it may be damaged, or its tokenizer may not be the one that it was trained with.',
  ]);
}

/** Words that models write for silence: a short phrase of the end of films that they were trained with. */
const FEW_WORDS = 6;
const wordsIn = (text: string) => text.split(/\s+/).filter((word) => word !== '').length;

/** @param written of recordings in which nobody speaks */
export function evaluateSilence(written: readonly { text: string; truncated: boolean }[]): Evaluated {
  const right = written.filter(({ text, truncated }) => !truncated && wordsIn(text) <= FEW_WORDS).length;
  const endless = written.some(({ truncated }) => truncated);
  return evaluated(right, written.length, [
    endless &&
      'It writes without end when nobody speaks: its tokenizer or its features may not be those that it was trained with.',
    !endless &&
      right === 0 &&
      'It writes sentences when nobody speaks: its features may not be those that it was trained with.',
  ]);
}

/** @param captions of pictures that are nothing like each other */
export function evaluateCaptions(captions: readonly { text: string; truncated: boolean }[]): Evaluated {
  const right = captions.filter(
    ({ text }, at) => text !== '' && captions.every((other, index) => index === at || other.text !== text),
  ).length;
  const endless = captions.every(({ truncated }) => truncated);
  return evaluated(right, captions.length, [
    right === 0 &&
      'It says the same of every picture, or nothing: the size and colours that its files ask for may not be those that it was trained with.',
    endless && 'It ended none of its captions by itself: the mark for the end of a text may be missing.',
  ]);
}
