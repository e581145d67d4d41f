/** The beginning of a text, in blocks. */
import { answerQuestions } from '../../../../lib/parser/answer-questions.ts';
import { blocksOf, type TextBlock } from '../../../../lib/text/blocks.ts';
import { decodeText } from './decode-text.ts';

/** How much of the text is wanted, bytes. */
export type TextQuestion = { length: number };

answerQuestions<TextQuestion, TextBlock[]>(
  async ({ length }, file) => blocksOf(decodeText(await file.read(0, length))),
  { damaged: 'This text cannot be shown.' },
);
