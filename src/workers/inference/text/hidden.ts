/**
 * Control tokens come from a chat template alone. A template is a program that may do anything with the texts it is given: cut and turn them,
 * or put names together of several. So it is given none that a caller has written: marks stand for them.
 */
import { randomInt } from 'node:crypto';
import type { Json } from '../../../contract/kernel/scalars.ts';
import type { EnginePrompt } from '../../../contract/models/engine.ts';

type Conversation = Extract<EnginePrompt, { messages: unknown }>;

/** A part of a prompt. `special`: names of control tokens in it are those tokens. */
export interface PromptPart {
  text: string;
  special: boolean;
}

/** A conversation in which marks stand for all texts. */
export interface Hidden {
  conversation: Conversation;
  /** What the template made of it, with the texts back in their places. @throws Error when it has changed a mark */
  parts(rendered: string): PromptPart[];
  /** A text about the conversation, with the texts back in it. */
  restored(text: string): string;
}

/** What templates compare with, or walk through, in the schemas of tools; no name of a control token is made of these. */
const SCHEMA_WORDS = new Set(
  `$defs $ref additionalProperties allOf anyOf array boolean const default description enum exclusiveMaximum exclusiveMinimum format
   integer items maxItems maxLength maximum minItems minLength minimum name null number object oneOf parameters pattern properties
   required string title type uniqueItems`.split(/\s+/),
);

/** Ids as Mistral's templates demand them, and count their letters. */
const SHORT_ID = /^(?=.*\d)[A-Za-z0-9]{9}$/;

/** As often as a template may write JSON within JSON. */
const MAX_ESCAPES = 3;

function escaped(text: string, times: number): string {
  let out = text;
  for (let n = 0; n < times; n++) out = JSON.stringify(out).slice(1, -1);
  return out;
}

/** Digits that tell a part of a nonce from a number that a template writes. */
const PIECE_OF_NONCE = 8;

/**
 * A mark is a number that nobody can know, and so no text can spell, with a quotation mark, which shows how often the template has escaped it for
 * JSON. Digits stay as they are whatever else a template does to a text.
 */
function createMarks() {
  const nonce = String(randomInt(10 ** 14, 2 ** 47));
  const texts: string[] = [];
  const known = new Map<string, string>();
  const split = new RegExp(`${nonce}:(\\d+):(\\\\*")`);
  const broken = [nonce, [...nonce].reverse().join('')].flatMap((one) => [
    one.slice(0, PIECE_OF_NONCE),
    one.slice(-PIECE_OF_NONCE),
  ]);

  /** Texts that are equal have one mark: templates compare names. */
  function markOf(text: string): string {
    const mark = known.get(text) ?? `${nonce}:${texts.push(text) - 1}:"`;
    known.set(text, mark);
    return mark;
  }
  function textOf(index: string, quote: string): string {
    const times = Math.log2(quote.length);
    if (!Number.isInteger(times) || times > MAX_ESCAPES)
      throw new Error('it writes a text in a form that is not known here');
    return escaped(texts[Number(index)] ?? '', times);
  }
  return {
    /** White space around a text stays in sight: templates trim it. */
    instead(text: string): string {
      const inner = text.trim();
      return inner === '' ? text : text.replace(inner, () => markOf(inner));
    },
    parts(rendered: string): PromptPart[] {
      const parts: PromptPart[] = [];
      const pieces = rendered.split(split);
      for (let at = 0; at < pieces.length; at += 3) {
        const [between = '', index, quote = ''] = pieces.slice(at, at + 3);
        if (broken.some((piece) => between.includes(piece))) throw new Error('it takes a text apart');
        parts.push({ text: between, special: true });
        if (index !== undefined) parts.push({ text: textOf(index, quote), special: false });
      }
      return parts.filter(({ text }) => text !== '');
    },
    restored: (text: string) =>
      text.replaceAll(new RegExp(split, 'g'), (_mark, index: string) => texts[Number(index)] ?? ''),
  };
}

type OnText = (text: string) => string;

/** The value with each text in it, and each name of a member, replaced. */
function mapped<T extends Json | undefined>(value: T, onText: OnText): T;
function mapped(value: Json | undefined, onText: OnText): Json | undefined {
  if (typeof value === 'string') return onText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => mapped(item, onText));
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [onText(name), mapped(member, onText)]));
}

export function hide({ messages, tools, ...rest }: Conversation): Hidden {
  const { instead, parts, restored } = createMarks();
  const ofId: OnText = (id) => (SHORT_ID.test(id) ? id : instead(id));
  const ofSchema: OnText = (text) => (SCHEMA_WORDS.has(text) ? text : instead(text));
  const conversation: Conversation = {
    ...rest,
    messages: messages.map(({ role, content, name, tool_call_id, tool_calls }) => ({
      role,
      content: instead(content),
      ...(name === undefined ? {} : { name: instead(name) }),
      ...(tool_call_id === undefined ? {} : { tool_call_id: ofId(tool_call_id) }),
      ...(tool_calls === undefined
        ? {}
        : {
            tool_calls: tool_calls.map((call) => ({
              id: ofId(call.id),
              name: instead(call.name),
              arguments: mapped(call.arguments, instead),
            })),
          }),
    })),
    tools: tools.map(({ type, function: tool }) => ({
      type,
      function: {
        name: instead(tool.name),
        ...(tool.description === undefined ? {} : { description: instead(tool.description) }),
        ...(tool.parameters === undefined ? {} : { parameters: mapped(tool.parameters, ofSchema) }),
      },
    })),
  };
  return { conversation, parts, restored };
}
