import { useMemo } from 'react';
import type { Json } from '../../../contract/kernel/scalars.ts';
import { outline, pageOf } from '../../lib/json/json-outline.ts';
import { stripAnsi } from '../../lib/log/ansi.ts';
import { JsonFrame, JsonTree, type LoadPage } from './json-tree.tsx';
import { TextBlocks } from './text-blocks.tsx';

/** A JSON value as a tree that folds, with a button that copies it. */
export function JsonView({ value, label }: { value: Json; label: string }) {
  const root = useMemo(() => outline(value), [value]);
  const text = typeof value === 'string' ? stripAnsi(value) : null;
  const load: LoadPage = async (path, from) => pageOf(value, path, from);
  return (
    <JsonFrame label={label} copy={() => text ?? JSON.stringify(value, null, 2)}>
      {text?.includes('\n') ? <TextBlocks text={text} /> : <JsonTree node={root} path={[]} load={load} />}
    </JsonFrame>
  );
}
