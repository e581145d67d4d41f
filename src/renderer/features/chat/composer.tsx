/** Where the next message is written, and to whom. */
import { Link } from '@tanstack/react-router';
import { ArrowUp, Columns2, Play, Square } from 'lucide-react';
import { type KeyboardEvent, useRef } from 'react';
import { z } from 'zod';
import type { InstalledModel } from '../../../contract/models/models.ts';
import { refOf } from '../../../contract/models/reference.ts';
import { useDraftForm } from '../../lib/drafts/use-draft-form.ts';
import { Button } from '../../ui/buttons.tsx';
import { Notice } from '../../ui/feedback/notice.tsx';
import field from '../../ui/styles/field.module.css';
import layout from '../../ui/styles/layout.module.css';
import text from '../../ui/styles/text.module.css';
import { MemoryBar } from '../models/index.ts';
import css from './chat.module.css';
import type { Chat } from './use-chat.ts';
import type { ChatModels } from './use-chat-models.ts';
import type { Settings } from './use-settings.ts';

const SHAPE = { text: z.string() };

function ModelChoice({
  label,
  value,
  none,
  models,
  choose,
}: {
  label: string;
  value: string;
  /** What stands for no choice. */
  none: string;
  models: ChatModels;
  choose(ref: string): void;
}) {
  const refs = models.models.map(refOf);
  return (
    <select
      className={`${field.field} ${css.select}`}
      aria-label={label}
      value={value}
      onChange={({ target }) => choose(target.value)}
    >
      <option value="">{none}</option>
      {value !== '' && !refs.includes(value) ? <option value={value}>{value} (not installed)</option> : null}
      {models.models.map((model) => (
        <option key={model.id} value={refOf(model)}>
          {model.name}
          {model.variant === null ? '' : ` ${model.variant}`}
          {models.loading.isLoaded(model) ? ' · loaded' : ''}
        </option>
      ))}
    </select>
  );
}

/** Models that are asked and not in memory yet: they can be loaded now, or are with the first message. */
function NotLoaded({ asked, models }: { asked: readonly InstalledModel[]; models: ChatModels }) {
  const { loading } = models;
  const missing = asked.filter((model) => !loading.isLoaded(model));
  const [first] = missing;
  if (first === undefined) return null;
  return (
    <Button
      small
      icon={<Play size={12} />}
      busy={loading.busy}
      blocked={loading.blocked(first)}
      onClick={() => loading.toggle(first)}
    >
      {loading.busy ? 'Loading…' : `Load ${first.name}`}
    </Button>
  );
}

export function Composer({
  id,
  chat,
  settings,
  models,
  editLast,
}: {
  id: string | undefined;
  chat: Chat;
  settings: Settings;
  models: ChatModels;
  editLast(): void;
}) {
  const form = useDraftForm(`chat:${id ?? 'new'}`, { initial: { text: '' }, version: null, shape: SHAPE });
  const area = useRef<HTMLTextAreaElement>(null);
  const { fields } = settings;
  const written = form.values.text;
  const isComparing = fields.compare !== '';
  const asked = [models.find(fields.model), ...(isComparing ? [models.find(fields.compare)] : [])];
  const none = models.query.data !== undefined && models.models.length === 0;
  const blocked = none
    ? 'No chat model is installed'
    : asked.includes(undefined)
      ? 'Choose a model'
      : written.trim() === ''
        ? 'The message is empty'
        : chat.blocked;
  const send = async () => {
    if (blocked !== null) return;
    const restore = form.drop();
    if (!(await chat.send(written))) restore();
    area.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      void send();
    } else if (event.key === 'ArrowUp' && written === '') {
      event.preventDefault();
      editLast();
    }
  };
  const other = models.models.find((model) => model !== asked[0]);
  return (
    <form
      className={css.composer}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {none ? (
        <Notice tone="info">
          <span className={layout.grow}>No chat model is installed.</span>
          <Link to="/models" search={{ tab: 'download' } as never}>
            Download a model
          </Link>
        </Notice>
      ) : null}
      <div className={css.box}>
        <textarea
          ref={area}
          className={css.input}
          aria-label="Message"
          placeholder="Write a message"
          rows={2}
          value={written}
          onChange={({ target }) => form.change({ text: target.value })}
          onKeyDown={onKeyDown}
        />
        <div className={css.bar}>
          <ModelChoice
            label="Model"
            value={fields.model}
            none={asked[0] !== undefined && fields.model === '' ? `Default: ${asked[0].name}` : 'Default model'}
            models={models}
            choose={(model) => settings.change({ model })}
          />
          {isComparing ? (
            <ModelChoice
              label="Compare with"
              value={fields.compare}
              none="One answer"
              models={models}
              choose={(compare) => settings.change({ compare })}
            />
          ) : (
            <Button
              small
              kind="ghost"
              icon={<Columns2 size={13} />}
              action="chat.compare"
              blocked={other === undefined ? 'Two chat models are needed' : null}
              onClick={() => other && settings.change({ compare: refOf(other) })}
            >
              Compare
            </Button>
          )}
          <NotLoaded asked={asked.filter((model) => model !== undefined)} models={models} />
          <span className={layout.grow} />
          {chat.isWriting ? (
            <Button small kind="danger" icon={<Square size={12} />} action="chat.stop" onClick={chat.stop}>
              Stop
            </Button>
          ) : (
            <Button small kind="primary" submit icon={<ArrowUp size={13} />} blocked={blocked}>
              Send
            </Button>
          )}
        </div>
      </div>
      <div className={css.foot}>
        <div className={css.memory}>
          <MemoryBar loaded={models.loading.loaded} small />
        </div>
        <span className={`${text.faint} ${text.small} ${css.hint}`}>Enter sends, Shift Enter begins a line</span>
      </div>
    </form>
  );
}
