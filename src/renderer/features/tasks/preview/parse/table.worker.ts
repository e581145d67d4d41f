/** Rows of a CSV or TSV file. */
import { answerQuestions } from '../../../../lib/parser/answer-questions.ts';
import { decodeText } from './decode-text.ts';
import { MAX_TABLE } from './limits.ts';
import { type PackedTable, parseTable } from './parse-table.ts';

answerQuestions<null, PackedTable>(
  async (_, file) => parseTable(decodeText(await file.read(0, MAX_TABLE)), file.size <= MAX_TABLE),
  { damaged: 'This file is not a table that can be shown.', transfer: ({ ends }) => [ends.buffer] },
);
