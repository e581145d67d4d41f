/** What a command of analysis asks an engine, and what it says of the answer. */
import { describe, expect, test } from 'vitest';
import { AnalyzeSpec } from '../../../../contract/automation/kinds/analyze.ts';
import type { Analysed } from '../run/engine.ts';
import { askOf, foundOf, sentenceOf, TASKS } from './analysis-tasks.ts';

const FILE = '/data/uploads/one.wav';
const spec = (members: object) => AnalyzeSpec.parse({ kind: 'analyze', text: 'Ada in Paris', ...members });
const clean = (text: string) => text.replaceAll('Ada', '•••');
const SCORES = [
  { label: 'good', score: 0.6 },
  { label: 'fair', score: 0.3 },
  { label: 'bad', score: 0.1 },
];
const classified = (windows = 1): Analysed => ({ t: 'classified', scores: SCORES, tokens: 12, windows });

// Would catch: a task whose record asks for another operation, or leaves out what the operator has set.
describe('each task is asked for with its own settings', () => {
  test('entities', () => {
    expect(askOf(spec({ task: 'entities', aggregation: 'word', threshold: 0.4 }), 'm', (text) => text, '')).toEqual({
      op: 'entities',
      model: 'm',
      text: 'Ada in Paris',
      aggregation: 'word',
      threshold: 0.4,
    });
  });

  test('classes, whose settings are applied to the answer', () => {
    expect(askOf(spec({ task: 'classify', threshold: 0.4, top_k: 1 }), 'm', (text) => text, '')).toEqual({
      op: 'classify',
      model: 'm',
      text: 'Ada in Paris',
    });
  });

  // Would catch: a secret of the input that reaches a model through a label or a hypothesis.
  test('labels of any kind, cleaned like the text', () => {
    const asked = spec({ task: 'zero_shot', labels: ['Ada', 'Paris'], hypothesis: 'Ada says {}', multi_label: true });
    expect(askOf(asked, 'm', clean, '')).toEqual({
      op: 'zero_shot',
      model: 'm',
      text: '••• in Paris',
      labels: ['•••', 'Paris'],
      hypothesis: '••• says {}',
      multi_label: true,
    });
  });

  test('files, of which the path is given and no text', () => {
    const heard = spec({ task: 'transcribe', text: '', file: 'art_1', language: 'de', translate: true });
    expect(askOf(heard, 'm', clean, FILE)).toMatchObject({
      op: 'transcribe',
      model: 'm',
      file: FILE,
      language: 'de',
      translate: true,
    });
    expect(askOf(spec({ task: 'describe', text: '', file: 'art_1' }), 'm', clean, FILE)).toEqual({
      op: 'describe',
      model: 'm',
      file: FILE,
    });
  });
});

describe('scores', () => {
  // Would catch: a bound that is exclusive, a label that is named though its score is too low, and a limit that hides the best.
  test.each([
    [{}, 'good', ['good', 'fair', 'bad']],
    [{ threshold: 0.3 }, 'good', ['good', 'fair']],
    [{ top_k: 1 }, 'good', ['good']],
    [{ threshold: 0.3, top_k: 3 }, 'good', ['good', 'fair']],
    [{ threshold: 0.7 }, null, []],
  ])('%o', (settings, label, labels) => {
    for (const task of ['classify', 'zero_shot'] as const) {
      const asked = spec({ task, ...(task === 'zero_shot' ? { labels: ['good', 'fair', 'bad'] } : {}), ...settings });
      const found = foundOf(classified(), 'text', asked);
      expect(found).toMatchObject({ label, windows: 1 });
      expect((found.scores as { label: string }[]).map((score) => score.label)).toEqual(labels);
    }
  });
});

// Would catch: places that are cut from another text than the one that was read.
test('an entity has the text that it names', () => {
  const answer: Analysed = {
    ...{ t: 'entities', omitted: 2, tokens: 5, windows: 1 },
    entities: [{ label: 'LOC', score: 0.9, start: 7, end: 12 }],
  };
  const asked = spec({ task: 'entities' });
  expect(foundOf(answer, 'Ada in Paris', asked)).toEqual({
    entities: [{ label: 'LOC', text: 'Paris', score: 0.9, start: 7, end: 12 }],
    omitted: 2,
    windows: 1,
  });
  expect(sentenceOf(answer, asked)).toBe('1 entity found, and 2 more that are left out; 5 tokens read.');
});

// Would catch: a text whose end is missing and that looks whole in the log.
test('the log says how much was read, and what is missing', () => {
  expect(sentenceOf(classified(3), spec({ task: 'classify' }))).toBe('12 tokens read, in 3 windows that overlap.');
  const described: Analysed = { t: 'described', text: 'A cat', tokens: 2, truncated: true, width: 640, height: 480 };
  const asked = spec({ task: 'describe', text: '', file: 'art_1' });
  expect(sentenceOf(described, asked)).toBe(
    'A picture of 640 × 480 pixels; 2 tokens written. The text reached the most that this model writes: its end is missing.',
  );
  expect(foundOf(described, '', asked)).toEqual({ text: 'A cat', truncated: true, width: 640, height: 480 });
});

// Would catch: segments as an empty list where nobody asked for any.
test('a transcript has segments when they were asked for', () => {
  const heard = {
    t: 'transcribed',
    text: 'Hello',
    omitted: 0,
    language: 'en',
    seconds: 3,
    windows: 2,
    truncated: false,
    tokens: 4,
    segments: null,
  } as const satisfies Analysed;
  const asked = spec({ task: 'transcribe', text: '', file: 'art_1' });
  expect(foundOf(heard, '', asked)).toEqual({
    text: 'Hello',
    language: 'en',
    seconds: 3,
    windows: 2,
    truncated: false,
  });
  const segments = [{ start: 0, end: 3, text: 'Hello' }];
  expect(foundOf({ ...heard, segments }, '', asked)).toMatchObject({ segments, omitted: 0 });
  expect(sentenceOf(heard, asked)).toBe('3 seconds heard in 2 windows, language en; 4 tokens written.');
});

// Would catch: a task that is offered and has no record, or a model of a type that no engine loads.
test('every task that a command can name has a record', () => {
  expect(Object.keys(TASKS).sort()).toEqual([...AnalyzeSpec.shape.task.options].sort());
});
