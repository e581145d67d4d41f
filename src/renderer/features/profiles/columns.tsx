import type { Profile, profileRecord } from '../../../contract/automation/profiles.ts';
import type { SortOf } from '../../../contract/kernel/sorts.ts';
import { bytes } from '../../lib/format.ts';
import { Ago } from '../../ui/display/ago.tsx';
import { Tag } from '../../ui/display/badge.tsx';
import { LastOutcome, Status } from '../../ui/display/status.tsx';
import layout from '../../ui/styles/layout.module.css';
import text from '../../ui/styles/text.module.css';
import type { Column } from '../../ui/table/columns/columns.ts';
import { PoolName, ProxyName } from '../proxies/index.ts';
import css from './profiles.module.css';
import { Swatch } from './swatch.tsx';

export const PROFILE_COLUMNS: readonly Column<Profile, SortOf<typeof profileRecord>>[] = [
  {
    id: 'state',
    title: 'State',
    width: 116,
    sort: 'state',
    fixed: true,
    cell: (profile) => <Status state={profile.state} />,
  },
  {
    id: 'name',
    title: 'Name',
    sort: 'name',
    fixed: true,
    cell: (profile) => (
      <span className={`${layout.row} ${layout.fits}`}>
        {/* Together: a name that is longer than the cell would otherwise go out of sight below its swatch. */}
        <span className={layout.row}>
          <Swatch color={profile.color} />
          <span className={`${text.clip} ${css.name}`}>{profile.name}</span>
        </span>
        {profile.tags.map((tag) => (
          <Tag key={tag}>{tag}</Tag>
        ))}
      </span>
    ),
  },
  { id: 'number', drop: 5, title: 'No.', width: 56, num: true, sort: 'number', cell: (profile) => profile.number },
  {
    id: 'group',
    drop: 3,
    title: 'Group',
    width: 120,
    grow: 200,
    sort: 'group',
    cell: (profile) => profile.group ?? <span className={text.faint}>–</span>,
  },
  {
    id: 'proxy',
    drop: 2,
    title: 'Proxy',
    width: 150,
    grow: 200,
    unsorted: 'The name of another thing',
    cell: ({ proxy_id, pool_id }) => {
      if (pool_id !== null) return <PoolName id={pool_id} />;
      return proxy_id === null ? <span className={text.faint}>–</span> : <ProxyName id={proxy_id} />;
    },
  },
  {
    id: 'browser',
    drop: 4,
    title: 'Browser',
    width: 96,
    sort: 'browser',
    cell: (profile) => <span className={text.muted}>{profile.browser}</span>,
  },
  {
    id: 'locale',
    drop: 6,
    title: 'Locale',
    width: 84,
    sort: 'locale',
    cell: (profile) => profile.locale ?? <span className={text.faint}>–</span>,
  },
  {
    id: 'used',
    drop: 2,
    title: 'Last used',
    width: 116,
    sort: 'last_started_at',
    cell: (profile) => (
      <span className={layout.row}>
        <Ago at={profile.last_started_at} />
        {profile.last_task === null ? null : <LastOutcome task={profile.last_task} />}
      </span>
    ),
  },
  {
    id: 'size',
    drop: 1,
    title: 'Size',
    width: 80,
    num: true,
    sort: 'size_bytes',
    cell: (profile) => bytes(profile.size_bytes),
  },
];
