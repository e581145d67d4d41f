/** Conversations as text, by the template that the model's own files carry (Jinja). */
import { Template } from '@huggingface/jinja';
import { AppError } from '../../../contract/kernel/errors.ts';
import { CALL_CLOSE, CALL_OPEN, type EngineMessage, type EnginePrompt } from '../../../contract/models/engine.ts';
import { withDeadline } from './deadline.ts';

type Conversation = Extract<EnginePrompt, { messages: unknown }>;

export interface ChatTemplate {
  /** Whether the model marks reasoning as such. */
  readonly reasons: boolean;
  /** The template itself, or what stands for it. */
  readonly source: string;
  /**
   * @param restored undoes what was done to the texts, for what the template says of them
   * @throws AppError `validation-error` when the template refuses the conversation
   */
  render(conversation: Conversation, restored?: (text: string) => string): string;
}

/** For models whose files have no template. */
const PLAIN =
  "{% for message in messages %}{{ message['role'] }}: {{ message['content'] }}\n{% endfor %}{% if add_generation_prompt %}assistant:{% endif %}";

const callText = ({ name, arguments: args }: { name: string; arguments: unknown }) =>
  `${CALL_OPEN}\n${JSON.stringify({ name, arguments: args })}\n${CALL_CLOSE}`;

/** What a model is told about tools when its own template does not say it in the form that is read here. */
function described(tools: Conversation['tools']): string {
  const list = tools.map((tool) => JSON.stringify(tool)).join('\n');
  return `You may call these functions:\n<tools>\n${list}\n</tools>\nTo call one, answer with\n${CALL_OPEN}\n{"name": <name>, "arguments": <object of arguments>}\n${CALL_CLOSE}`;
}

/** The conversation in plain turns: tools in the system message, calls and their results as text. */
function inPlainTurns({ messages, tools }: Conversation): EngineMessage[] {
  const turns = messages.map(({ role, content, tool_calls }): EngineMessage => {
    if (role === 'tool') return { role: 'user', content: `<tool_response>\n${content}\n</tool_response>` };
    const calls = tool_calls?.map(callText) ?? [];
    return { role, content: [content, ...calls].filter(Boolean).join('\n') };
  });
  if (tools.length === 0) return turns;
  const [first, ...rest] = turns;
  if (first?.role !== 'system') return [{ role: 'system', content: described(tools) }, ...turns];
  return [{ role: 'system', content: `${first.content}\n\n${described(tools)}` }, ...rest];
}

/** For templates that know no system role: it opens the first message of the user. */
function withoutSystem(messages: readonly EngineMessage[]): EngineMessage[] {
  const said = messages.filter(({ role }) => role === 'system').map(({ content }) => content);
  const turns = messages.filter(({ role }) => role !== 'system');
  const at = turns.findIndex(({ role }) => role === 'user');
  return turns.map((turn, index) => (index === at ? { ...turn, content: [...said, turn.content].join('\n\n') } : turn));
}

/** Calls in the shape that templates expect. */
const forTemplate = (messages: readonly EngineMessage[]) =>
  messages.map(({ tool_calls, ...message }) => ({
    ...message,
    ...(tool_calls === undefined
      ? {}
      : {
          tool_calls: tool_calls.map(({ id, name, arguments: args }) => ({
            id,
            type: 'function',
            function: { name, arguments: args },
          })),
        }),
  }));

/** Marks where an answer that is gone on with ends, so that white space at its end is kept and what a template puts behind it is not. */
const OPEN_END = '\u{F0002}';

const openEnded = (messages: readonly EngineMessage[]) =>
  messages.map((message, at) =>
    at === messages.length - 1 ? { ...message, content: message.content + OPEN_END } : message,
  );

/** @throws Error when the template left the last message out */
function untilOpenEnd(text: string): string {
  const end = text.lastIndexOf(OPEN_END);
  if (end === -1) throw new Error('the last message cannot be gone on with');
  return text.slice(0, end);
}

/** A template is a program of whoever made the model: what it computes and what it writes is bounded. */
const RENDER_MS = 2_000;
const MAX_RENDERED = 32 * 1024 * 1024;

const isLate = (error: unknown) => (error as { code?: unknown } | undefined)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';

/** The error for a conversation that a template cannot be used for. */
export const refusal = (reason: string): AppError =>
  new AppError('validation-error', `The model's chat template refuses these messages: ${reason}`, {
    errors: { messages: reason },
    extra: { field: 'messages', param: 'messages', reason },
  });

/** What a model's files say about its conversations. */
export interface TemplateSource {
  /** Jinja; anything but a text counts as none. */
  template: unknown;
  bos: string;
  eos: string;
}

export function chatTemplateOf({ template, bos, eos }: TemplateSource): ChatTemplate {
  const text = typeof template === 'string' && template.length > 0 ? template : PLAIN;
  const native = text.includes('tools') && text.includes(CALL_OPEN);
  const strings = { bos_token: bos, eos_token: eos };
  let compiled: Template | undefined;
  const rendered = (messages: readonly EngineMessage[], tools: Conversation['tools'], continued: boolean) => {
    const made = withDeadline(RENDER_MS, () => {
      compiled ??= new Template(text);
      return compiled.render({
        ...strings,
        messages: forTemplate(continued ? openEnded(messages) : messages),
        ...(tools.length > 0 ? { tools } : {}),
        add_generation_prompt: !continued,
      });
    });
    if (made.length > MAX_RENDERED) throw new Error('it makes too much text of them');
    return continued ? untilOpenEnd(made) : made;
  };
  return {
    reasons: text.includes('<think>'),
    source: text,
    render(conversation, restored = String) {
      const messages = native ? conversation.messages : inPlainTurns(conversation);
      const tools = native ? conversation.tools : [];
      const continued = conversation.continued ?? false;
      try {
        return rendered(messages, tools, continued);
      } catch (error) {
        const folded = withoutSystem(messages);
        if (folded.length !== messages.length && !isLate(error))
          try {
            return rendered(folded, tools, continued);
          } catch {
            // The first failure is the one that explains.
          }
        const said = error instanceof Error ? error.message : String(error);
        throw refusal(isLate(error) ? 'it takes too long' : restored(said).slice(0, 1000));
      }
    },
  };
}
