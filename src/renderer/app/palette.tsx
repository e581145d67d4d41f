/** `Mod+K`: actions of this view, then objects found by the host, then navigation. `Mod+P`: objects only. */

import { Modal } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { createSpotlight, Spotlight } from '@mantine/spotlight';
import { useNavigate } from '@tanstack/react-router';
import { FileCode2, ListChecks, Search, SquareUser } from 'lucide-react';
import { type ReactNode, useEffect, useState, useSyncExternalStore } from 'react';
import { flushSync } from 'react-dom';
import { commandKinds } from '../../contract/automation/kinds/index.ts';
import type { Action } from '../lib/keys/registry.ts';
import { useAllActions } from '../lib/keys/use-actions.ts';
import { useOperationQuery } from '../lib/live/query.ts';
import { Ago } from '../ui/display/ago.tsx';
import { Kbd } from '../ui/display/kbd.tsx';
import { Status } from '../ui/display/status.tsx';
import { focusable } from '../ui/focusable.ts';
import layout from '../ui/styles/layout.module.css';
import text from '../ui/styles/text.module.css';
import css from './palette.module.css';

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

function Hit({ icon, title, side, onClick }: { icon: ReactNode; title: string; side: ReactNode; onClick(): void }) {
  return (
    <Spotlight.Action onClick={onClick}>
      <span className={`${layout.row} ${layout.grow}`}>
        <span className={css.icon}>{icon}</span>
        <span className={`${layout.grow} ${text.clip}`}>{title}</span>
        {side}
      </span>
    </Spotlight.Action>
  );
}

/** What the host finds for a text. */
function useObjects(q: string) {
  const input = { q, limit: 5 };
  const options = { enabled: q.length > 0, keep: true };
  const commands = useOperationQuery('commands_list', input, options);
  const profiles = useOperationQuery('profiles_list', input, options);
  const tasks = useOperationQuery('tasks_list', input, options);
  const all = [commands, profiles, tasks];
  return {
    ...{ commands, profiles, tasks },
    found: q.length > 0 && all.some((query) => (query.data?.items.length ?? 0) > 0),
    isAsking: all.some((query) => query.isFetching),
  };
}

function Objects({ of: { commands, profiles, tasks, found } }: { of: ReturnType<typeof useObjects> }) {
  const navigate = useNavigate();
  if (!found) return null;
  return (
    <Spotlight.ActionsGroup label="Objects">
      {commands.data?.items.map((command) => (
        <Hit
          key={command.id}
          icon={<FileCode2 size={14} />}
          title={command.name}
          side={<span className={text.muted}>{commandKinds[command.kind].title}</span>}
          onClick={() => void navigate({ to: '/commands/$id', params: { id: command.id } })}
        />
      ))}
      {profiles.data?.items.map((profile) => (
        <Hit
          key={profile.id}
          icon={<SquareUser size={14} />}
          title={profile.name}
          side={<Status plain state={profile.state} />}
          onClick={() => void navigate({ to: '/profiles', search: { peek: profile.id } })}
        />
      ))}
      {tasks.data?.items.map((task) => (
        <Hit
          key={task.id}
          icon={<ListChecks size={14} />}
          title={task.command_name}
          side={
            <>
              <span className={text.faint}>
                <Ago at={task.created_at} />
              </span>
              <Status plain state={task.status} />
            </>
          }
          onClick={() => void navigate({ to: '/tasks/$id', params: { id: task.id } })}
        />
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
  const objects = useObjects(q);
  const { found, isAsking } = objects;
  const actions = current === 'all' ? offered.length : 0;
  const isSettled = query.trim() === q && !isAsking;
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever the list may have changed
  useEffect(() => {
    if (query.trim() !== '') keepChosen();
  }, [found, isAsking, actions, query]);
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
        placeholder={current === 'objects' ? 'Find a task, command or profile' : 'Search or run a command'}
        aria-label="Search or run a command"
        leftSection={<Search size={15} />}
      />
      <Spotlight.ActionsList {...scrollArea}>
        {current === 'all' ? <Group label="This screen" actions={here} /> : null}
        <Objects of={objects} />
        {current === 'all' ? (
          <>
            <Group label="Go to" actions={offered.filter(({ group }) => group === 'Navigation')} />
            <Group label="Panel" actions={offered.filter(({ group }) => group === 'Panel')} />
            <Group label="Help" actions={offered.filter(({ group }) => group === 'Help')} />
          </>
        ) : null}
        {query.trim() !== '' && isSettled && !found && actions === 0 ? (
          <Spotlight.Empty role="status">Nothing matches “{query.trim()}”</Spotlight.Empty>
        ) : null}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}
