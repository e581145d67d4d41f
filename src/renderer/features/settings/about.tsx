import { dateTime, plural } from '../../lib/format.ts';
import { useOperationQuery } from '../../lib/live/query.ts';
import { useWarnings } from '../../lib/use-warnings.ts';
import { Button, CopyButton } from '../../ui/buttons.tsx';
import { Card } from '../../ui/display/card.tsx';
import { Facts } from '../../ui/display/facts.tsx';
import { Status } from '../../ui/display/status.tsx';
import { StateFrame } from '../../ui/feedback/state-frame.tsx';
import { ShowFolder } from '../../ui/show-folder.tsx';
import layout from '../../ui/styles/layout.module.css';
import text from '../../ui/styles/text.module.css';
import css from './about.module.css';

/** Versions, folders and self-diagnosis of the host. */
export function About() {
  const info = useOperationQuery('host_info', {});
  const checks = useOperationQuery('host_diagnose', {});
  const data = info.data;
  const { acknowledged, recall } = useWarnings();
  return (
    <div className={`${layout.col} ${css.about}`}>
      <StateFrame of={info} skeleton={4}>
        {data === undefined ? null : (
          <Facts>
            <dt>Version</dt>
            <dd>{data.version}</dd>
            <dt>Runs as</dt>
            <dd>
              {data.platform === 'electron'
                ? `desktop app (Electron ${data.electron ?? ''}, Node ${data.node})`
                : `host program (Node ${data.node})`}
            </dd>
            <dt>Process</dt>
            <dd>
              {data.pid}, since {dateTime(data.started_at)}
            </dd>
            <dt>API</dt>
            <dd>{data.url ?? <span className={text.bad}>{data.http_error}</span>}</dd>
            <dt>Data</dt>
            <dd className={layout.row}>
              <code>{data.data_dir}</code>
              <ShowFolder target="data" label="Show data folder" />
            </dd>
            <dt>Logs</dt>
            <dd className={layout.row}>
              <code>{data.log_dir}</code>
              <ShowFolder target="logs" label="Show log folder" />
            </dd>
            <dt>Secrets</dt>
            <dd className={data.secrets.weak ? text.warn : undefined}>{data.secrets.detail}</dd>
          </Facts>
        )}
      </StateFrame>
      <div className={layout.row}>
        <h2 className={layout.grow}>Diagnosis</h2>
        <CopyButton
          label="Copy diagnostics"
          text={() => JSON.stringify({ host: data, checks: checks.data?.checks }, null, 2)}
        >
          Copy diagnostics
        </CopyButton>
        {acknowledged === 0 ? null : (
          <Button small onClick={recall}>
            Show {plural(acknowledged, 'acknowledged warning')} again
          </Button>
        )}
        <Button small busy={checks.isFetching} onClick={() => void checks.refetch()}>
          Check again
        </Button>
      </div>
      <StateFrame of={checks} skeleton={6}>
        <Card>
          <ul className={layout.bare}>
            {checks.data?.checks.map((check) => (
              <li key={check.id} className={css.check}>
                <Status state={check.status} />
                <div className={layout.grow}>
                  <strong>{check.title}</strong>
                  <p className={text.muted}>{check.detail}</p>
                  {check.advice === null ? null : <p>{check.advice}</p>}
                </div>
              </li>
            ))}
          </ul>
        </Card>
      </StateFrame>
    </div>
  );
}
