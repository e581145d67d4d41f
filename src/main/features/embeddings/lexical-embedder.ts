/** The built-in embedder, computed in a process of its own: a request may bring megabytes of text. */
import { z } from 'zod';
import { LEXICAL_MODEL } from '../../../contract/models/reference.ts';
import { type ComputePool, computed } from '../../core/process/compute-pool.ts';
import { type Embedder, embeddedOf } from './embedder.ts';
import { LEXICAL_DIMENSIONS } from './lexical.ts';

const Answer = z.object({ vectors: z.instanceof(Float32Array), tokens: z.int() });

/** Characters in one request to a process: others get their turn in between. */
const PIECE = 512 * 1024;
const PIECE_MS = 20_000;

/** Texts in pieces of about {@link PIECE} characters. */
function piecesOf(texts: readonly string[]): string[][] {
  const pieces: string[][] = [];
  let room = 0;
  for (const text of texts) {
    const piece = pieces.at(-1);
    if (piece === undefined || room < text.length) {
      pieces.push([text]);
      room = PIECE - text.length;
    } else {
      piece.push(text);
      room -= text.length;
    }
  }
  return pieces;
}

export function createLexicalEmbedder(pool: Pick<ComputePool, 'run'>): Embedder {
  return {
    id: LEXICAL_MODEL,
    dimensions: LEXICAL_DIMENSIONS,
    async embed(texts) {
      const vectors = new Float32Array(texts.length * LEXICAL_DIMENSIONS);
      let at = 0;
      let tokens = 0;
      for (const piece of piecesOf(texts)) {
        const answer = await computed(pool.run(piece, Answer, PIECE_MS));
        vectors.set(answer.vectors, at);
        at += answer.vectors.length;
        tokens += answer.tokens;
      }
      return embeddedOf(vectors, LEXICAL_DIMENSIONS, tokens);
    },
  };
}
