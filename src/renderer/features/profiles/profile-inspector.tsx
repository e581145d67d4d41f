import { Link } from '@tanstack/react-router';
import { LockOpen, Pencil, Play, Square, Trash2, X } from 'lucide-react';
import { useState } from 'react';
import type { Profile } from '../../../contract/automation/profiles.ts';
import type { ProfileId } from '../../../contract/kernel/scalars.ts';
import { bytes, dateTime } from '../../lib/format.ts';
import { useOperationQuery } from '../../lib/live/query.ts';
import { useCan } from '../../lib/use-can.ts';
import { Button, CopyButton, IconButton } from '../../ui/buttons.tsx';
import { Ago } from '../../ui/display/ago.tsx';
import { Status } from '../../ui/display/status.tsx';
import { StateFrame } from '../../ui/feedback/state-frame.tsx';
import { ShowFolder } from '../../ui/show-folder.tsx';
import { RunDialog } from '../run/index.ts';
import { startBlocked, stopBlocked, useProfileActions } from './profile-actions.tsx';

const size = (value: { width: number; height: number } | null): string =>
  value === null ? 'browser default' : `${value.width} × ${value.height}`;

function holderText(profile: Profile): React.ReactNode {
  const { holder } = profile;
  if (holder === null) return 'nobody';
  if (holder.kind === 'task') {
    return (
      <Link to="/tasks/$id" params={{ id: holder.id }}>
        a task
      </Link>
    );
  }
  return holder.kind === 'manual' ? 'an open window' : `another program (${holder.id})`;
}

function Facts({ profile }: { profile: Profile }) {
  const facts: [string, React.ReactNode][] = [
    ['In use by', holderText(profile)],
    ['Browser', profile.executable_path ?? profile.browser],
    ['Group', profile.group ?? '–'],
    ['Locale', profile.locale ?? 'system'],
    ['Time zone', profile.timezone ?? 'system'],
    ['Viewport', size(profile.viewport)],
    ['Window', size(profile.window)],
    ['Colour scheme', profile.color_scheme ?? 'system'],
    ['User agent', profile.user_agent ?? 'browser default'],
    ['Storage', profile.storage === 'persistent' ? 'kept between runs' : 'fresh on every start'],
    ['Size', bytes(profile.size_bytes)],
    ['Last used', <Ago key="used" at={profile.last_started_at} />],
    ['Created', dateTime(profile.created_at)],
  ];
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name} style={{ display: 'contents' }}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Recent({ id }: { id: ProfileId }) {
  const query = useOperationQuery('tasks_list', { profile_id: id, limit: 6 });
  const tasks = query.data?.items ?? [];
  if (tasks.length === 0) return null;
  return (
    <section>
      <div className="row">
        <h3 className="grow">Last tasks</h3>
        <Link to="/tasks" search={{ profile: id }}>
          All
        </Link>
      </div>
      <ul className="bare">
        {tasks.map((task) => (
          <li key={task.id} className="row" style={{ height: 28 }}>
            <Status plain state={task.status} />
            <Link to="/tasks/$id" params={{ id: task.id }} className="grow clip name-link">
              {task.command_name}
            </Link>
            <span className="faint">
              <Ago at={task.created_at} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** One profile beside the list. */
export function ProfileInspector({ id, close, edit }: { id: ProfileId; close(): void; edit(): void }) {
  const query = useOperationQuery('profiles_get', { id }, { keep: true });
  const profile = query.data;
  const actions = useProfileActions();
  const noDelete = useCan('profiles_delete');
  const noUpdate = useCan('profiles_update');
  const noUnlock = useCan('profiles_unlock');
  const noStart = useCan('profiles_start');
  const noStop = useCan('profiles_stop');
  const noTask = useCan('tasks_create');
  const [running, setRunning] = useState(false);
  return (
    <aside className="col grow" aria-label="Profile">
      <div className="tool-bar">
        {profile === undefined ? null : (
          <span className="swatch" style={{ background: profile.color }} aria-hidden="true" />
        )}
        <h2 className="grow clip">{profile?.name}</h2>
        {profile === undefined ? null : (
          <>
            <ShowFolder target="profile" id={id} />
            <IconButton
              label="Delete"
              action="profiles.delete"
              Icon={Trash2}
              blocked={noDelete}
              onClick={() => void actions.remove(profile, close)}
            />
            <IconButton label="Edit" action="profiles.edit" Icon={Pencil} blocked={noUpdate} onClick={edit} />
          </>
        )}
        <IconButton label="Close" Icon={X} onClick={close} />
      </div>
      <StateFrame of={query} skeleton={6}>
        {profile === undefined ? null : (
          <div className="scroll peek">
            <div className="row">
              <Status state={profile.state} />
              <span className="grow" />
              {profile.state === 'locked' ? (
                <Button
                  small
                  blocked={noUnlock}
                  busy={actions.busy}
                  icon={<LockOpen size={13} />}
                  onClick={() => actions.unlock(id)}
                >
                  Unlock
                </Button>
              ) : stopBlocked(profile) === null ? (
                <Button
                  small
                  action="profiles.toggle"
                  blocked={noStop}
                  busy={actions.busy}
                  icon={<Square size={12} />}
                  onClick={() => actions.stop(id)}
                >
                  Stop browser
                </Button>
              ) : (
                <Button
                  small
                  action="profiles.toggle"
                  blocked={startBlocked(profile) ?? noStart}
                  busy={actions.busy}
                  icon={<Play size={13} />}
                  onClick={() => actions.start(id)}
                >
                  Open browser
                </Button>
              )}
              <Button small kind="primary" blocked={noTask} icon={<Play size={13} />} onClick={() => setRunning(true)}>
                Run a command
              </Button>
            </div>
            {profile.state === 'locked' ? (
              <div className="notice warn">
                The profile is held by {profile.holder === null ? 'another program' : profile.holder.id}. Close that
                program; when it runs on another computer or is gone already, unlock the profile here.
              </div>
            ) : null}
            <div className="row">
              <code className="clip faint">{profile.id}</code>
              <CopyButton label="Copy id" text={profile.id} />
            </div>
            <Facts profile={profile} />
            {profile.start_urls.length === 0 ? null : (
              <section>
                <h3>Start pages</h3>
                <ul className="bare">
                  {profile.start_urls.map((url) => (
                    <li key={url} className="clip mono">
                      {url}
                    </li>
                  ))}
                </ul>
              </section>
            )}
            {profile.notes === '' ? null : (
              <section>
                <h3>Notes</h3>
                <p style={{ whiteSpace: 'pre-wrap' }}>{profile.notes}</p>
              </section>
            )}
            <Recent id={id} />
            <RunDialog opened={running} close={() => setRunning(false)} profileId={id} />
          </div>
        )}
      </StateFrame>
    </aside>
  );
}
