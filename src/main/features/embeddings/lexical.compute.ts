/** Compute process: embeds texts lexically. */
import { z } from 'zod';
import { serveComputations } from '../../core/process/computations.ts';
import { embedLexically, LEXICAL_DIMENSIONS } from './lexical.ts';

serveComputations(z.array(z.string()), (texts) => {
  const vectors = new Float32Array(texts.length * LEXICAL_DIMENSIONS);
  let tokens = 0;
  texts.forEach((text, index) => {
    const { vector, words } = embedLexically(text);
    vectors.set(vector, index * LEXICAL_DIMENSIONS);
    tokens += words;
  });
  return { vectors, tokens };
});
