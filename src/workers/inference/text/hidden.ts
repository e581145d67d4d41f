/** Control tokens come from a chat template alone: what callers write is left out of the text that the template makes, and stays text. */
import { randomInt } from 'node:crypto';
import type { Json } from '../../../contract/kernel/scalars.ts';
import type { EnginePrompt } from '../../../contract/models/engine.ts';

type Conversation = Extract<EnginePrompt, { messages: unknown }>;

/** A part of a prompt. `special`: names of control tokens in it are those tokens. */
export interface PromptPart {
  text: string;
  special: boolean;
}

/** A conversation in which marks stand for some texts. */
export interface Hidden {
  conversation: Conversation;
  /** What the template made of it, with the texts back in their places. */
  parts(rendered: string): PromptPart[];
}

/**
 * Characters of a private use area around a number that nobody can know, so that no text can hold the mark of another one. Digits stay as they
 * are whatever a template does to a text.
 */
function createMarks() {
  const nonce = String(randomInt(2 ** 47));
  const hidden: string[] = [];
  const pattern = new RegExp(`\u{F0000}${nonce}-(\\d+)\u{F0001}`, 'u');
  return {
    instead: (text: string) => `\u{F0000}${nonce}-${hidden.push(text) - 1}\u{F0001}`,
    parts: (rendered: string) =>
      rendered
        .split(pattern)
        .map((part, at) =>
          at % 2 === 0 ? { text: part, special: true } : { text: hidden[Number(part)] ?? '', special: false },
        ),
  };
}

type OnText = (text: string) => Promise<string>;

/** The value with each text in it, and each name of a member, replaced. */
async function mapped<T extends Json | undefined>(value: T, onText: OnText): Promise<T>;
async function mapped(value: Json | undefined, onText: OnText): Promise<Json | undefined> {
  if (typeof value === 'string') return onText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items: Json[] = [];
    for (const item of value) items.push(await mapped(item, onText));
    return items;
  }
  const members: [string, Json][] = [];
  for (const [name, member] of Object.entries(value)) members.push([await onText(name), await mapped(member, onText)]);
  return Object.fromEntries(members);
}

/** @param apart whether a text, read with control tokens, would be something else than text */
export async function hide(
  { messages, tools, ...rest }: Conversation,
  apart: (text: string) => Promise<boolean>,
): Promise<Hidden> {
  const marks = createMarks();
  const plain: OnText = async (text) => ((await apart(text)) ? marks.instead(text) : text);
  // Templates write calls and tools as JSON.
  const inJson: OnText = async (text) =>
    (await apart(text)) ? marks.instead(JSON.stringify(text).slice(1, -1)) : text;
  const out: Conversation = { ...rest, messages: [], tools: [] };
  for (const { role, content, name, tool_call_id, tool_calls } of messages) {
    const calls: NonNullable<typeof tool_calls> = [];
    for (const call of tool_calls ?? [])
      calls.push({
        id: await inJson(call.id),
        name: await inJson(call.name),
        arguments: await mapped(call.arguments, inJson),
      });
    out.messages.push({
      role,
      content: await plain(content),
      ...(name === undefined ? {} : { name: await plain(name) }),
      ...(tool_call_id === undefined ? {} : { tool_call_id: await plain(tool_call_id) }),
      ...(tool_calls === undefined ? {} : { tool_calls: calls }),
    });
  }
  for (const { type, function: tool } of tools)
    out.tools.push({
      type,
      function: {
        name: await inJson(tool.name),
        ...(tool.description === undefined ? {} : { description: await inJson(tool.description) }),
        ...(tool.parameters === undefined ? {} : { parameters: await mapped(tool.parameters, inJson) }),
      },
    });
  return { conversation: out, parts: marks.parts };
}
