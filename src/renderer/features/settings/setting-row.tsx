import { NumberInput, Select, Switch, TagsInput, TextInput } from '@mantine/core';
import { RotateCcw } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { Json } from '../../../contract/kernel/scalars.ts';
import { type DraftEntry, NO_DRAFT, useDrafts } from '../../lib/drafts/drafts.ts';
import { words } from '../../lib/format.ts';
import { Button } from '../../ui/buttons.tsx';
import { Badge, Tag } from '../../ui/display/badge.tsx';
import { CodeEditor } from '../../ui/editor/code-editor.tsx';
import layout from '../../ui/styles/layout.module.css';
import text from '../../ui/styles/text.module.css';
import { problemWith, type SettingField } from './setting-fields.ts';
import css from './setting-row.module.css';

export interface SettingRowProps {
  field: SettingField;
  value: Json;
  /** Why the host refused the last value. */
  error: string | null;
  needsRestart: boolean;
  /** Why settings cannot be changed now. */
  blocked: string | null;
  onChange(value: Json): void;
}

/** Key of the draft of a setting's text. */
const draftKey = (key: string): string => `setting:${key}`;

const discardDraft = (key: string): void => void useDrafts.getState().drop(draftKey(key));

/** Whether the saved value is another one than the one that typing began with. */
const isCompeting = (entry: DraftEntry | undefined, value: string): boolean =>
  entry !== undefined && entry.base.text !== value;

/** Remembers which value a text was sent as: the host may write it in another way. */
function markSent(key: string, sent: string): void {
  const { entries, put } = useDrafts.getState();
  const entry = entries[draftKey(key)];
  if (entry === undefined) return;
  const next = { ...entry, base: { ...entry.base, sent } };
  put(draftKey(key), next, next);
}

/**
 * Text being edited, which survives another screen and a reload. It ends when it is the saved value, also one that was saved elsewhere.
 */
function useDraft(key: string, value: string, initial: string): [string, (text: string) => void] {
  const entry = useDrafts(({ entries }) => entries[draftKey(key)]);
  const typed = entry?.edits.text;
  const isSaved = typed === initial || entry?.base.sent === value;
  useEffect(() => {
    if (isSaved) discardDraft(key);
  }, [isSaved, key]);
  return [
    typeof typed === 'string' ? typed : initial,
    (text) => {
      if (text === initial) return discardDraft(key);
      const next = { ...NO_DRAFT, edits: { text }, base: entry?.base ?? { text: value } };
      useDrafts.getState().put(draftKey(key), next, next);
    },
  ];
}

function Control({
  field,
  value,
  disabled,
  onChange,
  setProblem,
}: {
  field: SettingField;
  value: Json;
  disabled: boolean;
  onChange(value: Json): void;
  setProblem(problem: string | null): void;
}) {
  const shown = JSON.stringify(value);
  const [text, setText] = useDraft(
    field.key,
    shown,
    typeof value === 'string' || typeof value === 'number' ? String(value) : '',
  );
  // An invalid value stays in the field with its message; only valid ones are sent.
  const send = (next: Json) => {
    const problem = problemWith(field.key, next);
    setProblem(problem);
    if (problem !== null) return;
    if (JSON.stringify(next) === shown) return discardDraft(field.key);
    markSent(field.key, JSON.stringify(next));
    onChange(next);
  };
  // Where two values compete, leaving the field decides nothing.
  const competes = useDrafts(({ entries }) => isCompeting(entries[draftKey(field.key)], shown));
  const leave = (next: Json) => (competes ? undefined : send(next));
  const label = { 'aria-label': field.title, disabled };
  switch (field.kind) {
    case 'boolean':
      return <Switch {...label} checked={value === true} onChange={(event) => send(event.currentTarget.checked)} />;
    case 'choice':
      return (
        <Select
          {...label}
          data={field.choices.map((choice) => ({ value: choice, label: words(choice) }))}
          value={String(value)}
          onChange={(next) => next !== null && send(next)}
        />
      );
    case 'number':
      return (
        <NumberInput
          {...label}
          value={text}
          onChange={(next) => setText(String(next))}
          onBlur={() => leave(text === '' ? null : Number(text))}
          onKeyDown={(event) => event.key === 'Enter' && send(text === '' ? null : Number(text))}
        />
      );
    case 'text':
      return (
        <TextInput
          {...label}
          value={text}
          placeholder={field.nullable ? 'automatic' : ''}
          onChange={(event) => setText(event.currentTarget.value)}
          onBlur={() => leave(text === '' && field.nullable ? null : text)}
          onKeyDown={(event) => event.key === 'Enter' && send(text === '' && field.nullable ? null : text)}
        />
      );
    case 'list':
      return (
        <TagsInput
          {...label}
          placeholder="Type and press Enter"
          value={Array.isArray(value) ? value.map(String) : []}
          onChange={send}
        />
      );
    case 'json':
      return <JsonSetting field={field} shown={shown} disabled={disabled} send={send} setProblem={setProblem} />;
  }
}

