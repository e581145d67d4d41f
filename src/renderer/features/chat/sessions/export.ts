/** Conversations as files. */
import type { ConversationMessage, Session } from '../../../../contract/models/sessions.ts';

const WHO: Record<ConversationMessage['role'], string> = {
  user: 'You',
  assistant: 'Assistant',
  tool: 'Result of a tool',
  function: 'Result of a tool',
  system: 'System',
};

/** A fence that is longer than every one in the text. */
const fenceFor = (text: string) => '`'.repeat(Math.max(3, ...(text.match(/`+/g) ?? []).map((run) => run.length + 1)));
const fenced = (text: string, language = '') => `${fenceFor(text)}${language}\n${text}\n${fenceFor(text)}`;

function section({ role, content, model, tool_calls = [] }: ConversationMessage): string {
  const calls = tool_calls.map(
    (call) => `Calls \`${call.function.name}\`:\n\n${fenced(call.function.arguments, 'json')}`,
  );
  const text = role === 'tool' || role === 'function' ? fenced(content) : content;
  const heading = `## ${WHO[role]}${model === null ? '' : ` (${model})`}`;
  return [heading, text, ...calls].filter(Boolean).join('\n\n');
}

export function toMarkdown(session: Session, messages: readonly ConversationMessage[]): string {
  const system = session.system_prompt === '' ? [] : [`## System\n\n${session.system_prompt}`];
  return `${[`# ${session.title || 'Conversation'}`, ...system, ...messages.map(section)].join('\n\n')}\n`;
}

export const toJson = (session: Session, messages: readonly ConversationMessage[]): string =>
  `${JSON.stringify({ session, messages }, null, 2)}\n`;

/** A name that every file system takes. */
export const fileName = (title: string, extension: string): string =>
  `${
    title
      .replace(/[^\p{L}\p{N}_-]+/gu, ' ')
      .trim()
      .slice(0, 60) || 'conversation'
  }.${extension}`;
