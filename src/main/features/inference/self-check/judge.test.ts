import { expect, test } from 'vitest';
import {
  judgeAnswers,
  judgeCaptions,
  judgeClasses,
  judgeNames,
  judgeScores,
  judgeSilence,
  judgeSimilarities,
} from './judge.ts';
import { NAMES } from './questions.ts';

const answers = (...texts: string[]) => texts.map((text) => ({ text, ended: true }));

test('a model that knows one of the answers passes, however it words them', () => {
  expect(judgeAnswers(answers('<think>two and two</think>It is 4.', 'Lyon', 'gray'))).toMatchObject({
    ...{ verdict: 'passed', right: 1, asked: 3, findings: [] },
  });
  expect(judgeAnswers(answers('four', 'PARIS!', 'Blue.')).right).toBe(3);
  // 42 is not 4, and Parish is not Paris.
  expect(judgeAnswers(answers('42', 'Parish', 'bluer')).right).toBe(0);
});

test.each([
  '<|im_start|>',
  '<|eot_id|>',
  '<end_of_turn>',
  '[INST]',
  '</s>',
  '### Response:',
])('an answer with %s shows a template of another model, even when it is right', (mark) => {
  const { verdict, findings } = judgeAnswers(answers(`4 ${mark} user`, 'Paris', 'blue'));
  expect(verdict).toBe('suspect');
  expect(findings).toEqual([expect.stringContaining(mark)]);
});

test('a model that knows nothing is suspect, and one that never ends is told so too', () => {
  expect(judgeAnswers(answers('x', 'y', 'z')).findings).toHaveLength(1);
  expect(judgeAnswers(answers('x', 'y', 'z').map((one) => ({ ...one, ended: false }))).findings).toHaveLength(2);
});

test('vectors that are all the same, or that do not follow the meaning, show a wrong pooling', () => {
  expect(
    judgeSimilarities([
      [0.9, 0.2],
      [0.8, 0.3],
      [0.4, 0.5],
    ]).verdict,
  ).toBe('passed');
  expect(
    judgeSimilarities([
      [1, 1],
      [1, 1],
      [1, 1],
    ]).findings,
  ).toEqual([expect.stringContaining('same vector')]);
  expect(
    judgeSimilarities([
      [0.1, 0.2],
      [0.2, 0.3],
      [0.9, 0.5],
    ]).findings,
  ).toEqual([expect.stringContaining('pooling')]);
});

test('a ranking without a single hit is suspect', () => {
  expect(
    judgeScores([
      [0.9, 0.1, 0.2],
      [0.1, 0.2, 0.3],
    ]),
  ).toMatchObject({ verdict: 'passed', right: 1, asked: 2 });
  expect(
    judgeScores([
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
  expect(judgeNames(NAMES.map(({ text, name }) => [at(text, name)]))).toMatchObject({ verdict: 'passed', right: 3 });
  expect(judgeNames(NAMES.map(() => []))).toMatchObject({
    verdict: 'suspect',
    right: 0,
    findings: [expect.stringContaining('none of the names')],
  });
  expect(judgeNames(NAMES.map(({ text }) => [at(text, text)])).findings).toEqual([
    expect.stringContaining('nearly every word'),
  ]);
});

test('a classifier that says the same of every text is suspect', () => {
  const scores = (good: number) => [
    { label: 'good', score: good },
    { label: 'bad', score: 1 - good },
  ];
  expect(judgeClasses([scores(0.9), scores(0.2), scores(0.5)])).toMatchObject({
    verdict: 'passed',
    right: 3,
    asked: 3,
  });
  expect(judgeClasses([scores(0.5), scores(0.5).reverse(), scores(0.5)])).toMatchObject({
    verdict: 'suspect',
    right: 0,
  });
});

test('a model that hears words in silence is suspect, more so when they do not end', () => {
  const heard = (text: string, truncated = false) => ({ text, truncated });
  expect(judgeSilence([heard(''), heard('Thank you.')])).toMatchObject({ verdict: 'passed', right: 2, asked: 2 });
  expect(judgeSilence([heard(''), heard('la '.repeat(200), true)])).toMatchObject({
    ...{ verdict: 'suspect', right: 1, findings: [expect.stringContaining('without end')] },
  });
  const story = heard('It was a dark and stormy night in the old town.');
  expect(judgeSilence([story, story]).findings).toEqual([expect.stringContaining('sentences when nobody speaks')]);
});

test('a model that says the same of every picture is suspect, and one whose captions do not end', () => {
  const said = (text: string, truncated = false) => ({ text, truncated });
  expect(judgeCaptions([said('a red wall'), said('a chessboard'), said('a field')])).toMatchObject({
    ...{ verdict: 'passed', right: 3, asked: 3 },
  });
  expect(judgeCaptions([said('a man'), said('a man'), said('a man')])).toMatchObject({ verdict: 'suspect', right: 0 });
  expect(judgeCaptions([said(''), said(''), said('')])).toMatchObject({ verdict: 'suspect', right: 0 });
  expect(judgeCaptions([said('a', true), said('b', true), said('c', true)]).findings).toEqual([
    expect.stringContaining('ended none'),
  ]);
});
