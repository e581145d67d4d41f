import type { ProxyServer, proxyRecord } from '../../../../contract/automation/proxies.ts';
import type { SortOf } from '../../../../contract/kernel/sorts.ts';
import { bytes } from '../../../lib/format.ts';
import { useNow } from '../../../lib/use-now.ts';
import { Ago } from '../../../ui/display/ago.tsx';
import { Badge, Tag } from '../../../ui/display/badge.tsx';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import type { Column } from '../../../ui/table/columns/columns.ts';
import { addressOf, isExpired, Latency, ProxyHealth } from '../health.tsx';
import css from '../proxies.module.css';

const none = <span className={text.faint}>–</span>;

/** When it expires; a proxy that has expired stands out. */
function Expiry({ proxy }: { proxy: ProxyServer }) {
  const now = useNow();
  if (proxy.expires_at === null) return none;
  return isExpired(proxy, now) ? <Badge tone="warn">Expired</Badge> : <Ago at={proxy.expires_at} />;
}

export const PROXY_COLUMNS: readonly Column<ProxyServer, SortOf<typeof proxyRecord>>[] = [
  {
    id: 'status',
    title: 'Status',
    width: 158,
    sort: 'status',
    fixed: true,
    cell: (proxy) => <ProxyHealth proxy={proxy} />,
  },
  {
    id: 'name',
    title: 'Name',
    sort: 'name',
    fixed: true,
    cell: (proxy) => (
      <span className={`${layout.row} ${layout.fits}`}>
        <span className={`${text.clip} ${css.name}`}>{proxy.name}</span>
        {proxy.tags.map((tag) => (
          <Tag key={tag}>{tag}</Tag>
        ))}
      </span>
    ),
  },
  {
    id: 'scheme',
    drop: 3,
    title: 'Type',
    width: 76,
    sort: 'scheme',
    cell: (proxy) => <span className={text.muted}>{proxy.scheme}</span>,
  },
  {
    id: 'host',
    drop: 4,
    title: 'Address',
    width: 180,
    grow: 240,
    sort: 'host',
    cell: (proxy) => <code className={text.clip}>{addressOf(proxy)}</code>,
  },
  {
    id: 'country',
    drop: 2,
    title: 'Exit',
    width: 150,
    sort: 'country',
    cell: (proxy) =>
      proxy.last_check?.exit_ip ? (
        <span className={layout.row}>
          <code className={text.clip}>{proxy.last_check.exit_ip}</code>
          {proxy.country === null ? null : <Tag>{proxy.country}</Tag>}
        </span>
      ) : (
        none
      ),
  },
  {
    id: 'latency',
    title: 'Latency',
    width: 128,
    num: true,
    sort: 'latency_ms',
    cell: (proxy) => <Latency proxy={proxy} />,
  },
  {
    id: 'ok',
    drop: 5,
    title: 'Last OK',
    width: 100,
    sort: 'last_ok_at',
    cell: (proxy) => <Ago at={proxy.last_ok_at} />,
  },
  {
    id: 'used',
    drop: 1,
    title: 'Used by',
    width: 76,
    num: true,
    unsorted: 'Counted from the profiles',
    cell: (proxy) => (proxy.used_by === 0 ? none : proxy.used_by),
  },
  {
    id: 'traffic',
    drop: 7,
    title: 'This month',
    width: 92,
    num: true,
    unsorted: 'Counted from the browsers',
    cell: (proxy) => (proxy.month_bytes === 0 ? none : bytes(proxy.month_bytes)),
  },
  {
    id: 'expires',
    drop: 6,
    title: 'Expires',
    width: 96,
    sort: 'expires_at',
    cell: (proxy) => <Expiry proxy={proxy} />,
  },
];
