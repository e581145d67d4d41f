import { Ban, CircleX } from 'lucide-react';
import { framesOf, type Problem as ProblemBody } from '../../../contract/kernel/errors.ts';
import { words } from '../../lib/format.ts';
import { passageOf } from '../../lib/text/tame.ts';
import { CopyButton } from '../../ui/buttons.tsx';
import { TextBlocks } from '../../ui/display/text-blocks.tsx';
import { Notice } from '../../ui/feedback/notice.tsx';
import layout from '../../ui/styles/layout.module.css';
import text from '../../ui/styles/text.module.css';
import css from './problem.module.css';

/** Why a task or step failed: what, where in the script, and the stack. */
export function Problem({ problem }: { problem: ProblemBody }) {
  const frames = framesOf(problem);
  const line = typeof problem.line === 'number' ? problem.line : null;
  // What a person has wanted is no failure.
  const isCancelled = problem.code === 'cancelled';
  return (
    <div className={css.problem}>
      <Notice tone={isCancelled ? 'info' : 'bad'}>
        {isCancelled ? <Ban size={14} /> : <CircleX size={14} />}
        <div className={layout.grow}>
          <strong>{words(problem.code)}</strong>
          <p className={css.detail}>{passageOf(problem.detail)}</p>
          {line === null ? null : <p>Line {line} of the script</p>}
        </div>
        <CopyButton label="Copy error" text={() => JSON.stringify(problem, null, 2)} />
      </Notice>
      {frames === null ? null : (
        <div className={text.pre}>
          <TextBlocks text={frames} />
        </div>
      )}
    </div>
  );
}
