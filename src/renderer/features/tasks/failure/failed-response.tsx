import type { FailedResponse } from '../../../../contract/automation/report/evidence.ts';
import type { Json } from '../../../../contract/kernel/scalars.ts';
import { bytes } from '../../../lib/format.ts';
import { tameMarks } from '../../../lib/text/tame.ts';
import { Facts } from '../../../ui/display/facts.tsx';
import { JsonView } from '../../../ui/display/json-view.tsx';
import { TextBlocks } from '../../../ui/display/text-blocks.tsx';
import text from '../../../ui/styles/text.module.css';
import css from './failure.module.css';

/** An excerpt is at most 8 KiB, so it can be parsed at once. */
function jsonOf(body: string): Json | undefined {
  try {
    return JSON.parse(body) as Json;
  } catch {
    return undefined;
  }
}

/** The response of a server that was not as expected: status, headers, beginning of the body. */
export function ResponseView({ response }: { response: FailedResponse }) {
  const json = response.body === null || response.truncated ? undefined : jsonOf(response.body);
  return (
    <section aria-label="Response" className={css.response}>
      <h3>
        Response <span className={text.bad}>{`${response.status} ${response.status_text}`}</span>
      </h3>
      <p className={`${text.mono} ${text.muted} ${css.wrap}`}>{response.url}</p>
      <details>
        <summary>{Object.keys(response.headers).length} headers</summary>
        <Facts>
          {Object.entries(response.headers).flatMap(([name, value]) => [
            <dt key={`${name}-name`}>{name}</dt>,
            <dd key={name} className={`${text.mono} ${css.wrap}`}>
              {tameMarks(value)}
            </dd>,
          ])}
        </Facts>
      </details>
      {response.body === null ? (
        <p className={text.muted}>{response.bytes === 0 ? 'The body is empty.' : 'The body is not text.'}</p>
      ) : json === undefined ? (
        <div className={text.pre}>
          <TextBlocks text={response.body} />
        </div>
      ) : (
        <JsonView value={json} label="body" />
      )}
      {response.truncated ? (
        <p className={text.muted}>The beginning of {bytes(response.bytes)}; the whole body is among the artifacts.</p>
      ) : null}
    </section>
  );
}
