/** Whether an SVG drawing is simple enough to be shown. */
import { answerQuestions } from '../../../../lib/parser/answer-questions.ts';
import { decodeText } from './decode-text.ts';
import { weightOfDrawing } from './drawing-weight.ts';
import { MAX_DRAWING } from './limits.ts';

answerQuestions<null, number>(async (_, file) => weightOfDrawing(decodeText(await file.read(0, MAX_DRAWING))), {
  damaged: 'This drawing cannot be shown.',
});
