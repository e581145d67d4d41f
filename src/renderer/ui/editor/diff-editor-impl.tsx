import { unifiedMergeView } from '@codemirror/merge';
import { EditorView } from '@uiw/react-codemirror';
import { useMemo } from 'react';
import { CodeEditorImpl, type EditorProps } from './code-editor-impl.tsx';
import { lineDiff } from './line-diff.ts';

/** A text with what differs from its original; one that can be changed offers to go back to the original, change by change. */
export interface DiffProps extends EditorProps {
  original: string;
}

/** @codemirror/merge calls a change of the text "accept" and going back to the original "reject". */
const LABELS = { accept: 'Keep mine', reject: 'Take theirs' } as const;

function control(type: 'accept' | 'reject', action: (event: MouseEvent) => void): HTMLElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = LABELS[type];
  button.onmousedown = action;
  return button;
}

/** The library's own are white on a fixed green and red. */
const look = EditorView.theme({
  '.cm-deletedChunk .cm-chunkButtons': { insetInlineEnd: '8px' },
  '.cm-deletedChunk .cm-chunkButtons button': {
    color: 'var(--text)',
    background: 'var(--raised)',
    border: '1px solid var(--line-strong)',
    borderRadius: 'var(--radius)',
    font: '11px/16px var(--font)',
    marginInlineStart: '4px',
    padding: '0 6px',
  },
  '.cm-collapsedLines': { color: 'var(--muted)', background: 'var(--hover)' },
});

/** The editor itself; use {@link DiffEditor}. */
export function DiffEditorImpl({ original, ...props }: DiffProps) {
  const isMerge = props.onChange !== undefined;
  const more = useMemo(
    () => [
      look,
      unifiedMergeView({
        original,
        gutter: true,
        mergeControls: isMerge ? control : false,
        collapseUnchanged: { margin: 3, minSize: 6 },
        diffConfig: { override: lineDiff },
      }),
    ],
    [original, isMerge],
  );
  return <CodeEditorImpl {...props} readOnly={!isMerge} more={more} />;
}
