import css from './table.module.css';

/** An empty row in the place of those that are out of view, `height` px in all. */
export function Spacer({ span, height }: { span: number; height: number }) {
  return height <= 0 ? null : (
    <tr className={css.spacer} aria-hidden>
      <td colSpan={span} style={{ height }} />
    </tr>
  );
}
