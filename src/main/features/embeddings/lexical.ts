/**
 * An embedder without a model: words and the character n-grams of words, hashed into a fixed number of dimensions (Weinberger et al.,
 * "Feature Hashing for Large Scale Multitask Learning", 2009; n-grams of words as in Bojanowski et al., "Enriching Word Vectors with
 * Subword Information", 2017). It finds shared words, inflections and misspellings, and knows nothing of meaning.
 */

/** Length of the vectors. */
export const LEXICAL_DIMENSIONS = 384;

const SHORTEST = 3;
const LONGEST = 5;
/** Length of the vector of all n-grams of a word, against that of the word itself. */
const PARTS_WEIGHT = 1;
/** Shorter words weigh less in proportion: they are mostly grammar. */
const FULL_WEIGHT_LETTERS = 5;
/** Longer "words" are data; their n-grams would cost much and say little. */
const LONGEST_WORD = 64;

/** A long text is read in pieces of at most so many characters: normal form and lists of words take many times its memory. */
const PIECE = 65_536;

/** Pieces of a text, cut between words where one ends in time. */
function* piecesOf(text: string): Generator<string> {
  for (let from = 0; from < text.length; ) {
    let to = from + PIECE;
    if (to < text.length) {
      const piece = text.slice(from, to);
      const gap = piece.search(/[^\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N}]*$/u);
      // A word without an end is data; it is cut, though not inside of a character.
      to = gap > 0 ? from + gap : /[\ud800-\udbff]$/.test(piece) ? to - 1 : to;
    }
    yield text.slice(from, to);
    from = to;
  }
}

/** What is compared of a text: words in lower case without marks, scripts without blanks in single characters and pairs. */
export function* wordsOf(text: string): Generator<string> {
  for (const piece of piecesOf(text)) {
    const plain = piece
      .normalize('NFKD')
      .replace(/\p{M}+/gu, '')
      .toLowerCase();
    for (const [word] of plain.matchAll(/[\p{L}\p{N}]+/gu)) {
      if (UNSPACED.test(word)) yield* pairsOf(word);
      else yield word;
    }
  }
}

const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;

function pairsOf(word: string): string[] {
  const letters = Array.from(word);
  return letters.length < 3 ? letters : letters.slice(1).map((letter, index) => `${letters[index]}${letter}`);
}

/** FNV-1a, 32 bits, over UTF-16 units with a finaliser: its low bits alone are not even enough. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) h = Math.imul(h ^ text.charCodeAt(index), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  return (h ^ (h >>> 13)) >>> 0;
}

/** Adds a feature to the sums of its dimension. The sign makes features that meet in one dimension cancel out on average. */
function addFeature(sums: Float64Array, feature: string, weight: number): void {
  const at = hash(feature) % LEXICAL_DIMENSIONS;
  sums[at] = (sums[at] ?? 0) + (hash(`${feature}±`) & 1 ? weight : -weight);
}

/** Adds the n-grams of a word with its borders marked; together they have the length {@link PARTS_WEIGHT}. */
function addParts(sums: Float64Array, word: string, weight: number): void {
  const letters = Array.from(`<${word}>`);
  const lengths = [SHORTEST, SHORTEST + 1, LONGEST].filter((length) => length < letters.length);
  const count = lengths.reduce((sum, length) => sum + letters.length - length + 1, 0);
  for (const length of lengths) {
    for (let start = 0; start + length <= letters.length; start++)
      addFeature(sums, letters.slice(start, start + length).join(''), (weight * PARTS_WEIGHT) / Math.sqrt(count));
  }
}

/** How often each word occurs; a text without a word, such as "!!!", is its characters. */
function countsOf(text: string): { counts: Map<string, number>; words: number } {
  const counts = new Map<string, number>();
  const add = (word: string) => counts.set(word, (counts.get(word) ?? 0) + 1);
  let words = 0;
  for (const word of wordsOf(text)) {
    add(word);
    words += 1;
  }
  if (words === 0) for (const character of text.trim() || text) add(character);
  return { counts, words };
}

/**
 * Embeds one text.
 * @returns a vector of unit length, the same for the same text on every machine, and how many words were counted
 */
export function embedLexically(text: string): { vector: Float32Array; words: number } {
  const { counts, words } = countsOf(text);
  const sums = new Float64Array(LEXICAL_DIMENSIONS);
  for (const [word, count] of counts) {
    // Sublinear: the tenth time says less than the first.
    const weight = (1 + Math.log(count)) * (UNSPACED.test(word) ? 1 : Math.min(1, word.length / FULL_WEIGHT_LETTERS));
    addFeature(sums, `=${word}`, weight);
    if (word.length <= LONGEST_WORD) addParts(sums, word, weight);
  }
  return { vector: unit(sums), words: Math.max(1, words) };
}

/** A vector of unit length; of nothing, the first direction. */
function unit(sums: Float64Array): Float32Array {
  const length = Math.hypot(...sums);
  if (length === 0) {
    const first = new Float32Array(sums.length);
    first[0] = 1;
    return first;
  }
  return Float32Array.from(sums, (value) => value / length);
}
