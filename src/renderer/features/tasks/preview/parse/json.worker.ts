/** A JSON document: it stays here, and the page has what of it is open. */
import type { Json } from '../../../../../contract/kernel/scalars.ts';
import { type JsonNode, type JsonPath, outline, pageOf } from '../../../../lib/json/json-outline.ts';
import { answerQuestions, type ReadableFile } from '../../../../lib/parser/answer-questions.ts';
import { decodeText } from './decode-text.ts';
import { MAX_JSON } from './limits.ts';

export type JsonQuestion = { t: 'outline' } | { t: 'page'; path: JsonPath; from: number } | { t: 'copy' };
/** `root` is null for a file that is not JSON. */
export type JsonAnswer =
  | { t: 'root'; root: JsonNode | null }
  | { t: 'page'; page: JsonNode[] }
  | { t: 'text'; text: string };

interface Document {
  source: string;
  /** Absent when it is not JSON. */
  value?: Json;
}

let document: Promise<Document> | undefined;

async function load(file: ReadableFile): Promise<Document> {
  const source = decodeText(await file.read(0, MAX_JSON)).replace(/^\uFEFF/, '');
  try {
    return { source, value: JSON.parse(source) as Json };
  } catch {
    return { source };
  }
}

/** Indented; as it is when it is too deep for that. */
function textOf({ source, value }: Document): string {
  try {
    return JSON.stringify(value, null, 2) ?? source;
  } catch {
    return source;
  }
}

answerQuestions<JsonQuestion, JsonAnswer>(
  async (question, file) => {
    document ??= load(file);
    const { source, value } = await document;
    switch (question.t) {
      case 'outline':
        return { t: 'root', root: value === undefined ? null : outline(value) };
      case 'page':
        return { t: 'page', page: value === undefined ? [] : pageOf(value, question.path, question.from) };
      case 'copy':
        return { t: 'text', text: textOf(value === undefined ? { source } : { source, value }) };
    }
  },
  { damaged: 'This document cannot be shown.' },
);
