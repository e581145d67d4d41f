/** The self-check of a model: a notice when something is wrong, and a line with its figures. */
import { CircleAlert } from 'lucide-react';
import type { InstalledModel, ModelType } from '../../../../contract/models/models.ts';
import type { SelfCheck } from '../../../../contract/models/self-check.ts';
import { count, duration, plural } from '../../../lib/format.ts';
import { Badge } from '../../../ui/display/badge.tsx';
import { Notice } from '../../../ui/feedback/notice.tsx';
import layout from '../../../ui/styles/layout.module.css';

const VERDICT_WORDS: Record<SelfCheck['verdict'], string> = {
  passed: 'passed',
  suspect: 'failed',
  failed: 'could not be done',
};

/** What is wrong most often, by what a model is for. */
const USUAL: Partial<Record<ModelType, string>> = {
  chat: 'the chat template may be wrong',
  embedding: 'the pooling or the prefixes may be wrong',
  rerank: 'it may be no model for ranking',
};

/** `Self-check failed: the chat template may be wrong`; null for a model that passed, or was not checked yet. */
export function selfCheckProblem({ type, self_check: check }: Pick<InstalledModel, 'type' | 'self_check'>) {
  if (check === null || check.verdict === 'passed') return null;
  if (check.verdict === 'failed') return 'Self-check failed: the model did not compute';
  return `Self-check failed: ${USUAL[type] ?? 'what it says is not what such a model should'}`;
}

/** For a list, beside the name; the reasons are in the details. */
export function SelfCheckBadge({ model }: { model: InstalledModel }) {
  const problem = selfCheckProblem(model);
  if (problem === null) return null;
  return (
    <span title={[problem, ...(model.self_check?.findings ?? [])].join('\n')}>
      <Badge tone={model.self_check?.verdict === 'failed' ? 'bad' : 'warn'}>
        <CircleAlert size={13} aria-hidden />
        Self-check failed
      </Badge>
    </span>
  );
}

/** `passed (3 of 3), 41.5 tokens/s, first token after 120 ms`. */
export function selfCheckText(check: SelfCheck | null): string {
  if (check === null) return 'after its first load';
  const { verdict, right, asked, tokens_per_second: speed, first_token_ms: first } = check;
  return [
    `${VERDICT_WORDS[verdict]}${asked === 0 ? '' : ` (${right} of ${asked})`}`,
    ...(speed === null ? [] : [`${count(speed)} tokens/s`]),
    ...(first === null ? [] : [`first token after ${duration(first)}`]),
  ].join(', ');
}

/** Nothing for a model that passed. */
export function SelfCheckNotice({ model }: { model: InstalledModel }) {
  const { self_check: check } = model;
  const problem = selfCheckProblem(model);
  if (check === null || problem === null) return null;
  const { verdict, right, asked, findings } = check;
  return (
    <Notice tone={verdict === 'failed' ? 'bad' : 'warn'}>
      <div className={layout.col}>
        <strong>{problem}</strong>
        {asked === 0 ? null : (
          <span>
            {right} of {plural(asked, 'question')} came out as expected.
          </span>
        )}
        {findings.map((finding) => (
          <span key={finding}>{finding}</span>
        ))}
        <span>Try another quantization, or the same model from another repo. It can be used all the same.</span>
      </div>
    </Notice>
  );
}
