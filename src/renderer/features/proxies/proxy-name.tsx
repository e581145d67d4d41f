import { Link } from '@tanstack/react-router';
import type { ProxyId } from '../../../contract/kernel/scalars.ts';
import { useOperationQuery } from '../../lib/live/query.ts';
import { Badge, Tag } from '../../ui/display/badge.tsx';
import { StatusIcon } from '../../ui/display/status.tsx';
import layout from '../../ui/styles/layout.module.css';
import text from '../../ui/styles/text.module.css';

/** The name of a proxy with its state and country, as far as it is there. */
export function ProxyName({ id, linked = false }: { id: ProxyId; linked?: boolean }) {
  const { data: proxy, error } = useOperationQuery('proxies_get', { id }, { keep: true });
  if (error?.slug === 'not-found') {
    return (
      <Badge tone="bad" plain>
        Deleted proxy
      </Badge>
    );
  }
  if (proxy === undefined) return null;
  return (
    <span className={layout.row}>
      <StatusIcon state={proxy.status} size={13} />
      {linked ? (
        <Link to="/proxies" search={{ peek: id }} className={`${text.clip} ${text.nameLink}`}>
          {proxy.name}
        </Link>
      ) : (
        <span className={text.clip}>{proxy.name}</span>
      )}
      {proxy.country === null ? null : <Tag>{proxy.country}</Tag>}
    </span>
  );
}
