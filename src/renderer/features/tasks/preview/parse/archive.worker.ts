/** The files in a zip archive. */
import { answerQuestions } from '../../../../lib/parser/answer-questions.ts';
import { type Archive, listArchive } from './list-archive.ts';

answerQuestions<null, Archive>((_, file) => listArchive(file), {
  damaged: 'The archive is damaged: its list of files cannot be read.',
});