function JsonSetting({
  field,
  shown,
  disabled,
  send,
  setProblem,
}: {
  field: SettingField;
  shown: string;
  disabled: boolean;
  send(value: Json): void;
  setProblem(problem: string | null): void;
}) {
  const [text, setText] = useDraft(field.key, shown, JSON.stringify(JSON.parse(shown), null, 2));
  const apply = () => {
    try {
      send(JSON.parse(text) as Json);
    } catch {
      setProblem('Not valid JSON');
    }
  };
  return (
    <div className={`${layout.col} ${css.json}`}>
      <CodeEditor
        boxed
        language="json"
        label={field.title}
        value={text}
        onChange={setText}
        readOnly={disabled}
        height="100px"
      />
      <div>
        <Button small blocked={disabled ? 'Cannot be changed now' : null} onClick={apply}>
          Apply
        </Button>
      </div>
    </div>
  );
}

/** One setting: title and description at the left, its control at the right. */
export function SettingRow({ field, value, error, needsRestart, blocked, onChange }: SettingRowProps) {
  const shown = JSON.stringify(value);
  // A message belongs to what was typed, which ends when it is saved.
  const [refused, setRefused] = useState<{ of: string; problem: string | null }>({ of: shown, problem: null });
  const problem = refused.of === shown ? refused.problem : null;
  const fixed = field.overridden ? 'Set by a command-line flag or an environment variable' : blocked;
  const changed = shown !== JSON.stringify(field.initial);
  const draft = useDrafts(({ entries }) => entries[draftKey(field.key)]);
  const isTyped = draft !== undefined;
  return (
    <div className={css.setting}>
      <div>
        <div className={layout.row}>
          <strong title={field.key}>{field.title}</strong>
          {field.desktop ? <Tag>desktop app</Tag> : null}
          {isTyped ? <Badge tone="warn">Not saved</Badge> : null}
          {needsRestart ? <Badge tone="warn">Restart needed</Badge> : null}
          {field.overridden ? <Tag title={fixed ?? undefined}>Set at startup</Tag> : null}
        </div>
        <p className={text.muted}>{field.description}</p>
      </div>
      <div className={css.control}>
        <div className={`${layout.row} ${css.field}`}>
          <div className={layout.grow}>
            <Control
              field={field}
              value={value}
              disabled={fixed !== null}
              onChange={onChange}
              setProblem={(next) => setRefused({ of: shown, problem: next })}
            />
          </div>
          {changed ? (
            <Button
              small
              kind="ghost"
              label="Reset to default"
              icon={<RotateCcw size={13} />}
              blocked={fixed}
              onClick={() => {
                discardDraft(field.key);
                onChange(null);
              }}
            />
          ) : (
            <span className={css.noButton} />
          )}
        </div>
        {isCompeting(draft, shown) ? (
          <div className={layout.row} role="status">
            <span className={text.warn}>Changed elsewhere to {shown}. Yours is not saved.</span>
            <Button small onClick={() => discardDraft(field.key)}>
              Use that
            </Button>
          </div>
        ) : null}
        {problem === null && error === null ? null : (
          <p className={text.bad} role="alert">
            {problem ?? error}
          </p>
        )}
      </div>
    </div>
  );
}
