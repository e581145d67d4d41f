import { Link } from '@tanstack/react-router';
import { Gauge, Pencil, RefreshCw, Trash2, X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ProxyServer } from '../../../contract/automation/proxies.ts';
import type { ProxyId } from '../../../contract/kernel/scalars.ts';
import { bytes, dateTime, duration, plural } from '../../lib/format.ts';
import { useOperationQuery } from '../../lib/live/query.ts';
import { useCan } from '../../lib/use-can.ts';
import { Button, CopyButton, IconButton } from '../../ui/buttons.tsx';
import { Sparkline } from '../../ui/chart/sparkline.tsx';
import { Ago } from '../../ui/display/ago.tsx';
import { FactList } from '../../ui/display/facts.tsx';
import { SameAddress } from '../../ui/display/same-address.tsx';
import { Status } from '../../ui/display/status.tsx';
import { Notice } from '../../ui/feedback/notice.tsx';
import { StateFrame } from '../../ui/feedback/state-frame.tsx';
import { ToolBar } from '../../ui/screen.tsx';
import layout from '../../ui/styles/layout.module.css';
import text from '../../ui/styles/text.module.css';
import { addressOf, ProxyHealth } from './health.tsx';
import { useProxyActions } from './proxy-actions.tsx';

/** Details of one proxy, in a pane beside the list. */
export function ProxyInspector({ id, close, edit }: { id: ProxyId; close(): void; edit(): void }) {
  const query = useOperationQuery('proxies_get', { id }, { keep: true });
  const proxy = query.data;
  return (
    <aside className={`${layout.col} ${layout.grow}`} aria-label="Proxy">
      <ToolBar>
        <h2 className={`${layout.grow} ${text.clip}`}>{proxy?.name}</h2>
        {proxy === undefined ? null : <ProxyTools proxy={proxy} close={close} edit={edit} />}
        <IconButton label="Close" Icon={X} onClick={close} />
      </ToolBar>
      <StateFrame of={query} skeleton={6}>
        {proxy === undefined ? null : <ProxyBody proxy={proxy} />}
      </StateFrame>
    </aside>
  );
}

function ProxyTools({ proxy, close, edit }: { proxy: ProxyServer; close(): void; edit(): void }) {
  const actions = useProxyActions();
  const noDelete = useCan('proxies_delete');
  const noUpdate = useCan('proxies_update');
  return (
    <>
      <IconButton
        label="Delete"
        action="proxies.delete"
        Icon={Trash2}
        blocked={noDelete}
        onClick={() => void actions.remove(proxy, close)}
      />
      <IconButton label="Edit" action="proxies.edit" Icon={Pencil} blocked={noUpdate} onClick={edit} />
    </>
  );
}

function ProxyBody({ proxy }: { proxy: ProxyServer }) {
  const actions = useProxyActions();
  const noCheck = useCan('proxies_check');
  const noRotate = useCan('proxies_rotate');
  const { last_check: last } = proxy;
  return (
    <div className={`${layout.scroll} ${layout.peek}`}>
      <div className={layout.row}>
        <ProxyHealth proxy={proxy} />
        <span className={layout.grow} />
        {proxy.refresh_url === null ? null : (
          <Button
            small
            blocked={noRotate}
            busy={actions.rotating}
            icon={<RefreshCw size={13} />}
            onClick={() => actions.rotate(proxy)}
          >
            Change exit
          </Button>
        )}
        <Button
          small
          action="proxies.check"
          blocked={noCheck}
          busy={actions.busy}
          icon={<Gauge size={13} />}
          onClick={() => actions.check(proxy)}
        >
          Check
        </Button>
      </div>
      <SameExit proxy={proxy} />
      {last?.message ? <Notice tone={last.ok ? 'info' : 'bad'}>{last.message}</Notice> : null}
      <div className={layout.row}>
        <code className={`${text.clip} ${text.faint}`}>{proxy.id}</code>
        <CopyButton label="Copy id" text={proxy.id} />
      </div>
      <FactList facts={factsOf(proxy)} />
      <UsedBy proxy={proxy} />
      {proxy.notes === '' ? null : (
        <section>
          <h3>Notes</h3>
          <p>{proxy.notes}</p>
        </section>
      )}
    </div>
  );
}

function factsOf(proxy: ProxyServer): [string, ReactNode][] {
  const { last_check: last } = proxy;
  return [
    ['Type', proxy.scheme],
    ['Address', <code key="address">{addressOf(proxy)}</code>],
    ['User name', proxy.username ?? 'none'],
    ['Password', proxy.has_password ? 'set' : 'none'],
    ['Exit address', last?.exit_ip ? <code key="exit">{last.exit_ip}</code> : 'not known'],
    ['Country', last?.country ?? 'not known'],
    ['Time zone', last?.timezone ?? 'not known'],
    ['Latency', proxy.latency_ms === null ? '–' : duration(proxy.latency_ms)],
    [
      'Last checks',
      proxy.history.length === 0 ? (
        'none'
      ) : (
        <Sparkline key="history" values={proxy.history.map(({ latency_ms }) => latency_ms)} width={160} height={20} />
      ),
    ],
    ['Traffic this month', bytes(proxy.month_bytes)],
    ['Last OK', <Ago key="ok" at={proxy.last_ok_at} />],
    ['Failures since', proxy.failures],
    ['Refresh address', proxy.refresh_url === null ? 'none' : 'set'],
    ['Expires', proxy.expires_at === null ? 'never' : dateTime(proxy.expires_at)],
    ['Created', dateTime(proxy.created_at)],
  ];
}

/** Warns when other proxies come out at the same address: sites could connect the profiles that use them. */
function SameExit({ proxy }: { proxy: ProxyServer }) {
  const exit = proxy.exit_ip;
  const asked = exit === null ? { id: proxy.id } : { exit_ip: exit, limit: 6 };
  const query = useOperationQuery('proxies_list', asked, { enabled: exit !== null });
  const others = exit === null ? [] : (query.data?.items ?? []).filter(({ id }) => id !== proxy.id);
  return <SameAddress others={others} to="/proxies" connected="the profiles that use them" />;
}

/** The profiles that go out through it. */
function UsedBy({ proxy }: { proxy: ProxyServer }) {
  const query = useOperationQuery('profiles_list', { proxy_id: proxy.id, sort: 'name', limit: 8 });
  const profiles = query.data?.items ?? [];
  return (
    <section>
      <h3>Used by {plural(proxy.used_by, 'profile')}</h3>
      <ul className={layout.bare}>
        {profiles.map((profile) => (
          <li key={profile.id} className={layout.row}>
            <Status plain state={profile.state} />
            <Link
              to="/profiles"
              search={{ peek: profile.id }}
              className={`${layout.grow} ${text.clip} ${text.nameLink}`}
            >
              {profile.name}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
