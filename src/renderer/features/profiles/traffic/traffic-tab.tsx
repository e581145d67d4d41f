/** What a profile sent and received through its proxies, and what is left of its budget. */
import { Link } from '@tanstack/react-router';
import type { ProfileTraffic, Traffic, TrafficRun } from '../../../../contract/automation/profile/traffic.ts';
import type { Profile } from '../../../../contract/automation/profiles.ts';
import { bytes } from '../../../lib/format.ts';
import { useOperationQuery } from '../../../lib/live/query.ts';
import { Ago } from '../../../ui/display/ago.tsx';
import { FactList } from '../../../ui/display/facts.tsx';
import { Notice } from '../../../ui/feedback/notice.tsx';
import { StateFrame } from '../../../ui/feedback/state-frame.tsx';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import css from './traffic.module.css';

const both = ({ up_bytes, down_bytes }: Traffic): number => up_bytes + down_bytes;

/** `12 MB of 50 MB`, with what went each way on hovering. */
function Used({ of, budget }: { of: Traffic; budget: number | null | undefined }) {
  const spent = budget != null && both(of) >= budget;
  return (
    <span
      title={`${bytes(of.up_bytes)} sent, ${bytes(of.down_bytes)} received`}
      className={spent ? text.bad : undefined}
    >
      {bytes(both(of))}
      {budget == null ? '' : ` of ${bytes(budget)}`}
    </span>
  );
}

export function TrafficTab({ profile }: { profile: Profile }) {
  const query = useOperationQuery('profiles_traffic', { id: profile.id });
  const { data } = query;
  return (
    <div className={`${layout.scroll} ${layout.peek}`}>
      <StateFrame of={query} skeleton={4}>
        {data === undefined ? null : <Body traffic={data} />}
      </StateFrame>
    </div>
  );
}

function Body({ traffic }: { traffic: ProfileTraffic }) {
  const { budget, metered, spent, runs } = traffic;
  return (
    <>
      {spent === null ? null : <Notice tone="bad">{spent}</Notice>}
      {metered ? null : (
        <Notice tone={budget === null ? 'info' : 'warn'}>
          This profile goes out directly, and only traffic through a proxy is counted
          {budget === null ? '.' : ': its budget has no effect until it has a proxy.'}
        </Notice>
      )}
      <FactList
        facts={[
          ['Today (UTC)', <Used key="day" of={traffic.today} budget={budget?.day_bytes} />],
          ['This month', <Used key="month" of={traffic.month} budget={budget?.month_bytes} />],
          ['Budget of a run', budget?.run_bytes == null ? 'none' : bytes(budget.run_bytes)],
        ]}
      />
      {runs.length === 0 ? (
        <p className={text.muted}>Nothing has gone through a proxy yet.</p>
      ) : (
        <>
          <Hosts traffic={traffic} />
          <Runs runs={runs} />
        </>
      )}
    </>
  );
}

function Hosts({ traffic: { hosts, others } }: { traffic: ProfileTraffic }) {
  const most = Math.max(...hosts.map(both), 1);
  return (
    <section>
      <h3>Hosts</h3>
      <ul className={layout.bare} aria-label="Hosts">
        {hosts.map((one) => (
          <li key={one.host} className={css.host}>
            <span className={`${text.clip} ${text.mono}`}>{one.host}</span>
            <span className={css.amount}>{bytes(both(one))}</span>
            <span className={css.bar} style={{ inlineSize: `${(both(one) / most) * 100}%` }} />
          </li>
        ))}
        {both(others) === 0 ? null : (
          <li className={css.host}>
            <span className={text.muted}>All others</span>
            <span className={css.amount}>{bytes(both(others))}</span>
          </li>
        )}
      </ul>
    </section>
  );
}

function Runs({ runs }: { runs: readonly TrafficRun[] }) {
  return (
    <section>
      <h3>Last runs</h3>
      <ul className={layout.bare} aria-label="Runs">
        {runs.map((run) => (
          <li key={run.id} className={css.run}>
            <span className={layout.row}>
              <span className={`${layout.grow} ${text.clip}`}>
                {run.task_id === null ? (
                  'Opened by hand'
                ) : (
                  <Link to="/tasks/$id" params={{ id: run.task_id }}>
                    Task{run.attempt === null || run.attempt < 2 ? '' : `, attempt ${run.attempt}`}
                  </Link>
                )}
              </span>
              <span className={css.amount}>{bytes(both(run))}</span>
            </span>
            <span className={`${text.muted} ${text.clip}`}>
              <Ago at={run.started_at} /> through{' '}
              <Link to="/proxies" search={{ peek: run.proxy_id }}>
                {run.proxy_name}
              </Link>
              {run.exit_ip === null ? '' : ` (${run.exit_ip})`}
            </span>
            {run.spent === null ? null : <span className={text.bad}>{run.spent}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}
