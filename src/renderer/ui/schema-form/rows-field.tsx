/** A list of which each item has a field or several: added, removed, and moved with Alt and the arrow keys. */
import { ArrowDown, ArrowUp, Plus, Trash2 } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from 'react';
import type { Json } from '../../../contract/kernel/scalars.ts';
import { Button, IconButton } from '../buttons.tsx';
import layout from '../styles/layout.module.css';
import text from '../styles/text.module.css';
import type { CommonProps, FieldProps } from './field-props.ts';
import { useForm } from './form-context.ts';
import { below, type Field } from './model/field.ts';
import { initialOf } from './model/values.ts';
import css from './schema-form.module.css';
import { moveTexts } from './use-json-text.ts';

let made = 0;
const freshId = (): number => ++made;

/** Names of the rows that go with them when they are moved, so that each keeps its editors and its focus. */
function useRowIds(length: number) {
  const [ids, setIds] = useState(() => Array.from({ length }, freshId));
  if (ids.length === length) return [ids, setIds] as const;
  const next = Array.from({ length }, (_, index) => ids[index] ?? freshId());
  setIds(next);
  return [next, setIds] as const;
}

/** What can be done with the rows. */
function useRows({ path, value, onChange }: FieldProps, item: Field | null) {
  const rows = Array.isArray(value) ? value : [];
  const [ids, setIds] = useRowIds(rows.length);
  const { held } = useForm();
  const frame = useRef<HTMLFieldSetElement>(null);

  /** Puts the rows at these places, in this order; texts that do not parse go with theirs. */
  const arrange = (places: readonly number[]) => {
    moveTexts(held, path, (place) => places.indexOf(place));
    setIds(places.map((place) => ids[place] ?? freshId()));
    onChange(places.map((place) => rows[place] ?? null));
  };
  const places = rows.map((_, place) => place);
  const move = (from: number, by: 1 | -1) => {
    const to = from + by;
    if (to < 0 || to >= rows.length) return;
    arrange(places.with(from, to).with(to, from));
  };
  /** The focus goes to what is there after the change. */
  const focusAfter = (find: (rows: readonly Element[]) => HTMLElement | null | undefined) =>
    requestAnimationFrame(() => find([...(frame.current?.querySelectorAll(':scope > [data-row]') ?? [])])?.focus());
  const add = () => {
    setIds([...ids, freshId()]);
    onChange([...rows, item === null ? null : (initialOf(item) ?? (item.kind === 'group' ? {} : ''))]);
    focusAfter((all) =>
      all[rows.length]?.querySelector<HTMLElement>(':scope [data-path] :is(input, textarea, .cm-content, button)'),
    );
  };
  const remove = (place: number) => {
    arrange(places.filter((each) => each !== place));
    focusAfter((all) =>
      (all[Math.min(place, rows.length - 2)] ?? frame.current)?.querySelector<HTMLElement>(
        '[data-remove] button, [data-add] button',
      ),
    );
  };
  const onKeyDown = (event: KeyboardEvent, place: number) => {
    const by = event.altKey ? ({ ArrowUp: -1, ArrowDown: 1 } as const)[event.key] : undefined;
    if (by === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    move(place, by);
  };
  return { rows, ids, frame, add, remove, move, onKeyDown };
}

/** What stands above an item: its number, and what can be done with it. */
function RowHead(props: { name: string; first: boolean; last: boolean; move(by: 1 | -1): void; remove(): void }) {
  const { name, first, last, move, remove } = props;
  return (
    <div className={layout.row}>
      <span className={`${layout.grow} ${text.muted}`}>{name}</span>
      <IconButton
        label={`Move up: ${name}`}
        Icon={ArrowUp}
        blocked={first ? 'This is the first' : null}
        onClick={() => move(-1)}
      />
      <IconButton
        label={`Move down: ${name}`}
        Icon={ArrowDown}
        blocked={last ? 'This is the last' : null}
        onClick={() => move(1)}
      />
      <span data-remove>
        <IconButton label={`Remove: ${name}`} Icon={Trash2} onClick={remove} />
      </span>
    </div>
  );
}

/** @param props.draw draws the value of one item */
export function RowsField(props: FieldProps & { common: CommonProps; draw(props: FieldProps): ReactNode }) {
  const { field, path, onChange, common, draw } = props;
  const item = field.item;
  const { rows, ids, frame, add, remove, move, onKeyDown } = useRows(props, item);
  const note = useId();
  if (item === null) return null;
  return (
    <fieldset ref={frame} className={css.group} aria-describedby={note}>
      <legend>
        {common.label}
        {common.withAsterisk ? ' *' : ''}
      </legend>
      <div id={note} className={`${text.muted} ${text.small}`}>
        {common.description}
      </div>
      {rows.map((row, place) => (
        // biome-ignore lint/a11y/noStaticElementInteractions: the keys act on what is in the row
        <div key={ids[place]} data-row className={css.listRow} onKeyDown={(event) => onKeyDown(event, place)}>
          <RowHead
            name={`${common.label} ${place + 1}`}
            first={place === 0}
            last={place === rows.length - 1}
            move={(by) => move(place, by)}
            remove={() => remove(place)}
          />
          {draw({
            field: { ...item, title: item.title || `${common.label} ${place + 1}` },
            path: below(path, place),
            value: row,
            onChange: (next: Json) => onChange(rows.with(place, next)),
          })}
        </div>
      ))}
      <div data-add>
        <Button small icon={<Plus size={13} />} label={`Add: ${common.label}`} onClick={add}>
          Add
        </Button>
      </div>
      {common.error === undefined ? null : <div className={`${text.bad} ${text.small}`}>{common.error}</div>}
    </fieldset>
  );
}
