import { DiffEditor } from '../../../ui/editor/diff-editor.tsx';
import text from '../../../ui/styles/text.module.css';
import type { VersionChange } from './changes.ts';
import css from './versions.module.css';

/** Px of a line, and of the most that a difference takes; a longer one scrolls. */
const LINE = 18;
const MOST = 420;
const heightOf = ({ from, to }: VersionChange): string =>
  `${Math.min(MOST, LINE * (Math.max(from.split('\n').length, to.split('\n').length) + 6))}px`;

/** The changed fields: short values in words, texts line by line. */
export function VersionChanges({ changes }: { changes: readonly VersionChange[] }) {
  const short = changes.filter(({ isText }) => !isText);
  return (
    <>
      {short.length === 0 ? null : (
        <ul className={css.changes}>
          {short.map(({ path, title, from, to }) => (
            <li key={path}>
              {title}: <del className={text.muted}>{from}</del> → <ins className={css.now}>{to}</ins>
            </li>
          ))}
        </ul>
      )}
      {changes
        .filter(({ isText }) => isText)
        .map((change) => (
          <section key={change.path} aria-label={`${change.title}, changed lines`}>
            <h3>{change.title}</h3>
            <DiffEditor
              readOnly
              language={change.path === 'spec.script' ? 'typescript' : change.isJson ? 'json' : 'text'}
              label={`${change.title} of this version`}
              height={heightOf(change)}
              original={change.from}
              value={change.to}
            />
          </section>
        ))}
    </>
  );
}
