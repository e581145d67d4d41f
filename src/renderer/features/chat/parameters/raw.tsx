/** Requests as they were sent, and what came back. */

import { Braces } from 'lucide-react';
import { problemOf } from '../../../../contract/kernel/errors.ts';
import type { Json } from '../../../../contract/kernel/scalars.ts';
import { clock, plural } from '../../../lib/format.ts';
import { JsonView } from '../../../ui/display/json-view.tsx';
import { EmptyState } from '../../../ui/feedback/state-frame.tsx';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import { mergedOf } from '../live/merged.ts';
import { type Exchange, useStreams } from '../live/streams.ts';
import css from './parameters.module.css';

const NONE: readonly Exchange[] = [];
const jsonOf = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;

function OneExchange({ exchange: { at, request, chunks, error } }: { exchange: Exchange }) {
  return (
    <section className={css.exchange} aria-label={`Request of ${clock(at)}`}>
      <h3>{clock(at)}</h3>
      <span className={`${text.muted} ${text.small}`}>Request</span>
      <JsonView value={jsonOf(request)} label="Request" />
      <span className={`${text.muted} ${text.small}`}>Response</span>
      <JsonView
        value={jsonOf(error === null ? mergedOf(chunks) : { ...mergedOf(chunks), error: problemOf(error) })}
        label="Response"
      />
      <details>
        <summary className={`${text.muted} ${text.small}`}>{plural(chunks.length, 'chunk')} as they came</summary>
        <JsonView value={jsonOf(chunks)} label="Chunks" />
      </details>
    </section>
  );
}

export function Raw({ id }: { id: string | undefined }) {
  const exchanges = useStreams(({ exchanges }) => (id === undefined ? NONE : (exchanges[id] ?? NONE)));
  if (exchanges.length === 0)
    return (
      <EmptyState icon={<Braces size={24} />} title="No requests yet" help="chat">
        The last requests of this conversation and their responses, until this window is reloaded.
      </EmptyState>
    );
  return (
    <div className={layout.peek}>
      {exchanges.map((exchange) => (
        <OneExchange key={exchange.at} exchange={exchange} />
      ))}
    </div>
  );
}
