/** The self-check of a model: a notice when something is wrong, and a line with its figures. */
import type { SelfCheck } from '../../../../contract/models/self-check.ts';
import { count, duration } from '../../../lib/format.ts';
import { Notice } from '../../../ui/feedback/notice.tsx';

const VERDICT_WORDS: Record<SelfCheck['verdict'], string> = {
  passed: 'passed',
  suspect: 'not as expected',
  failed: 'failed',
};

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
export function SelfCheckNotice({ check }: { check: SelfCheck | null }) {
  if (check === null || check.findings.length === 0) return null;
  return (
    <Notice tone={check.verdict === 'failed' ? 'bad' : 'warn'}>
      <span>{check.findings.join(' ')}</span>
    </Notice>
  );
}
