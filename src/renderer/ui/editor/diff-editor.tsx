import { lazy, Suspense } from 'react';
import css from './code-editor.module.css';
import type { DiffProps } from './diff-editor-impl.tsx';

const Impl = lazy(() => import('./diff-editor-impl.tsx').then((module) => ({ default: module.DiffEditorImpl })));

/** A difference by line, loaded when the first one is shown. */
export function DiffEditor(props: DiffProps) {
  return (
    <div
      className={`${css.editor} ${css.boxed}`}
      style={props.height === undefined ? {} : { flex: 'none', height: props.height }}
    >
      <Suspense fallback={null}>
        <Impl {...props} />
      </Suspense>
    </div>
  );
}
