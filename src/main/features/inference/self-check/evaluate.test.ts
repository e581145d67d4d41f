import { expect, test } from 'vitest';
import {
  evaluateAnswers,
  evaluateCaptions,
  evaluateClasses,
  evaluateNames,
  evaluateScores,
  evaluateSilence,
  evaluateSimilarities,
} from './evaluate.ts';
import { NAMES } from './questions.ts';

const answers = (...texts: string[]) => texts.map((text) => ({ text, ended: true }));

test('a model that knows one of the answers passes, however it words them', () => {
  expect(evaluateAnswers(answers('<think>two and two</think>It is 4.', 'Lyon', 'gray'))).toMatchObject({
    ...{ verdict: 'passed', right: 1, asked: 3, findings: [] },
  });
  expect(evaluateAnswers(answers('four', 'PARIS!', 'Blue.')).right).toBe(3);
  // 42 is not 4, and Parish is not Paris.
  expect(evaluateAnswers(answers('42', 'Parish', 'bluer')).right).toBe(0);
});

test.each([
  '<|im_start|>',
  '<|eot_id|>',
  '<end_of_turn>',
  '[INST]',
  '</s>',
  '### Response:',
])('an answer with %s shows a template of another model, even when it is right', (mark) => {
  const { verdict, findings } = evaluateAnswers(answers(`4 ${mark} user`, 'Paris', 'blue'));
  expect(verdict).toBe('suspect');
  expect(findings).toEqual([expect.stringContaining(mark)]);
});

test('a model that knows nothing is suspect, and one that never ends is told so too', () => {
  const { findings } = evaluateAnswers(answers(' x\n<y> ', 'y', 'z'));
  expect(findings).toHaveLength(2);
  // Catches a verdict that nobody can judge: what was asked, what was expected and what came belong to it.
  expect(findings[0]).toBe(
    'To “What is two plus two? Answer with the number only.” the answer should have had “4” in it; it was “x <y>”.',
  );
  expect(evaluateAnswers(answers('', 'y', 'z')).findings[0]).toMatch(/it was nothing\.$/);
  expect(evaluateAnswers(answers('w '.repeat(500), 'y', 'z')).findings[0]?.length).toBeLessThan(220);
  expect(evaluateAnswers(answers('x', 'y', 'z').map((one) => ({ ...one, ended: false }))).findings).toHaveLength(3);
});

test('vectors that are all the same, or that do not follow the meaning, show a wrong pooling', () => {
  expect(
    evaluateSimilarities([
      [0.9, 0.2],
      [0.8, 0.3],
      [0.4, 0.5],
    ]).verdict,
  ).toBe('passed');
  expect(
    evaluateSimilarities([
      [1, 1],
      [1, 1],
      [1, 1],
    ]).findings,
  ).toEqual([expect.stringContaining('same vector')]);
  expect(
    evaluateSimilarities([
      [0.1, 0.2],
      [0.2, 0.3],
      [0.9, 0.5],
    ]).findings,
  ).toEqual([expect.stringContaining('pooling')]);
});

test('a ranking without a single hit is suspect', () => {
  expect(
    evaluateScores([
      [0.9, 0.1, 0.2],
      [0.1, 0.2, 0.3],
    ]),
  ).toMatchObject({ verdict: 'passed', right: 1, asked: 2 });
  expect(
    evaluateScores([
      [0.1, 0.1, 0.1],
      [0.1, 0.2, 0.3],
    ]),
  ).toMatchObject({ verdict: 'suspect', right: 0 });
});

test('a finder of names that finds none, or takes everything for one, is suspect', () => {
  const at = (text: string, name: string) => {
    const start = text.indexOf(name);
    return { label: 'X', score: 1, start, end: start + name.length };
  };
  expect(evaluateNames(NAMES.map(({ text, name }) => [at(text, name)]))).toMatchObject({ verdict: 'passed', right: 3 });
  expect(evaluateNames(NAMES.map(() => []))).toMatchObject({
    verdict: 'suspect',
    right: 0,
    findings: [expect.stringContaining('none of the names')],
  });
  expect(evaluateNames(NAMES.map(({ text }) => [at(text, text)])).findings).toEqual([
    expect.stringContaining('nearly every word'),
  ]);
});

test('a classifier that says the same of every text is suspect', () => {
  const scores = (good: number) => [
    { label: 'good', score: good },
    { label: 'bad', score: 1 - good },
  ];
  expect(evaluateClasses([scores(0.9), scores(0.2), scores(0.5)])).toMatchObject({
    verdict: 'passed',
    right: 3,
    asked: 3,
  });
  expect(evaluateClasses([scores(0.5), scores(0.5).reverse(), scores(0.5)])).toMatchObject({
    verdict: 'suspect',
    right: 0,
  });
});

test('a model that writes words for silence is suspect, more so when they do not end', () => {
  const wrote = (text: string, truncated = false) => ({ text, truncated });
  expect(evaluateSilence([wrote(''), wrote('Thank you.')])).toMatchObject({ verdict: 'passed', right: 2, asked: 2 });
  expect(evaluateSilence([wrote(''), wrote('la '.repeat(200), true)])).toMatchObject({
    ...{ verdict: 'suspect', right: 1, findings: [expect.stringContaining('without end')] },
  });
  const story = wrote('It was a dark and stormy night in the old town.');
  expect(evaluateSilence([story, story]).findings).toEqual([expect.stringContaining('sentences when nobody speaks')]);
});

test('a model that says the same of every picture is suspect, and one whose captions do not end', () => {
  const said = (text: string, truncated = false) => ({ text, truncated });
  expect(evaluateCaptions([said('a red wall'), said('a chessboard'), said('a field')])).toMatchObject({
    ...{ verdict: 'passed', right: 3, asked: 3 },
  });
  expect(evaluateCaptions([said('a man'), said('a man'), said('a man')])).toMatchObject({
    verdict: 'suspect',
    right: 0,
  });
  expect(evaluateCaptions([said(''), said(''), said('')])).toMatchObject({ verdict: 'suspect', right: 0 });
  expect(evaluateCaptions([said('a', true), said('b', true), said('c', true)]).findings).toEqual([
    expect.stringContaining('ended none'),
  ]);
});
