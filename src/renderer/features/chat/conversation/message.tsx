/** One message that is stored, with what can be done with it. */
import { ChevronLeft, ChevronRight, Pencil, Play, RotateCw } from 'lucide-react';
import type { ConversationMessage } from '../../../../contract/models/sessions.ts';
import { words } from '../../../lib/format.ts';
import { Button, CopyButton, IconButton } from '../../../ui/buttons.tsx';
import { Notice } from '../../../ui/feedback/notice.tsx';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import type { Chat } from '../use-chat.ts';
import { AnswerBody, ToolResults } from './answer-body.tsx';
import { EditMessage } from './edit-message.tsx';
import { figuresOf } from './figures.ts';
import css from './message.module.css';

const canGoOn = ({ status, finish_reason }: ConversationMessage) =>
  status === 'stopped' || status === 'cut' || finish_reason === 'length';

/** Why an answer ends where it does. */
function Ending({ message, last, chat }: { message: ConversationMessage; last: boolean; chat: Chat }) {
  if (message.role !== 'assistant' || !canGoOn(message)) return null;
  const said =
    message.status === 'stopped'
      ? 'Stopped'
      : message.status === 'cut'
        ? message.error?.code === 'cancelled'
          ? 'Cut off: the window was closed or reloaded.'
          : (message.error?.message ?? 'Cut off')
        : 'Token limit reached';
  const goOn = last && message.content !== '' && (
    <Button small icon={<Play size={12} />} blocked={chat.blocked} onClick={() => chat.goOn(message)}>
      Continue
    </Button>
  );
  if (message.status !== 'cut')
    return (
      <p className={`${layout.row} ${text.muted} ${css.ending}`}>
        <span>{said}</span>
        {goOn}
      </p>
    );
  return (
    <Notice tone="warn">
      <span className={layout.grow}>{said}</span>
      <code className={text.small}>{message.error?.code}</code>
      {goOn}
    </Notice>
  );
}

/** `‹ 2/3 ›` */
function Versions({ message, chat }: { message: ConversationMessage; chat: Chat }) {
  const { versions, id } = message;
  if (versions.length < 2) return null;
  const at = versions.indexOf(id);
  const busy = chat.isWriting ? 'An answer is being written' : null;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is a group of a form
    <span className={css.versions} role="group" aria-label="Versions">
      <IconButton
        label="Previous version"
        Icon={ChevronLeft}
        blocked={at === 0 ? 'This is the first version' : busy}
        onClick={() => chat.show(message, -1)}
      />
      <span>
        {at + 1}/{versions.length}
      </span>
      <IconButton
        label="Next version"
        Icon={ChevronRight}
        blocked={at === versions.length - 1 ? 'This is the last version' : busy}
        onClick={() => chat.show(message, 1)}
      />
    </span>
  );
}

function Actions({
  message,
  chat,
  beside,
  edit,
}: {
  message: ConversationMessage;
  chat: Chat;
  beside: boolean;
  edit(): void;
}) {
  const { role, content, timings, usage } = message;
  const took = figuresOf({
    tokens: usage?.completion_tokens ?? null,
    firstMs: timings?.first_token_ms ?? null,
    lastMs: timings?.total_ms ?? null,
  });
  return (
    <div className={css.actions}>
      {beside ? null : <Versions message={message} chat={chat} />}
      {took.length === 0 ? null : (
        <span className={`${text.faint} ${text.small} ${css.figures}`}>{took.join(' · ')}</span>
      )}
      {content === '' ? null : <CopyButton label="Copy message" text={content} />}
      {role === 'user' ? (
        <IconButton label="Edit message" Icon={Pencil} blocked={chat.blocked} onClick={edit} />
      ) : role === 'assistant' ? (
        <IconButton
          label="Answer again"
          Icon={RotateCw}
          blocked={chat.blocked}
          onClick={() => chat.answerAgain(message)}
        />
      ) : null}
    </div>
  );
}

const WHO: Record<ConversationMessage['role'], string> = {
  ...{ user: 'You', assistant: 'Assistant', tool: 'Result of a tool', function: 'Result of a tool', system: 'System' },
};

export function Message({
  message,
  last,
  beside = false,
  chat,
  editing,
  setEditing,
}: {
  message: ConversationMessage;
  last: boolean;
  /** It stands beside another answer to the same. */
  beside?: boolean;
  chat: Chat;
  editing: boolean;
  setEditing(id: string | null): void;
}) {
  const { role, content, reasoning, model, tool_calls: calls = [] } = message;
  return (
    <article className={css.message} data-role={role} data-last={last ? '' : undefined} aria-label={WHO[role]}>
      <h3 className={css.who}>
        {WHO[role]}
        {model === null ? null : <span className={css.model}>{model}</span>}
        {message.status === 'writing' ? <span className={css.model}>{words('writing')}</span> : null}
      </h3>
      {editing ? (
        <EditMessage
          message={message}
          blocked={chat.blocked}
          save={(said) => chat.edit(message, said)}
          close={() => setEditing(null)}
        />
      ) : role === 'assistant' ? (
        <AnswerBody reasoning={reasoning} content={content} calls={calls} />
      ) : role === 'tool' || role === 'function' ? (
        <pre className={text.pre}>{content}</pre>
      ) : (
        <p className={css.plain}>{content}</p>
      )}
      {last && calls.length > 0 ? (
        <ToolResults
          key={message.id}
          calls={calls}
          blocked={chat.blocked}
          give={(results) => chat.giveResults(message, results)}
        />
      ) : null}
      <Ending message={message} last={last} chat={chat} />
      {editing ? null : <Actions message={message} chat={chat} beside={beside} edit={() => setEditing(message.id)} />}
    </article>
  );
}
