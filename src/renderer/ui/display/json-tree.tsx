/** A JSON value as a tree whose nodes are drawn when they are opened, wide ones a hundred entries at a time. */
import { type MouseEvent, type ReactNode, useState } from 'react';
import { type JsonBranch, type JsonNode, type JsonPath, PAGE } from '../../lib/json/json-outline.ts';
import { Button, CopyButton } from '../buttons.tsx';
import css from './json-view.module.css';

/** Gives a page of the entries of a node. @throws Error with a sentence for the operator */
export type LoadPage = (path: JsonPath, from: number) => Promise<JsonNode[]>;

const BRACKETS = { array: ['[', ']'], object: ['{', '}'] } as const;

/** @param path where the node is; the root's is empty */
export function JsonTree({ node, path, load }: { node: JsonNode; path: JsonPath; load: LoadPage }) {
  const label = node.name === null ? null : <span className={css.key}>{node.name}: </span>;
  if ('children' in node) {
    if (node.count > 0) return <Branch node={node} path={path} load={load} />;
    const [open, close] = BRACKETS[node.type];
    return (
      <>
        {label}
        <span className={css.bracket}>
          {open}
          {close}
        </span>
      </>
    );
  }
  return (
    <>
      {label}
      <span className={css[node.type]}>{node.text}</span>
    </>
  );
}

function Branch({ node, path, load }: { node: JsonBranch; path: JsonPath; load: LoadPage }) {
  const [of, setOf] = useState(node);
  const [isOpen, setOpen] = useState(node.children !== null);
  const [entries, setEntries] = useState(node.children ?? []);
  // Another value in the same place starts anew.
  if (of !== node) {
    setOf(node);
    setOpen(node.children !== null);
    setEntries(node.children ?? []);
  }
  const [failure, setFailure] = useState<string | null>(null);
  const [open, close] = BRACKETS[node.type];
  const more = () =>
    load(path, entries.length).then(
      (page) => setEntries((known) => (known.length === entries.length ? [...known, ...page] : known)),
      (error: Error) => setFailure(error.message),
    );
  const toggle = (event: MouseEvent) => {
    // Not the element's own way to open: it tells of it too late to draw the entries with it.
    event.preventDefault();
    if (!isOpen && entries.length === 0) void more();
    setOpen(!isOpen);
  };
  const left = node.count - entries.length;
  return (
    <details open={isOpen}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: A summary is a button by itself. */}
      <summary onClick={toggle}>
        {node.name === null ? null : <span className={css.key}>{node.name}: </span>}
        <span className={css.bracket}>
          {open} {node.count} {close}
        </span>
      </summary>
      {isOpen ? (
        <ul>
          {entries.map((entry, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: Entries are only added, at the end.
            <li key={index}>
              <JsonTree node={entry} path={[...path, index]} load={load} />
            </li>
          ))}
          {failure === null ? null : <li className={css.failure}>{failure}</li>}
          {left > 0 && entries.length > 0 ? (
            <li>
              <Button small kind="ghost" onClick={() => void more()}>
                Show {Math.min(PAGE, left)} more of {left}
              </Button>
            </li>
          ) : null}
        </ul>
      ) : null}
    </details>
  );
}

/** The box of a tree, with a button that copies the whole value. */
export function JsonFrame({
  label,
  copy,
  children,
}: {
  label: string;
  copy(): string | Promise<string>;
  children: ReactNode;
}) {
  return (
    <div className={css.json} data-json>
      <div className={css.copy}>
        <CopyButton label={`Copy ${label}`} text={copy} />
      </div>
      {children}
    </div>
  );
}
