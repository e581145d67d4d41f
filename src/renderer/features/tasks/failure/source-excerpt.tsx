import type { SourceExcerpt } from '../../../../contract/automation/report/evidence.ts';
import { tameMarks } from '../../../lib/text/tame.ts';
import { focusable } from '../../../ui/focusable.ts';
import css from './failure.module.css';

/** Lines of a script with the one that failed marked, also for those who cannot see the colour. */
export function Source({ source }: { source: SourceExcerpt }) {
  return (
    <section aria-label="Source">
      <h3>
        {source.file}, line {source.line}
      </h3>
      <ol className={css.source} start={source.first_line} {...focusable}>
        {source.lines.map((line, index) => {
          const number = source.first_line + index;
          const isFailed = number === source.line;
          return (
            <li
              key={number}
              className={isFailed ? css.failedLine : undefined}
              aria-current={isFailed ? 'true' : undefined}
            >
              <span className={css.lineNumber}>{number}</span>
              <span className={css.mark}>{isFailed ? '›' : ''}</span>
              <code>{line === '' ? ' ' : tameMarks(line)}</code>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
