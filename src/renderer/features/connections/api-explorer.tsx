import { Link } from '@tanstack/react-router';
import { BookOpen, ExternalLink, FileJson, PlugZap } from 'lucide-react';
import { isDesktop } from '../../lib/client/message-port.ts';
import { useOperationQuery } from '../../lib/live/query.ts';
import { buttonClass, CopyButton } from '../../ui/buttons.tsx';
import { Card } from '../../ui/display/card.tsx';
import { Facts } from '../../ui/display/facts.tsx';
import { Notice } from '../../ui/feedback/notice.tsx';
import { EmptyState, StateFrame } from '../../ui/feedback/state-frame.tsx';
import layout from '../../ui/styles/layout.module.css';
import text from '../../ui/styles/text.module.css';
import css from './api-explorer.module.css';
import { ClientExamples } from './client-examples.tsx';

const PAGES = [
  { path: '/swagger-ui/', title: 'API explorer', detail: 'Try every operation from the browser.', Icon: PlugZap },
  { path: '/docs/', title: 'API reference', detail: 'Read operations, schemas and errors.', Icon: BookOpen },
  {
    path: '/api-doc/openapi.json',
    title: 'OpenAPI document',
    detail: 'For code generators and other tools.',
    Icon: FileJson,
  },
] as const;

/** Address and documentation of the HTTP API. */
export function ApiExplorer() {
  const info = useOperationQuery('host_info', {});
  const settings = useOperationQuery('settings_get', {});
  const base = isDesktop() ? info.data?.url : location.origin;
  const off = settings.data?.values.docs_enabled === false;
  return (
    <StateFrame of={info}>
      {base === null || base === undefined ? (
        <EmptyState icon={<PlugZap size={24} />} title="The API is not available" help="connections">
          {info.data?.http_error}
        </EmptyState>
      ) : (
        <div className={`${layout.scroll} ${css.page}`}>
          <div className={`${layout.col} ${css.column}`}>
            <Facts>
              <dt>Address</dt>
              <dd className={layout.row}>
                <code>{new URL('/v1', base).href}</code>
                <CopyButton label="Copy address" text={new URL('/v1', base).href} />
              </dd>
              <dt>Authentication</dt>
              <dd>
                <code>Authorization: Bearer tak_…</code>
              </dd>
            </Facts>
            {off ? (
              <Notice tone="warn">
                <span>
                  The documentation is switched off. Switch it on in{' '}
                  <Link to="/settings" search={{ section: 'API & security' }}>
                    Settings
                  </Link>
                  .
                </span>
              </Notice>
            ) : (
              <Card>
                <ul className={layout.bare}>
                  {PAGES.map(({ path, title, detail, Icon }) => (
                    <li key={path} className={css.link}>
                      <Icon size={16} className={text.muted} />
                      <div className={layout.grow}>
                        <strong>{title}</strong>
                        <p className={text.muted}>{detail}</p>
                      </div>
                      <a
                        className={buttonClass({ small: true })}
                        aria-label={`Open ${title}`}
                        href={new URL(path, base).href}
                        target="_blank"
                        rel="noreferrer"
                      >
                        Open <ExternalLink size={12} />
                      </a>
                    </li>
                  ))}
                </ul>
              </Card>
            )}
            <div className={`${layout.col} ${css.first}`}>
              <h2>First request</h2>
              <pre
                className={text.pre}
              >{`curl '${new URL('/v1/tasks?limit=5', base).href}' \\\n  -H "Authorization: Bearer $TABAGENT_KEY"`}</pre>
            </div>
            <ClientExamples url={new URL('/v1', base).href} />
          </div>
        </div>
      )}
    </StateFrame>
  );
}
