/** What a model wrote: its reasoning, the text, the tools that it calls. */
import { Wrench } from 'lucide-react';
import { useState } from 'react';
import { isJsonObject } from '../../../../contract/kernel/json.ts';
import type { ToolCall } from '../../../../contract/models/openai/chat.ts';
import { Button } from '../../../ui/buttons.tsx';
import { JsonView } from '../../../ui/display/json-view.tsx';
import field from '../../../ui/styles/field.module.css';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import { Markdown } from './markdown.tsx';
import css from './message.module.css';

export function AnswerBody({
  reasoning,
  content,
  calls,
  growing = false,
}: {
  reasoning: string;
  content: string;
  calls: readonly ToolCall[];
  growing?: boolean;
}) {
  return (
    <>
      {reasoning === '' ? null : (
        <details className={css.reasoning}>
          <summary>Reasoning</summary>
          <p>{reasoning}</p>
        </details>
      )}
      {content === '' ? null : <Markdown source={content} growing={growing} />}
      {calls.map((call, at) => (
        <Call key={call.id || at} call={call} />
      ))}
    </>
  );
}

function argumentsOf(json: string) {
  try {
    const value: unknown = JSON.parse(json);
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}

function Call({ call: { function: called } }: { call: ToolCall }) {
  const value = argumentsOf(called.arguments);
  return (
    <section className={css.call} aria-label={`Call of ${called.name}`}>
      <p className={layout.row}>
        <Wrench size={13} aria-hidden /> Calls <code>{called.name}</code>
      </p>
      {value === null ? (
        <pre className={text.pre}>{called.arguments}</pre>
      ) : (
        <JsonView value={value} label={`Arguments of ${called.name}`} />
      )}
    </section>
  );
}

/** Fields for what the tools answered. */
export function ToolResults({
  calls,
  blocked,
  give,
}: {
  calls: readonly ToolCall[];
  blocked: string | null;
  give(results: string[]): void;
}) {
  const [results, setResults] = useState<string[]>(() => calls.map(() => ''));
  const missing = results.some((result) => result.trim() === '') ? 'Give the result of each call' : null;
  return (
    <form
      className={css.results}
      onSubmit={(event) => {
        event.preventDefault();
        if (blocked === null && missing === null) give(results);
      }}
    >
      {calls.map((call, at) => (
        <label key={call.id} className={layout.col}>
          <span className={`${text.muted} ${text.small}`}>
            Result of <code>{call.function.name}</code>
          </span>
          <textarea
            className={`${field.field} ${css.area} ${text.mono}`}
            rows={2}
            value={results[at]}
            onChange={({ target }) => setResults((old) => old.with(at, target.value))}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.form?.requestSubmit();
            }}
          />
        </label>
      ))}
      <div>
        <Button small submit blocked={blocked ?? missing}>
          Send {calls.length === 1 ? 'result' : 'results'}
        </Button>
      </div>
    </form>
  );
}
