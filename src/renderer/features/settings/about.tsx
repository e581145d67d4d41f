import { dateTime } from '../../lib/format.ts';
import { useOperationQuery } from '../../lib/live/query.ts';
import { Button, CopyButton } from '../../ui/buttons.tsx';
import { Status } from '../../ui/display/status.tsx';
import { StateFrame } from '../../ui/feedback/state-frame.tsx';
import { ShowFolder } from '../../ui/show-folder.tsx';

/** Versions, folders and the host's own diagnosis, all of it to copy. */
export function About() {
  const info = useOperationQuery('host_info', {});
  const checks = useOperationQuery('host_diagnose', {});
  const data = info.data;
  return (
    <div className="col" style={{ gap: 16 }}>
      <StateFrame of={info} skeleton={4}>
        {data === undefined ? null : (
          <dl className="facts">
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
            <dd>{data.url ?? <span className="tone-bad">{data.http_error}</span>}</dd>
            <dt>Data</dt>
            <dd className="row">
              <code>{data.data_dir}</code>
              <ShowFolder target="data" label="Show data folder" />
            </dd>
            <dt>Logs</dt>
            <dd className="row">
              <code>{data.log_dir}</code>
              <ShowFolder target="logs" label="Show log folder" />
            </dd>
            <dt>Secrets</dt>
            <dd className={data.secrets.weak ? 'tone-warn' : undefined}>{data.secrets.detail}</dd>
          </dl>
        )}
      </StateFrame>
      <div className="row">
        <h2 className="grow">Diagnosis</h2>
        <CopyButton
          label="Copy diagnostics"
          text={() => JSON.stringify({ host: data, checks: checks.data?.checks }, null, 2)}
        >
          Copy diagnostics
        </CopyButton>
        <Button small busy={checks.isFetching} onClick={() => void checks.refetch()}>
          Check again
        </Button>
      </div>
      <StateFrame of={checks} skeleton={6}>
        <ul className="bare card">
          {checks.data?.checks.map((check) => (
            <li key={check.id} className="check">
              <Status state={check.status} />
              <div className="grow">
                <strong>{check.title}</strong>
                <p className="muted">{check.detail}</p>
                {check.advice === null ? null : <p>{check.advice}</p>}
              </div>
            </li>
          ))}
        </ul>
      </StateFrame>
    </div>
  );
}
