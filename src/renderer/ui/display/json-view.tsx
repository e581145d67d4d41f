import type { Json } from '../../../contract/kernel/scalars.ts';
import { stripAnsi } from '../../lib/log/ansi.ts';
import { CopyButton } from '../buttons.tsx';
import css from './json-view.module.css';

function Scalar({ value }: { value: string | number | boolean | null }) {
  if (typeof value === 'string') return <span className={css.string}>{JSON.stringify(value)}</span>;
  if (typeof value === 'number') return <span className={css.number}>{value}</span>;
  return <span className={css.literal}>{String(value)}</span>;
}

function Node({ name, value, depth }: { name: string | null; value: Json; depth: number }) {
  const label = name === null ? null : <span className={css.key}>{name}: </span>;
  if (typeof value !== 'object' || value === null) {
    return (
      <>
        {label}
        <Scalar value={value} />
      </>
    );
  }
  const entries: [string, Json][] = Array.isArray(value)
    ? value.map((item, index) => [String(index), item])
    : Object.entries(value);
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  if (entries.length === 0) {
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
    <details open={depth < 3 && entries.length <= 100}>
      <summary>
        {label}
        <span className={css.bracket}>
          {open} {entries.length} {close}
        </span>
      </summary>
      <ul>
        {entries.map(([key, item]) => (
          <li key={key}>
            <Node name={key} value={item} depth={depth + 1} />
          </li>
        ))}
      </ul>
    </details>
  );
}

/** A JSON value as a tree that folds, with a button that copies it. */
export function JsonView({ value, label }: { value: Json; label: string }) {
  const text = typeof value === 'string' ? stripAnsi(value) : null;
  return (
    <div className={css.json} data-json>
      <div className={css.copy}>
        <CopyButton label={`Copy ${label}`} text={() => text ?? JSON.stringify(value, null, 2)} />
      </div>
      {text?.includes('\n') ? <div className={css.text}>{text}</div> : <Node name={null} value={value} depth={0} />}
    </div>
  );
}
