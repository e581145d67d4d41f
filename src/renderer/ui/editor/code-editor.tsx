import { lazy, Suspense } from 'react';
import css from './code-editor.module.css';
import type { EditorProps } from './code-editor-impl.tsx';

const Impl = lazy(() => import('./code-editor-impl.tsx').then((module) => ({ default: module.CodeEditorImpl })));

/** CodeMirror, loaded when the first editor is shown. */
export function CodeEditor(props: EditorProps) {
  return (
    <div
      className={`${css.editor} ${props.boxed ? css.boxed : ''}`}
      style={props.height === undefined ? {} : { flex: 'none', height: props.height }}
    >
      <Suspense fallback={null}>
        <Impl {...props} />
      </Suspense>
    </div>
  );
}
