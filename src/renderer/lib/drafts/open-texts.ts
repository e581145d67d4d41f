/** Which texts that do not parse may go to the browser's storage: those that mention no secret and stand where none is marked. */
import type { JsonObject } from '../../../contract/kernel/scalars.ts';
import { marksSecret } from './open-values.ts';

/** Marks of a schema's text; also while the word is typed, or written with escapes. */
const MARK = /"pas|writeOnly|\\u/i;
/** Keywords of a schema that hold a value. */
const VALUE = /default|examples|const|enum|\\u/i;
/** Names that people give to secrets. */
const SECRET_NAME = /pass|pwd|\bpin\b|secret|token|key|auth|cred|cookie|session|\\u/i;

/** Whether the text of a schema can hold no secret: it marks none, or gives no values. */
export const isOpenSchemaText = (text: string): boolean => !MARK.test(text) || !VALUE.test(text);

/** Whether nothing that is typed under a schema can be a secret by what it says; `unparsed` is its text while that is no JSON. */
export const marksNone = (schema: JsonObject, unparsed = ''): boolean => !marksSecret(schema) && !MARK.test(unparsed);

/** Whether the text of a value can be kept where its schema marks no secret: it names none. */
export const isOpenText = (text: string): boolean => !SECRET_NAME.test(text);
