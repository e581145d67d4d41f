import { CircleX } from 'lucide-react';
import { framesOf, type Problem as ProblemBody } from '../../../contract/kernel/errors.ts';
import { words } from '../../lib/format.ts';
import { CopyButton } from '../../ui/buttons.tsx';

/** Why a task or step failed: what, where in the script, and the stack. */
export function Problem({ problem }: { problem: ProblemBody }) {
  const frames = framesOf(problem);
  const line = typeof problem.line === 'number' ? problem.line : null;
  return (
    <div className="col" style={{ gap: 8 }}>
      <div className="notice bad">
        <CircleX size={14} />
        <div className="grow">
          <strong>{words(problem.code)}</strong>
          <p style={{ overflowWrap: 'anywhere' }}>{problem.detail}</p>
          {line === null ? null : <p>Line {line} of the script</p>}
        </div>
        <CopyButton label="Copy error" text={() => JSON.stringify(problem, null, 2)} />
      </div>
      {frames === null ? null : <pre className="pre">{frames}</pre>}
    </div>
  );
}
