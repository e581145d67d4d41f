import { unifiedMergeView } from '@codemirror/merge';
import { useMemo } from 'react';
import { CodeEditorImpl, type EditorProps } from './code-editor-impl.tsx';
import css from './diff-editor.module.css';

/** A text with what differs from its original; one that can be changed offers to go back to the original, change by change. */
export interface DiffProps extends EditorProps {
  original: string;
}

/** @codemirror/merge calls a change of the text "accept" and going back to the original "reject". */
const LABELS = { accept: 'Keep mine', reject: 'Take theirs' } as const;

function control(type: 'accept' | 'reject', action: (event: MouseEvent) => void): HTMLElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = css.control ?? '';
  button.textContent = LABELS[type];
  button.onmousedown = action;
  return button;
}

/** The editor itself; use {@link DiffEditor}. */
export function DiffEditorImpl({ original, ...props }: DiffProps) {
  const isMerge = props.onChange !== undefined;
  const more = useMemo(
    () =>
      unifiedMergeView({
        original,
        gutter: true,
        mergeControls: isMerge ? control : false,
        collapseUnchanged: { margin: 3, minSize: 6 },
      }),
    [original, isMerge],
  );
  return <CodeEditorImpl {...props} readOnly={!isMerge} more={more} />;
}
