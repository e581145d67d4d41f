/** Questions for models of each type, with the expected answers. */

/** Short facts that even a small model knows. */
export const QUESTIONS = [
  { ask: 'What is two plus two? Answer with the number only.', expect: /\b(?:4|four)\b/i, word: '4' },
  { ask: 'What is the capital of France? Answer with one word.', expect: /\bparis\b/i, word: 'Paris' },
  { ask: 'Which colour is the sky on a clear day? Answer with one word.', expect: /\bblue\b/i, word: 'blue' },
] as const;

/** The second sentence means the same as the first; the third does not, but shares words with it. */
export const TRIPLES = [
  ['The cat is sleeping on the sofa.', 'A kitten naps on the couch.', 'The price of the sofa is on the label.'],
  ['How can I reset my password?', 'I forgot my login and need a new one.', 'How can I cook my rice?'],
  ['It will rain heavily tomorrow.', 'A downpour is forecast for the next day.', 'It will be his birthday tomorrow.'],
] as const;

/** The first document of each answers the query. */
export const RANKINGS = [
  {
    query: 'How long does it take to boil an egg?',
    documents: [
      'A soft egg needs about six minutes in boiling water, a hard one ten.',
      'Penguins lay one egg a year.',
      'The bus to the station takes long.',
    ],
  },
  {
    query: 'capital of Japan',
    documents: [
      'Tokyo has been the seat of the Japanese government since 1868.',
      'Venture capital is money for young companies.',
      'Japan exports cars.',
    ],
  },
] as const;

/** Sentences with a name that everybody knows. */
export const NAMES = [
  { text: 'Barack Obama was elected for the first time in 2008.', name: 'Barack Obama' },
  { text: 'The train to Paris leaves in ten minutes.', name: 'Paris' },
  { text: 'She has worked for Microsoft since last year.', name: 'Microsoft' },
] as const;

/** Texts of which no two belong together, whatever the classes are. */
export const OPINIONS = [
  'This is the best film that I have seen in years, I loved every minute!',
  'A terrible product. It broke after a day and nobody answers my letters.',
  'The meeting begins at nine in the small room on the second floor.',
] as const;
