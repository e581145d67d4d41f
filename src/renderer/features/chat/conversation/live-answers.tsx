/** Answers that are being written, one or several side by side. */
import { Loader } from 'lucide-react';
import { useEffect, useState } from 'react';
import { duration } from '../../../lib/format.ts';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import type { LiveAnswer } from '../live/streams.ts';
import { AnswerBody } from './answer-body.tsx';
import { figuresOf } from './figures.ts';
import css from './message.module.css';

/** Time since this was first shown, ms; in steps of a second. */
function useElapsed(): number {
  const [begun] = useState(() => performance.now());
  const [ms, setMs] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setMs(performance.now() - begun), 1_000);
    return () => clearInterval(timer);
  }, [begun]);
  return ms;
}

function Waiting() {
  const ms = useElapsed();
  return (
    <p className={`${layout.row} ${text.muted}`}>
      <Loader size={13} aria-hidden /> Waiting for the first token{ms < 1_000 ? '' : `, ${duration(ms)}`}
    </p>
  );
}

function One({ answer }: { answer: LiveAnswer }) {
  const { model, reasoning, content, calls, usage, firstMs, lastMs, state } = answer;
  const took = figuresOf({ tokens: usage?.completion_tokens ?? null, firstMs, lastMs });
  return (
    <article className={css.message} data-role="assistant" aria-label="Assistant" aria-busy={state !== 'done'}>
      <h3 className={css.who}>
        Assistant
        {model === null ? null : <span className={css.model}>{model}</span>}
      </h3>
      {state === 'waiting' && content === '' ? (
        <Waiting />
      ) : (
        <AnswerBody reasoning={reasoning} content={content} calls={calls} growing />
      )}
      {answer.error === null ? null : <p className={text.bad}>{answer.error.message}</p>}
      <div className={css.actions}>
        <span className={`${text.faint} ${text.small} ${css.figures}`} data-testid="figures">
          {took.join(' · ')}
        </span>
      </div>
    </article>
  );
}

export function LiveAnswers({ answers }: { answers: readonly LiveAnswer[] }) {
  return (
    <div className={answers.length > 1 ? css.pair : undefined} data-pair={answers.length > 1 ? '' : undefined}>
      {answers.map((answer, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: answers keep their places
        <One key={at} answer={answer} />
      ))}
    </div>
  );
}
