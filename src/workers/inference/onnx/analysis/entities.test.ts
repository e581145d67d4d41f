/** Entities put together from the labels of tokens, without a model. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Aggregation } from '../../../../contract/models/analysis.ts';
import { entitiesOf, type Labelled } from './entities.ts';

/** Tokens of a text: each piece with its label; pieces follow each other without a gap, spaces included. */
function labelled(...pieces: (readonly [piece: string, label: string, score?: number])[]) {
  const tokens: Labelled[] = [];
  let text = '';
  for (const [piece, label, score = 0.5] of pieces) {
    tokens.push({ label, score, start: text.length, end: text.length + piece.length });
    text += piece;
  }
  return { text, tokens };
}

const named = ({ text, tokens }: ReturnType<typeof labelled>, aggregation: Aggregation) =>
  entitiesOf(tokens, text, aggregation).map(({ label, start, end }) => `${label}:${text.slice(start, end)}`);

describe('neighbours', () => {
  // Would catch: schemes of labels that are read alike, where `E` ends an entity, `S` is one alone and `B` begins another.
  test.each([
    [
      'B begins another one',
      [
        ['Ada ', 'B-PER'],
        ['Alan', 'B-PER'],
      ],
      ['PER:Ada', 'PER:Alan'],
    ],
    [
      'I goes on',
      [
        ['New ', 'B-LOC'],
        ['York', 'I-LOC'],
      ],
      ['LOC:New York'],
    ],
    [
      'I without B is one too',
      [
        ['New ', 'I-LOC'],
        ['York', 'I-LOC'],
      ],
      ['LOC:New York'],
    ],
    [
      'another tag is another one',
      [
        ['Ada ', 'B-PER'],
        ['York', 'I-LOC'],
      ],
      ['PER:Ada', 'LOC:York'],
    ],
    [
      'E ends',
      [
        ['New ', 'B-LOC'],
        ['York ', 'E-LOC'],
        ['Oslo', 'I-LOC'],
      ],
      ['LOC:New York', 'LOC:Oslo'],
    ],
    [
      'S is one alone',
      [
        ['Rome ', 'S-LOC'],
        ['Oslo', 'I-LOC'],
      ],
      ['LOC:Rome', 'LOC:Oslo'],
    ],
    [
      'S does not go on',
      [
        ['New ', 'B-LOC'],
        ['York', 'S-LOC'],
      ],
      ['LOC:New', 'LOC:York'],
    ],
    [
      'O parts',
      [
        ['New ', 'B-LOC'],
        ['or ', 'O'],
        ['York', 'I-LOC'],
      ],
      ['LOC:New', 'LOC:York'],
    ],
    [
      'labels without marks',
      [
        ['red ', 'COLOUR'],
        ['blue', 'COLOUR'],
      ],
      ['COLOUR:red blue'],
    ],
    [
      'a tag with a hyphen',
      [
        ['x', 'B-A-B'],
        ['y', 'I-A-B'],
      ],
      ['A-B:xy'],
    ],
  ] as const)('%s', (_name, pieces, expected) => {
    expect(named(labelled(...pieces), 'simple')).toEqual(expected);
  });

  // Would catch: the score of the last part, or a sum above one.
  test('have the mean of the scores of their parts', () => {
    const { text, tokens } = labelled(['New ', 'B-LOC', 0.9], ['York', 'I-LOC', 0.5], [' City', 'I-LOC', 0.1]);
    const [entity, ...others] = entitiesOf(tokens, text, 'simple');
    expect(entity?.score).toBeCloseTo(0.5);
    expect(others).toEqual([]);
  });
});

describe('words', () => {
  // Would catch: a name that is cut where the tokenizer cuts it and the model is unsure of the rest.
  test('have the label of their first token', () => {
    const pieces = labelled(['Kop', 'B-LOC'], ['en', 'O'], ['hagen', 'B-PER'], [' ', 'O'], ['x', 'O']);
    expect(named(pieces, 'word')).toEqual(['LOC:Kopenhagen']);
    expect(named(pieces, 'simple')).toEqual(['LOC:Kop', 'PER:hagen']);
  });

  // Would catch: letters beyond the first plane, of which half is looked at, and marks that are no letters.
  test('are letters of any script, with their marks', () => {
    expect(named(labelled(['𝒜', 'B-X'], ['𝒷', 'O'], [' ', 'O']), 'word')).toEqual(['X:𝒜𝒷']);
    expect(named(labelled(['e', 'B-X'], ['\u0301a', 'O'], [' ', 'O']), 'word')).toEqual(['X:e\u0301a']);
    expect(named(labelled(['東', 'B-X'], ['京', 'O'], ['。', 'O']), 'word')).toEqual(['X:東京']);
  });

  test('end at what is no letter', () => {
    expect(named(labelled(['Jean', 'B-PER'], ['-', 'O'], ['Luc', 'B-PER']), 'word')).toEqual(['PER:Jean', 'PER:Luc']);
    expect(named(labelled(['A', 'B-X'], ['😀', 'O'], ['B', 'O']), 'word')).toEqual(['X:A']);
  });
});

// Would catch: a raw label that is shortened, and tokens that are joined where each is asked for.
test('without joining, every token that names something is told with its label as it is', () => {
  expect(named(labelled(['New ', 'B-LOC'], ['York', 'I-LOC'], ['!', 'O']), 'none')).toEqual([
    'B-LOC:New',
    'I-LOC:York',
  ]);
});

// Would catch: spaces at the ends, places outside the text, an empty entity, entities that overlap or come in another order.
test('whatever the labels are, entities are in order, apart, inside the text and without space around them', () => {
  const piece = fc.tuple(
    fc.constantFrom('a', 'B', ' ', '  ', '-', 'é', '東', '😀', '\n', 'xyz', ''),
    fc.constantFrom('O', 'B-X', 'I-X', 'E-X', 'S-X', 'I-Y', 'B-Y', 'Z'),
    fc.double({ min: 0, max: 1, noNaN: true }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), fc.constantFrom(...Aggregation.options), (pieces, aggregation) => {
      const { text, tokens } = labelled(...pieces);
      let end = 0;
      for (const entity of entitiesOf(tokens, text, aggregation)) {
        expect(entity.start).toBeGreaterThanOrEqual(end);
        expect(entity.end).toBeGreaterThan(entity.start);
        end = entity.end;
        const own = text.slice(entity.start, entity.end);
        expect(own).toBe(own.trim());
        expect(entity.label).not.toBe('O');
        expect(entity.score).toBeGreaterThanOrEqual(0);
        expect(entity.score).toBeLessThanOrEqual(1 + Number.EPSILON);
      }
      expect(end).toBeLessThanOrEqual(text.length);
    }),
  );
});
