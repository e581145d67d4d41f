import { Link } from '@tanstack/react-router';
import { BookOpen, ExternalLink, FileJson, PlugZap } from 'lucide-react';
import { isDesktop } from '../../lib/client/message-port.ts';
import { useOperationQuery } from '../../lib/live/query.ts';
import { CopyButton } from '../../ui/buttons.tsx';
import { Facts } from '../../ui/display/facts.tsx';
import { EmptyState, StateFrame } from '../../ui/feedback/state-frame.tsx';

const PAGES = [
  { path: '/swagger-ui/', title: 'API explorer', text: 'Try every operation from the browser.', Icon: PlugZap },
  { path: '/docs/', title: 'API reference', text: 'Read operations, schemas and errors.', Icon: BookOpen },
  {
    path: '/api-doc/openapi.json',
    title: 'OpenAPI document',
    text: 'For code generators and other tools.',
    Icon: FileJson,
  },
] as const;

/** Ways into the HTTP API. */
export function ApiExplorer() {
  const info = useOperationQuery('host_info', {});
  const settings = useOperationQuery('settings_get', {});
  const base = isDesktop() ? info.data?.url : location.origin;
  const off = settings.data?.values.docs_enabled === false;
  return (
    <StateFrame of={info}>
      {base === null || base === undefined ? (
        <EmptyState icon={<PlugZap size={24} />} title="The API is closed" help="connections">
          {info.data?.http_error}
        </EmptyState>
      ) : (
        <div className="scroll" style={{ padding: 16 }}>
          <div className="col" style={{ gap: 16, maxWidth: 760 }}>
            <Facts>
              <dt>Address</dt>
              <dd className="row">
                <code>{new URL('/v1', base).href}</code>
                <CopyButton label="Copy address" text={new URL('/v1', base).href} />
              </dd>
              <dt>Sign in with</dt>
              <dd>
                <code>Authorization: Bearer tak_…</code>
              </dd>
            </Facts>
            {off ? (
              <div className="notice warn">
                <span>
                  The documentation is switched off. Switch it on in{' '}
                  <Link to="/settings" search={{ section: 'API & security' }}>
                    Settings
                  </Link>
                  .
                </span>
              </div>
            ) : (
              <ul className="bare card">
                {PAGES.map(({ path, title, text, Icon }) => (
                  <li key={path} className="link-row">
                    <Icon size={16} className="muted" />
                    <div className="grow">
                      <strong>{title}</strong>
                      <p className="muted">{text}</p>
                    </div>
                    <a className="btn small" href={new URL(path, base).href} target="_blank" rel="noreferrer">
                      Open <ExternalLink size={12} />
                    </a>
                  </li>
                ))}
              </ul>
            )}
            <div className="col" style={{ gap: 6 }}>
              <h2>First request</h2>
              <pre className="pre">{`curl ${new URL('/v1/tasks?limit=5', base).href} \\\n  -H "Authorization: Bearer $TABAGENT_KEY"`}</pre>
            </div>
          </div>
        </div>
      )}
    </StateFrame>
  );
}
