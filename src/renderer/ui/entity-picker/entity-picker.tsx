/** A field that picks a command or a profile out of any number, by search on the host. */
import { Combobox, InputBase, useCombobox } from '@mantine/core';
import { type KeyboardEvent, useEffect, useEffectEvent, useState } from 'react';
import { count } from '../../lib/format.ts';
import { Button } from '../buttons.tsx';
import { Skeleton } from '../feedback/state-frame.tsx';
import layout from '../styles/layout.module.css';
import textLook from '../styles/text.module.css';
import css from './entity-picker.module.css';
import { type Pickable, useEntities } from './use-entities.ts';

export interface EntityPickerProps {
  of: Pickable;
  label: string;
  placeholder?: string;
  /** Id of the chosen entity. */
  value: string | null;
  onChange(id: string | null): void;
  required?: boolean;
  clearable?: boolean;
  error?: string | undefined;
  /** Has the focus when the dialog around it opens. */
  autoFocus?: boolean;
}

type Entities = ReturnType<typeof useEntities>;

export function EntityPicker(props: EntityPickerProps) {
  const { value, onChange, label } = props;
  // What is being typed; `null` while nobody searches and the field shows the chosen entity.
  const [text, setText] = useState<string | null>(null);
  const found = useEntities(props.of, value, text ?? '');
  const combobox = useCombobox({ onDropdownClose: () => setText(null) });
  const searching = text !== null && text.trim() !== '';
  const { resetSelectedOption, selectFirstOption } = combobox;
  const ids = found.items.map(({ id }) => id).join();
  // Enter takes the first match, but only of the list that answers what is typed now.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another list needs another first row
  useEffect(() => {
    resetSelectedOption();
    if (searching && !found.isStale) selectFirstOption();
  }, [ids, searching, found.isStale, resetSelectedOption, selectFirstOption]);

  const { setAwaited, cancel } = useAwaited(found, (id) => {
    onChange(id);
    combobox.closeDropdown();
  });
  const onKeyDown = (event: KeyboardEvent) => {
    const isEnter = event.key === 'Enter' && text !== null;
    setAwaited(isEnter && searching && found.isStale);
    // Enter in a search belongs to the search, also while its answer is on the way: it must not submit the form.
    if (isEnter) event.preventDefault();
  };
  return (
    <Combobox
      store={combobox}
      // A list that nobody has opened need not be placed.
      keepMounted={false}
      onOptionSubmit={(id) => {
        onChange(id);
        combobox.closeDropdown();
      }}
    >
      <Combobox.Target targetType="input" withExpandedAttribute autoComplete="off">
        <InputBase
          size="xs"
          label={label}
          placeholder={props.placeholder}
          withAsterisk={props.required ?? false}
          error={props.error ?? (found.isGone ? `This ${found.one} no longer exists` : undefined)}
          data-autofocus={props.autoFocus ? true : undefined}
          value={text ?? found.chosenName ?? ''}
          onChange={(event) => {
            setText(event.currentTarget.value);
            resetSelectedOption();
            combobox.openDropdown();
          }}
          onClick={(event) => {
            // The next key starts a new search instead of adding to the name of the chosen one.
            if (text === null) event.currentTarget.select();
            combobox.openDropdown();
          }}
          onFocus={(event) => event.currentTarget.select()}
          onBlur={() => {
            combobox.closeDropdown();
            setText(null);
            cancel();
          }}
          onKeyDown={onKeyDown}
          rightSectionPointerEvents={props.clearable && value !== null ? 'all' : 'none'}
          rightSection={
            props.clearable && value !== null ? (
              <Combobox.ClearButton aria-label={`Clear ${label.toLowerCase()}`} onClear={() => onChange(null)} />
            ) : (
              <Combobox.Chevron size="xs" />
            )
          }
        />
      </Combobox.Target>
      <Combobox.Dropdown>
        <Found found={found} label={label} value={value} q={text?.trim() ?? ''} />
        <Foot found={found} />
      </Combobox.Dropdown>
    </Combobox>
  );
}

/** Enter that comes before the answer of the host: it takes the first match once that is there. */
function useAwaited(found: Entities, choose: (id: string) => void) {
  const [isAwaited, setAwaited] = useState(false);
  const take = useEffectEvent(() => {
    setAwaited(false);
    const [first] = found.items;
    if (first !== undefined) choose(first.id);
  });
  useEffect(() => {
    if (isAwaited && !found.isStale) take();
  }, [isAwaited, found.isStale]);
  return { setAwaited, cancel: () => setAwaited(false) };
}

/** What answers the search, as options. */
function Found({ found, label, value, q }: { found: Entities; label: string; value: string | null; q: string }) {
  return (
    <Combobox.Options aria-label={label} className={css.options}>
      {found.items.map(({ id, name }) => (
        <Combobox.Option key={id} value={id} active={id === value} aria-selected={id === value}>
          {name}
        </Combobox.Option>
      ))}
      {found.items.length > 0 || found.error !== null ? null : found.isPending ? (
        <Skeleton rows={3} />
      ) : (
        <Combobox.Empty>{q === '' ? `No ${found.one} yet` : `No ${found.one} matches “${q}”`}</Combobox.Empty>
      )}
    </Combobox.Options>
  );
}

/** Below the options: why the search failed, or that there are more than are shown. */
function Foot({ found }: { found: Entities }) {
  if (found.error !== null) {
    return (
      <Combobox.Footer>
        <div className={layout.row} role="alert">
          <span className={`${layout.grow} ${textLook.bad}`}>{found.error.message}</span>
          <Button small onClick={found.retry}>
            Retry
          </Button>
        </div>
      </Combobox.Footer>
    );
  }
  if (found.total <= found.items.length) return null;
  return (
    <Combobox.Footer>
      <span className={textLook.muted}>
        {count(found.items.length)} of {count(found.total)} shown. Type to search.
      </span>
    </Combobox.Footer>
  );
}
