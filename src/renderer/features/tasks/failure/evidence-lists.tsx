/** What a page said and asked for in vain, and what a program wrote to its standard error. */
import type { FailedRequest, PageMessage } from '../../../../contract/automation/evidence.ts';
import { clock } from '../../../lib/format.ts';
import { stripAnsi } from '../../../lib/log/ansi.ts';
import text from '../../../ui/styles/text.module.css';
import css from './failure.module.css';

const TONES = { error: text.bad, warn: text.warn, info: '', debug: text.muted } as const;

const fileOf = (url: string) =>
  url
    .split(/[?#]/, 1)[0]
    ?.split('/')
    .findLast((part) => part !== '') ?? url;

/** The latest console lines. */
export function ConsoleLines({ messages }: { messages: readonly PageMessage[] }) {
  return (
    <section aria-label="Console">
      <h3>
        Console <span className={text.muted}>{messages.length}</span>
      </h3>
      {messages.length === 0 ? (
        <p className={text.muted}>The page wrote nothing.</p>
      ) : (
        <table className={css.list}>
          <thead className={text.hidden}>
            <tr>
              <th scope="col">Time</th>
              <th scope="col">Level</th>
              <th scope="col">Message</th>
              <th scope="col">Source</th>
            </tr>
          </thead>
          <tbody>
            {messages.map((message, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: The list never changes.
              <tr key={index}>
                <td className={`${text.mono} ${text.muted} ${css.time}`}>{clock(message.at)}</td>
                <td className={`${TONES[message.level]} ${css.level}`}>{message.level}</td>
                <td className={`${text.mono} ${TONES[message.level]} ${css.wrap}`}>{message.text}</td>
                <td className={`${text.mono} ${text.muted} ${css.place}`} title={message.url ?? undefined}>
                  {message.url === null ? '' : `${fileOf(message.url)}:${message.line ?? 1}`}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

/** The latest requests that failed. */
export function FailedRequests({ requests }: { requests: readonly FailedRequest[] }) {
  return (
    <section aria-label="Failed requests">
      <h3>
        Failed requests <span className={text.muted}>{requests.length}</span>
      </h3>
      {requests.length === 0 ? (
        <p className={text.muted}>Every request was answered.</p>
      ) : (
        <table className={css.list}>
          <thead className={text.hidden}>
            <tr>
              <th scope="col">Time</th>
              <th scope="col">Method</th>
              <th scope="col">Address</th>
              <th scope="col">Result</th>
            </tr>
          </thead>
          <tbody>
            {requests.map((request, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: The list never changes.
              <tr key={index}>
                <td className={`${text.mono} ${text.muted} ${css.time}`}>{clock(request.at)}</td>
                <td className={`${text.mono} ${css.level}`}>{request.method}</td>
                <td className={`${text.mono} ${css.wrap}`}>{request.url}</td>
                <td className={`${text.bad} ${css.place}`}>
                  {request.status === null ? request.reason : `${request.status} ${request.reason}`}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

/** Lines in the fixed-width font. */
export function Lines({ title, lines }: { title: string; lines: string }) {
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      <pre className={text.pre}>{stripAnsi(lines)}</pre>
    </section>
  );
}
