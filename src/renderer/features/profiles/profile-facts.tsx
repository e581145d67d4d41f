import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Profile } from '../../../contract/automation/profiles.ts';
import type { ProfileId } from '../../../contract/kernel/scalars.ts';
import { bytes, dateTime } from '../../lib/format.ts';
import { useOperationQuery } from '../../lib/live/query.ts';
import { Ago } from '../../ui/display/ago.tsx';
import { FactList } from '../../ui/display/facts.tsx';
import { Status } from '../../ui/display/status.tsx';
import layout from '../../ui/styles/layout.module.css';
import text from '../../ui/styles/text.module.css';
import { PoolName, ProxyName } from '../proxies/index.ts';
import css from './profiles.module.css';

const size = (value: { width: number; height: number } | null): string =>
  value === null ? 'browser default' : `${value.width} × ${value.height}`;

function holderText(profile: Profile): ReactNode {
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

function wayOut({ proxy_id, pool_id }: Profile): ReactNode {
  if (pool_id !== null) return <PoolName key="pool" id={pool_id} />;
  return proxy_id === null ? 'none' : <ProxyName key="proxy" id={proxy_id} linked />;
}

/** Configuration and current holder. */
export function ProfileFacts({ profile }: { profile: Profile }) {
  const facts: [string, ReactNode][] = [
    ['In use by', holderText(profile)],
    ['Browser', profile.executable_path ?? profile.browser],
    ['Proxy', wayOut(profile)],
    ['Group', profile.group ?? '–'],
    ['Locale', profile.locale ?? 'system'],
    ['Time zone', profile.timezone ?? 'system'],
    ['Viewport', size(profile.viewport)],
    ['Window', size(profile.window)],
    ['Colour scheme', profile.color_scheme ?? 'system'],
    ['User agent', profile.user_agent ?? 'browser default'],
    ['Storage', profile.storage === 'persistent' ? 'kept between runs' : 'cleared on every start'],
    ['Size', bytes(profile.size_bytes)],
    ['Last used', <Ago key="used" at={profile.last_started_at} />],
    ['Created', dateTime(profile.created_at)],
  ];
  return <FactList facts={facts} />;
}

/** Most recent tasks of a profile; renders nothing when there are none. */
export function LastTasks({ id }: { id: ProfileId }) {
  const query = useOperationQuery('tasks_list', { profile_id: id, limit: 6 });
  const tasks = query.data?.items ?? [];
  if (tasks.length === 0) return null;
  return (
    <section>
      <div className={layout.row}>
        <h3 className={layout.grow}>Last tasks</h3>
        <Link to="/tasks" search={{ profile: id }}>
          All
        </Link>
      </div>
      <ul className={layout.bare}>
        {tasks.map((task) => (
          <li key={task.id} className={`${layout.row} ${css.task}`}>
            <Status plain state={task.status} />
            <Link to="/tasks/$id" params={{ id: task.id }} className={`${layout.grow} ${text.clip} ${text.nameLink}`}>
              {task.command_name}
            </Link>
            <span className={text.faint}>
              <Ago at={task.created_at} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
