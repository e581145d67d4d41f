/** `Mod+K`: actions of this view, then objects found by the host, then navigation. `Mod+P`: objects only. */
import { Modal } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { createSpotlight, Spotlight } from '@mantine/spotlight';
import { useNavigate } from '@tanstack/react-router';
import { FileCode2, ListChecks, Search, SquareUser } from 'lucide-react';
import { type ReactNode, useState, useSyncExternalStore } from 'react';
import { flushSync } from 'react-dom';
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

function Objects({ q }: { q: string }) {
  const navigate = useNavigate();
  const input = { q, limit: 5 };
  const enabled = q.length > 0;
  const commands = useOperationQuery('commands_list', input, { enabled, keep: true });
  const profiles = useOperationQuery('profiles_list', input, { enabled, keep: true });
  const tasks = useOperationQuery('tasks_list', input, { enabled, keep: true });
  if (!enabled) return null;
  const found = [commands, profiles, tasks].some((query) => (query.data?.items.length ?? 0) > 0);
  if (!found) return null;
  return (
    <Spotlight.ActionsGroup label="Objects">
      {commands.data?.items.map((command) => (
        <Hit
          key={command.id}
          icon={<FileCode2 size={14} />}
          title={command.name}
          side={<span className={text.muted}>{command.kind}</span>}
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

/** The list scrolls by keyboard too; it hands what it does not know on to its scroll area. */
const scrollArea = { viewportProps: focusable };

/** The palette itself; mounted once. */
export function Palette() {
  const [query, setQuery] = useState('');
  const [q] = useDebouncedValue(query.trim(), 120);
  const current = useSyncExternalStore(subscribe, () => mode);
  const offered = useAllActions().filter((action) => !action.hidden && matches(action, query));
  const here = offered.filter(({ layer }) => layer !== 'global');
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
        <Objects q={q} />
        {current === 'all' ? (
          <>
            <Group label="Go to" actions={offered.filter(({ group }) => group === 'Navigation')} />
            <Group label="Panel" actions={offered.filter(({ group }) => group === 'Panel')} />
            <Group label="Help" actions={offered.filter(({ group }) => group === 'Help')} />
          </>
        ) : null}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}
