/** `Mod+K`: actions of this view, then objects found by the host, then navigation. `Mod+P`: objects only. */

import { Modal } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { createSpotlight, Spotlight } from '@mantine/spotlight';
import { useNavigate } from '@tanstack/react-router';
import { Search } from 'lucide-react';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { flushSync } from 'react-dom';
import { type Found, useFound } from '../lib/finder.ts';
import type { Action } from '../lib/keys/registry.ts';
import { useAllActions } from '../lib/keys/use-actions.ts';
import { Kbd } from '../ui/display/kbd.tsx';
import { focusable } from '../ui/focusable.ts';
import layout from '../ui/styles/layout.module.css';
import text from '../ui/styles/text.module.css';
import css from './palette.module.css';
import { FINDERS } from './screens.ts';

type Mode = 'all' | 'objects';

const [store, spotlight] = createSpotlight();
let mode: Mode = 'all';
const listeners = new Set<() => void>();

const FIELD = 'palette-field';

/** Opens the palette. Its field is there and has the focus when this returns, so no key that follows is lost. */
export function openPalette(next: Mode): void {
  mode = next;
  flushSync(() => {
    for (const listener of listeners) listener();
    spotlight.open();
  });
  document.getElementById(FIELD)?.focus();
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

function matches(action: Action, query: string): boolean {
  const described = `${action.title} ${action.group} ${action.keywords ?? ''}`.toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => described.includes(word));
}

function ActionItem({ action }: { action: Action }) {
  const chord = action.keys?.[0];
  return (
    <Spotlight.Action onClick={action.run} disabled={Boolean(action.blocked)}>
      <span className={`${layout.row} ${layout.grow}`}>
        <span className={`${layout.grow} ${text.clip}`}>{action.title}</span>
        {action.blocked ? <span className={text.muted}>{action.blocked}</span> : null}
        {chord === undefined ? null : <Kbd chord={chord} />}
      </span>
    </Spotlight.Action>
  );
}

function Objects({ found }: { found: readonly Found[] }) {
  const navigate = useNavigate();
  if (found.length === 0) return null;
  return (
    <Spotlight.ActionsGroup label="Objects">
      {found.map(({ id, Icon, title, side, to }) => (
        <Spotlight.Action key={id} onClick={() => void navigate(to)}>
          <span className={`${layout.row} ${layout.grow}`}>
            <span className={css.icon}>
              <Icon size={14} />
            </span>
            <span className={`${css.title} ${text.clip}`}>{title}</span>
            {side}
          </span>
        </Spotlight.Action>
      ))}
    </Spotlight.ActionsGroup>
  );
}

function Group({ label, actions }: { label: string; actions: readonly Action[] }) {
  return actions.length === 0 ? null : (
    <Spotlight.ActionsGroup label={label}>
      {actions.map((action) => (
        <ActionItem key={action.id} action={action} />
      ))}
    </Spotlight.ActionsGroup>
  );
}

/** Answers that arrive after a key leave what is chosen chosen; when nothing is, the first is, so that Enter opens it. */
function keepChosen(): void {
  const list = document.getElementById(store.getState().listId);
  const items = [...(list?.querySelectorAll('[data-action]') ?? [])];
  const chosen = items.findIndex((item) => item.hasAttribute('data-selected'));
  if (chosen < 0) items[0]?.setAttribute('data-selected', 'true');
  store.updateState((state) => ({ ...state, selected: Math.max(0, chosen) }));
}

/** The list scrolls by keyboard too; it hands what it does not know on to its scroll area. */
const scrollArea = { viewportProps: focusable };

/** The palette itself; mounted once. */
export function Palette() {
  const [query, setQuery] = useState('');
  const [q] = useDebouncedValue(query.trim(), 120);
  const current = useSyncExternalStore(subscribe, () => mode);
  const offered = useAllActions().filter((action) => !action.hidden && matches(action, query));
  const here = offered.filter(({ layer }) => layer !== 'global');
  const { found, isAsking } = useFound(FINDERS, q);
  const actions = current === 'all' ? offered.length : 0;
  const isSettled = query.trim() === q && !isAsking;
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever the list may have changed
  useEffect(() => {
    if (query.trim() !== '') keepChosen();
  }, [found.length, isAsking, actions, query]);
  return (
    <Spotlight.Root
      store={store}
      query={query}
      onQueryChange={setQuery}
      shortcut={null}
      scrollable
      maxHeight={420}
      size={560}
      overlayProps={{ backgroundOpacity: 0.4, blur: 0 }}
      // A transition would mount the field some frames later.
      transitionProps={{ duration: 0 }}
    >
      <Modal.Title className={text.hidden}>Search or run a command</Modal.Title>
      <Spotlight.Search
        id={FIELD}
        placeholder={
          current === 'objects' ? `Find ${FINDERS.map(({ things }) => things).join(', ')}` : 'Search or run a command'
        }
        aria-label="Search or run a command"
        leftSection={<Search size={15} />}
      />
      <Spotlight.ActionsList {...scrollArea}>
        {current === 'all' ? <Group label="This screen" actions={here} /> : null}
        <Objects found={found} />
        {current === 'all' ? (
          <>
            <Group label="Go to" actions={offered.filter(({ group }) => group === 'Navigation')} />
            <Group label="Panel" actions={offered.filter(({ group }) => group === 'Panel')} />
            <Group label="Help" actions={offered.filter(({ group }) => group === 'Help')} />
          </>
        ) : null}
        {query.trim() !== '' && isSettled && found.length === 0 && actions === 0 ? (
          <Spotlight.Empty role="status">Nothing matches “{query.trim()}”</Spotlight.Empty>
        ) : null}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}
