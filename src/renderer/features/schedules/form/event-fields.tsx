/** What has to happen, and what of it the command is given. */
import { Autocomplete, NumberInput, Select } from '@mantine/core';
import { Plus, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { PRODUCT_EVENTS } from '../../../../contract/automation/schedule/product-events.ts';
import { Button, IconButton } from '../../../ui/buttons.tsx';
import { TagsField } from '../../../ui/form/tags-field.tsx';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import css from '../schedules.module.css';
import { pathsOf } from './event-values.ts';
import type { ScheduleDraft } from './schedule-values.ts';

const EVENTS = Object.entries(PRODUCT_EVENTS).map(([value, { words }]) => ({ value, label: `When ${words}` }));

/** The event and what it must have. */
export function EventFields({ form }: { form: ScheduleDraft }) {
  const { kind, on, where } = form.values;
  return (
    <>
      {kind === 'webhook' ? (
        <p className={text.muted}>Another program sends a signed request. Its address and secret come after saving.</p>
      ) : null}
      <div className={layout.two}>
        {kind === 'webhook' ? null : <Select label="Event" data={EVENTS} allowDeselect={false} {...form.input('on')} />}
        <NumberInput
          label="Minimum interval (seconds)"
          description="0: no limit. Of the events within it, the last one starts the command"
          min={0}
          max={86_400}
          {...form.input('pause')}
        />
      </div>
      <Rows
        title="Only when"
        add="Add a condition"
        error={form.errors.where}
        rows={where}
        fresh={{ path: '', values: [] }}
        onChange={(rows) => form.change({ where: rows })}
      >
        {(row, set, n) => (
          <>
            <Autocomplete
              aria-label={`Path of condition ${n}`}
              placeholder={kind === 'webhook' ? '/body/ref' : '/task/status'}
              data={pathsOf(kind, on)}
              value={row.path}
              onChange={(path) => set({ ...row, path })}
            />
            <TagsField
              aria-label={`Values of condition ${n}`}
              placeholder={row.values.length === 0 ? 'One of these values' : ''}
              value={row.values}
              onChange={(values) => set({ ...row, values })}
            />
          </>
        )}
      </Rows>
    </>
  );
}

/** What the command is given of the event. @param names members of its input */
export function MapFields({ form, names }: { form: ScheduleDraft; names: readonly string[] }) {
  const { kind, on, map } = form.values;
  return (
    <Rows
      title={kind === 'webhook' ? 'Input from the delivery' : 'Input from the event'}
      add={kind === 'webhook' ? 'Add an input from the delivery' : 'Add an input from the event'}
      error={form.errors.map}
      rows={map}
      fresh={{ name: '', path: '' }}
      onChange={(rows) => form.change({ map: rows })}
    >
      {(row, set, n) => (
        <>
          <Autocomplete
            aria-label={`Input ${n}`}
            placeholder="Input"
            data={[...names]}
            value={row.name}
            onChange={(name) => set({ ...row, name })}
          />
          <Autocomplete
            aria-label={`Path of input ${n}`}
            placeholder={kind === 'webhook' ? '/body/ref' : '/task/id'}
            data={pathsOf(kind, on)}
            value={row.path}
            onChange={(path) => set({ ...row, path })}
          />
        </>
      )}
    </Rows>
  );
}

/** Rows that are added and removed. */
function Rows<T>({
  title,
  add,
  error,
  rows,
  fresh,
  onChange,
  children,
}: {
  title: string;
  add: string;
  error: string | undefined;
  rows: readonly T[];
  fresh: T;
  onChange(rows: T[]): void;
  children(row: T, set: (row: T) => void, n: number): ReactNode;
}) {
  return (
    <fieldset className={`${layout.col} ${css.rows}`}>
      <legend>{title}</legend>
      {rows.map((row, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows have no names, and only what the controls show belongs to them
        <div key={i} className={css.row}>
          {children(row, (next) => onChange(rows.with(i, next)), i + 1)}
          <IconButton label={`Remove row ${i + 1}`} Icon={X} onClick={() => onChange(rows.toSpliced(i, 1))} />
        </div>
      ))}
      {error === undefined ? null : <p className={text.bad}>{error}</p>}
      <span>
        <Button small icon={<Plus size={13} />} onClick={() => onChange([...rows, fresh])}>
          {add}
        </Button>
      </span>
    </fieldset>
  );
}
