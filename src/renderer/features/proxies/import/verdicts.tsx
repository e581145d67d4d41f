import type { ProxyImported, ProxyReading } from '../../../../contract/automation/proxies.ts';
import { plural } from '../../../lib/format.ts';
import { Button } from '../../../ui/buttons.tsx';
import { Badge } from '../../../ui/display/badge.tsx';
import { StatusIcon } from '../../../ui/display/status.tsx';
import layout from '../../../ui/styles/layout.module.css';
import textLook from '../../../ui/styles/text.module.css';
import { addressOf } from '../health.tsx';
import css from '../proxies.module.css';

/** Verdicts that are shown; the rest is counted. */
const SHOWN = 200;

type Row =
  | { line: number; t: 'new' | 'duplicate'; reading: ProxyReading }
  | { line: number; t: 'ambiguous'; readings: readonly ProxyReading[] }
  | { line: number; t: 'error'; text: string; reason: string };

/** What needs attention comes first. */
const ORDER = ['error', 'ambiguous', 'new', 'duplicate'];

const rowsOf = ({ parsed, errors, ambiguous }: ProxyImported): Row[] =>
  [
    ...parsed.map((reading): Row => ({ line: reading.line, t: reading.duplicate ? 'duplicate' : 'new', reading })),
    ...errors.map((error): Row => ({ ...error, t: 'error' })),
    ...ambiguous.map((one): Row => ({ ...one, t: 'ambiguous' })),
  ].sort((a, b) => ORDER.indexOf(a.t) - ORDER.indexOf(b.t) || a.line - b.line);

const described = (reading: ProxyReading): string =>
  `${reading.scheme}://${reading.username === null ? '' : `${reading.username}@`}${addressOf(reading)}`;

/** A verdict for each line of a list, and how many there are of each kind. */
export function Verdicts({ found, choose }: { found: ProxyImported; choose(line: number, reading: number): void }) {
  const rows = rowsOf(found);
  const fresh = found.parsed.length - found.duplicates;
  return (
    <section aria-label="What the list holds">
      <div className={`${layout.row} ${css.counts}`} role="status">
        <Badge tone="good">{plural(fresh, 'new proxy', 'new proxies')}</Badge>
        {found.duplicates === 0 ? null : <Badge tone="idle">{plural(found.duplicates, 'duplicate')}</Badge>}
        {found.ambiguous.length === 0 ? null : (
          <Badge tone="warn">{plural(found.ambiguous.length, 'line')} to decide</Badge>
        )}
        {found.errors.length === 0 ? null : <Badge tone="bad">{plural(found.errors.length, 'unreadable line')}</Badge>}
      </div>
      <ul className={`${layout.bare} ${css.verdicts}`}>
        {rows.slice(0, SHOWN).map((row) => (
          <li key={row.line} className={`${layout.row} ${css.verdict}`}>
            <span className={`${css.line} ${textLook.faint}`}>{row.line}</span>
            <Verdict row={row} choose={choose} />
          </li>
        ))}
      </ul>
      {rows.length <= SHOWN ? null : <p className={textLook.muted}>{plural(rows.length - SHOWN, 'more line')}</p>}
    </section>
  );
}

function Verdict({ row, choose }: { row: Row; choose(line: number, reading: number): void }) {
  switch (row.t) {
    case 'error':
      return (
        <>
          <StatusIcon state="failed" size={13} label="Unreadable" />
          <code className={textLook.clip}>{row.text}</code>
          <span className={`${layout.grow} ${textLook.bad}`}>{row.reason}</span>
        </>
      );
    case 'ambiguous':
      return (
        <>
          <StatusIcon state="warning" size={13} label="Two readings" />
          <span className={textLook.muted}>Which one is meant?</span>
          {row.readings.map((reading, at) => (
            <Button key={described(reading)} small onClick={() => choose(row.line, at)}>
              {described(reading)}
            </Button>
          ))}
        </>
      );
    default:
      return (
        <>
          <StatusIcon
            state={row.t === 'new' ? 'ok' : 'stopped'}
            size={13}
            label={row.t === 'new' ? 'New' : 'Duplicate'}
          />
          <code className={`${layout.grow} ${textLook.clip}`}>{described(row.reading)}</code>
          <span className={textLook.muted}>
            {row.t === 'duplicate'
              ? 'already there'
              : [
                  row.reading.has_password ? 'with password' : 'no password',
                  row.reading.refresh_url ? 'refresh address' : '',
                ]
                  .filter((part) => part !== '')
                  .join(', ')}
          </span>
        </>
      );
  }
}
