import { autocompletion } from '@codemirror/autocomplete';
import { javascript } from '@codemirror/lang-javascript';
import { json } from '@codemirror/lang-json';
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { tags } from '@lezer/highlight';
import { useCallbackRef } from '@mantine/hooks';
import CodeMirror, {
  Decoration,
  type DecorationSet,
  EditorView,
  type Extension,
  keymap,
  Prec,
  StateField,
} from '@uiw/react-codemirror';
import { useMemo } from 'react';
import { keys } from '../../lib/keys/use-actions.ts';
import { useResolvedTheme } from '../theme.tsx';

export interface EditorProps {
  value: string;
  onChange?: (text: string) => void;
  language: 'typescript' | 'javascript' | 'json' | 'text';
  /** Name for assistive technology. */
  label: string;
  readOnly?: boolean;
  /** Assistive technology is told so, and a refused form gives it the focus. */
  invalid?: boolean;
  boxed?: boolean;
  /** Line that is marked and scrolled to when the editor opens, from 1. */
  line?: number | undefined;
  /** CSS height; without it the editor takes the room it is given. */
  height?: string;
}

const highlight = HighlightStyle.define([
  { tag: [tags.keyword, tags.moduleKeyword, tags.controlKeyword], color: 'var(--accent-text)' },
  { tag: [tags.string, tags.regexp, tags.special(tags.string)], color: 'var(--good)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--info)' },
  { tag: [tags.comment], color: 'var(--faint)', fontStyle: 'italic' },
  { tag: [tags.function(tags.variableName), tags.function(tags.propertyName)], color: 'var(--warn)' },
  { tag: [tags.typeName, tags.className], color: 'var(--info)' },
  { tag: [tags.propertyName], color: 'var(--text)' },
  { tag: [tags.operator, tags.punctuation, tags.bracket], color: 'var(--muted)' },
  { tag: tags.invalid, color: 'var(--bad)' },
]);

const look = EditorView.theme({
  '&': { color: 'var(--text)' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '18px', fontVariantLigatures: 'none' },
  '.cm-content': { caretColor: 'var(--text)', padding: '8px 0' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  // Opaque: a line that is scrolled sideways goes below the numbers.
  '.cm-gutters': {
    background: 'linear-gradient(var(--field), var(--field)) var(--surface)',
    color: 'var(--faint)',
    border: 'none',
  },
  '.cm-markedLine, .cm-activeLine.cm-markedLine': { backgroundColor: 'var(--bad-soft)' },
  '.cm-activeLine': { backgroundColor: 'var(--hover)' },
  '.cm-activeLineGutter': { backgroundColor: 'transparent', color: 'var(--text)' },
  '.cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': {
    backgroundColor: 'var(--accent-soft)',
  },
  '.cm-selectionMatch': { backgroundColor: 'var(--accent-soft)' },
  '.cm-tooltip': { backgroundColor: 'var(--raised)', border: '1px solid var(--line-strong)' },
  '.cm-panels': { backgroundColor: 'var(--raised)', color: 'var(--text)' },
  '.cm-foldPlaceholder': { backgroundColor: 'var(--active)', border: 'none', color: 'var(--muted)' },
});

// Mod+Enter is the screen's (run, submit) before it is the editor's, which would insert a line.
const runKey = Prec.highest(keymap.of([{ key: 'Mod-Enter', run: () => keys.press('Mod+Enter', true, Date.now()) }]));

/** Marks a line until the text is edited: then it may be another one. */
function markedLine(line: number): Extension {
  return StateField.define<DecorationSet>({
    create({ doc }) {
      if (line < 1 || line > doc.lines) return Decoration.none;
      return Decoration.set([Decoration.line({ class: 'cm-markedLine' }).range(doc.line(line).from)]);
    },
    update: (marks, change) => (change.docChanged ? Decoration.none : marks),
    provide: (field) => EditorView.decorations.from(field),
  });
}

/** Puts the cursor at the start of a line, in the middle of what is shown. */
function showLine(view: EditorView, line: number): void {
  if (line < 1 || line > view.state.doc.lines) return;
  const { from } = view.state.doc.line(line);
  view.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: 'center' }) });
  view.focus();
}

/** The editor itself; use {@link CodeEditor}. */
export function CodeEditorImpl({
  value,
  onChange,
  language,
  label,
  readOnly = false,
  invalid = false,
  line,
  more,
}: EditorProps & { more?: Extension }) {
  const dark = useResolvedTheme() === 'dark';
  // The same function for ever: the editor is set up anew with each other one, as comes with every key.
  const tell = useCallbackRef(onChange);
  const extensions = useMemo(
    () => [
      runKey,
      look,
      // Nothing is chosen before the arrow keys have chosen it: Enter after a word would put another word in its place.
      autocompletion({ selectOnOpen: false }),
      syntaxHighlighting(highlight),
      EditorView.darkTheme.of(dark),
      EditorView.contentAttributes.of({ 'aria-label': label, 'aria-invalid': String(invalid), tabindex: '0' }),
      ...(language === 'json'
        ? [json()]
        : language === 'text'
          ? []
          : [javascript({ typescript: language === 'typescript' })]),
      ...(language === 'text' ? [EditorView.lineWrapping] : []),
      ...(line === undefined ? [] : [markedLine(line)]),
      ...(more === undefined ? [] : [more]),
    ],
    [language, label, invalid, dark, line, more],
  );
  return (
    <CodeMirror
      value={value}
      height="100%"
      theme="none"
      extensions={extensions}
      editable={!readOnly}
      readOnly={readOnly}
      indentWithTab={false}
      basicSetup={{
        foldGutter: false,
        highlightActiveLine: !readOnly,
        lineNumbers: language !== 'text',
        autocompletion: false,
      }}
      {...(line === undefined ? {} : { onCreateEditor: (view: EditorView) => showLine(view, line) })}
      {...(onChange === undefined ? {} : { onChange: tell })}
    />
  );
}
