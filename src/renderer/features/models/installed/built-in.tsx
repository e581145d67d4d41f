/** The embedder that needs no file: what it can do, and where one that knows meanings comes from. */
import { Link } from '@tanstack/react-router';
import { useOperationQuery } from '../../../lib/live/query.ts';
import { Tag } from '../../../ui/display/badge.tsx';
import text from '../../../ui/styles/text.module.css';
import css from '../models.module.css';

export function BuiltIn() {
  const { data } = useOperationQuery('get_embedding_models', {});
  const builtIn = data?.models.find(({ type }) => type === 'lexical');
  if (data === undefined || builtIn === undefined) return null;
  const hasSemantic = data.models.some(({ type, installed }) => type === 'semantic' && installed);
  return (
    <section className={css.builtIn} aria-label="Built-in embedder">
      <Tag>Built in</Tag>
      <code>{builtIn.id}</code>
      <span className={text.muted}>
        Finds and groups texts that share words, in any language and without a model file. It does not compare meaning.
        It is a part of TabAgent and cannot be deleted.
      </span>
      {hasSemantic ? null : (
        <Link to="/models" search={{ tab: 'download' } as never}>
          Download an embedding model
        </Link>
      )}
    </section>
  );
}
