/** What a page said and asked for in vain, and what a program wrote to its standard error. */
import type { ReactNode } from 'react';
import type { FailedRequest, PageMessage } from '../../../../contract/automation/report/evidence.ts';
import { clock } from '../../../lib/format.ts';
import { stripAnsi } from '../../../lib/log/ansi.ts';
import { tameMarks } from '../../../lib/text/tame.ts';
import { TextBlocks } from '../../../ui/display/text-blocks.tsx';
import text from '../../../ui/styles/text.module.css';
import css from './failure.module.css';

const TONES = { error: text.bad, warn: text.warn, info: '', debug: text.muted } as const;

const fileOf = (url: string) =>
  url
    .split(/[?#]/, 1)[0]
    ?.split('/')
    .findLast((part) => part !== '') ?? url;

/** Rows with the time of each; what they are is said once, in a head for assistive technology. */
function EvidenceTable<Row extends { at: string }>({
  title,
  empty,
  columns,
  rows,
  cells,
}: {
  title: string;
  empty: string;
  columns: readonly string[];
  rows: readonly Row[];
  /** The cells after the time. */
  cells(row: Row): ReactNode;
}) {
  return (
    <section aria-label={title}>
      <h3>
        {title} <span className={text.muted}>{rows.length}</span>
      </h3>
      {rows.length === 0 ? (
        <p className={text.muted}>{empty}</p>
      ) : (
        <table className={css.list}>
          <thead className={text.hidden}>
            <tr>
              {['Time', ...columns].map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: The list never changes.
              <tr key={index}>
                <td className={`${text.mono} ${text.muted} ${css.time}`}>{clock(row.at)}</td>
                {cells(row)}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

/** The latest console lines. */
export function ConsoleLines({ messages }: { messages: readonly PageMessage[] }) {
  return (
    <EvidenceTable
      title="Console"
      empty="The page wrote nothing."
      columns={['Level', 'Message', 'Source']}
      rows={messages}
      cells={(message) => (
        <>
          <td className={`${TONES[message.level]} ${css.level}`}>{message.level}</td>
          <td className={`${text.mono} ${TONES[message.level]} ${css.wrap}`}>{tameMarks(message.text)}</td>
          <td className={`${text.mono} ${text.muted} ${css.place}`} title={message.url ?? undefined}>
            {message.url === null ? '' : `${fileOf(message.url)}:${message.line ?? 1}`}
          </td>
        </>
      )}
    />
  );
}

/** The latest requests that failed. */
export function FailedRequests({ requests }: { requests: readonly FailedRequest[] }) {
  return (
    <EvidenceTable
      title="Failed requests"
      empty="Every request was answered."
      columns={['Method', 'Address', 'Result']}
      rows={requests}
      cells={(request) => (
        <>
          <td className={`${text.mono} ${css.level}`}>{request.method}</td>
          <td className={`${text.mono} ${css.wrap}`}>{tameMarks(request.url)}</td>
          <td className={`${text.bad} ${css.place}`}>
            {request.status === null ? request.reason : `${request.status} ${request.reason}`}
          </td>
        </>
      )}
    />
  );
}

/** Lines in the fixed-width font. */
export function Lines({ title, lines }: { title: string; lines: string }) {
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      <div className={text.pre}>
        <TextBlocks text={stripAnsi(lines)} />
      </div>
    </section>
  );
}
